"""What every resource of the API shares: reading by reference, versions as ETags, doing a thing once.

A resource names its model and answers ``queryset_for(viewer, now)``, which starts from ``visible_to``. Verbs are
``@action`` methods that hand a checked payload to a service. An example stands in ``governance.api.departments``.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, ClassVar, cast

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.fields import SkipField
from rest_framework.permissions import SAFE_METHODS
from rest_framework.relations import PKOnlyObject
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from governance.errors import Conflict, Invalid, Stale
from governance.models import IdempotencyRecord, Person

KEY_LIFE = timedelta(days=1)
"""How long an Idempotency-Key is remembered."""

_KEPT_HEADERS = ("ETag", "Location")
_TAG = re.compile(r'\s*(?:W/)?"(?P<version>\d{1,18})(?:-[0-9a-f]+)?"\s*')


def expected_version(request: Request) -> int | None:
    """The version that ``If-Match`` names, for a service's ``version=``; None without the header or with ``*``.

    Takes the ETag of a reply as it came, or a bare version in quotes ("3"). Raises :class:`Stale` for a tag that no
    version of ours could have: the client's copy is not one that we gave.
    """
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        return None
    tag = _TAG.fullmatch(given)
    if tag is None:
        raise Stale(_("If-Match names a version that never was. Read the thing again and take its ETag."))
    return int(tag["version"])


class Resource(viewsets.GenericViewSet[Any]):
    """Things that are subjects: a list, and one by its public reference.

    ``ETag`` is ``"<version>-<digest of the reply>"``: the version is what ``If-Match`` compares, the digest lets
    ``If-None-Match`` notice what changed around the thing (its next mover, who sits in its seat).
    """

    model: ClassVar[type[models.Model]]
    lookup_field = "subject__reference"
    lookup_url_kwarg = "reference"
    lookup_value_regex = r"[A-Z]{2,6}-\d+"

    @cached_property
    def now(self) -> datetime:
        """The one moment at which this request asks and acts."""
        return timezone.now()

    @property
    def viewer(self) -> Person:
        return cast(Person, self.request.user)

    def queryset_for(self, viewer: Person, now: datetime) -> "models.QuerySet[Any]":
        """What ``viewer`` may see, ordered, with all that a row's reply needs. Start from ``visible_to``."""
        raise NotImplementedError

    def extras(self, rows: Sequence[Any]) -> dict[str, Any]:
        """What serializers need for these rows together (next movers and the like): read once, by batch."""
        return {}

    def get_queryset(self) -> "models.QuerySet[Any]":
        if getattr(self, "swagger_fake_view", False):  # the schema is drawn without a viewer
            return self.model._default_manager.none()
        return self.queryset_for(self.viewer, self.now)

    def get_serializer_context(self) -> dict[str, Any]:
        context = {**super().get_serializer_context(), "now": self.now}
        if not getattr(self, "swagger_fake_view", False):
            context["viewer"] = self.viewer
        return context

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.shown(page))

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self.get_object())

    def shown(self, rows: Sequence[Any]) -> Any:
        """The rows as the reply tells them."""
        context = {**self.get_serializer_context(), **self.extras(rows)}
        return self.get_serializer_class()(rows, many=True, context=context).data

    def answer(self, thing: Any, status: int = 200) -> Response:
        """One thing as it stands, with its ETag; 304 where a reader has it already.

        After a verb pass what the service returned, re-read through ``fresh`` when the reply joins other rows.
        """
        context = {**self.get_serializer_context(), **self.extras([thing])}
        reading = self.serializer_class or self.get_serializer_class()
        body = reading(thing, context=context).data
        tag = etag(thing, body)
        if tag and self.request.method in SAFE_METHODS and tag in self.request.headers.get("If-None-Match", ""):
            return Response(status=304, headers={"ETag": tag})
        return Response(body, status=status, headers={"ETag": tag} if tag else None)

    def fresh(self, pk: int) -> Any:
        """The thing again, as the viewer may see it now; 404 when the verb just took it out of their sight."""
        return self.queryset_for(self.viewer, self.now).get(pk=pk)

    def payload(self, serializer: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The checked payload of a verb. Raises ValidationError, which answers 422 with pointers."""
        reader = serializer(data=self.request.data, context=self.get_serializer_context())
        reader.is_valid(raise_exception=True)
        return dict(reader.validated_data)

    def expected_version(self, request: Request) -> int | None:
        return expected_version(request)


def etag(thing: Any, body: Any) -> str:
    """``"<version>-<digest>"``; empty for things that count no versions."""
    version = getattr(thing, "version", None)
    if version is None:
        return ""
    return f'"{version}-{hashlib.sha256(JSONRenderer().render(body)).hexdigest()[:12]}"'


class Idempotent:
    """POSTs with an ``Idempotency-Key`` are done once: put before ``Resource`` among the bases.

    The record of the key and the deed are one transaction: either both stand or neither, whatever crashes. A second
    request with the same key waits for the first (the unique key makes it) and is told what that one was told; with
    another content it is refused. A refused request leaves no record, since nothing was done. A reply with
    ``Cache-Control: no-store`` carries a secret: it is not kept, so a second request does nothing and is told nothing.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]  # a mixin: the next base is a view
        key = request.headers.get("Idempotency-Key")
        if request.method == "POST" and key is not None:
            if not 0 < len(key) <= 128:
                raise Invalid(_("An Idempotency-Key has 1 to 128 characters."), field="Idempotency-Key")
            # Read here, before the parser takes the stream away; the parser then reads this copy.
            asked = _digest(request.get_full_path(), request._request.body)
            view = cast(Any, self)
            view.post = partial(_once, view.post, key, asked)


def _digest(path: str, body: bytes) -> str:
    return hashlib.sha256(path.encode() + b"\0" + body).hexdigest()


def _once(
    handler: Callable[..., Response], key: str, asked: str, request: Request, /, *args: Any, **kwargs: Any
) -> Response:
    now = timezone.now()
    person = cast(Person, request.user)
    with transaction.atomic():
        IdempotencyRecord.objects.filter(person=person, key=key, created_at__lt=now - KEY_LIFE).delete()
        record, is_first = IdempotencyRecord.objects.get_or_create(
            person=person, key=key, defaults={"request_digest": asked, "created_at": now}
        )
        if is_first:
            response = handler(request, *args, **kwargs)
            kept = {name: response[name] for name in _KEPT_HEADERS if name in response}
            record.status = response.status_code
            if "no-store" not in response.get("Cache-Control", ""):
                record.body = json.dumps({"headers": kept, "body": JSONRenderer().render(response.data).decode()})
            record.save(update_fields=["status", "body"])
            return response
    if record.request_digest != asked:
        raise Conflict(_("This Idempotency-Key was used for another request. Choose a new key."))
    if record.status is None:
        raise Conflict(_("The first request with this Idempotency-Key is still being worked on. Ask again."))
    if not record.body:
        raise Conflict(_("This was done, and its answer is shown once only. Ask with a new key to do it again."))
    told = json.loads(record.body)
    body = json.loads(told["body"]) if told["body"] else None
    return Response(body, status=record.status, headers={**told["headers"], "Idempotency-Replayed": "true"})


@extend_schema_field(OpenApiTypes.STR)
class Reference(serializers.Field[Any, str, str, Any]):
    """A public reference in a payload, looked up among what the viewer may see; in a reply, the reference.

    ``Reference(Council)``: "COU-1001" becomes that council. A hidden one and an absent one get the same answer.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {
        "absent": gettext_lazy("There is nothing with this reference, or nothing that you may see."),
    }

    def __init__(self, model: type[models.Model], **options: Any) -> None:
        super().__init__(**options)
        self.model = model

    def to_internal_value(self, data: Any) -> Any:
        seen = cast(Any, self.model._default_manager).visible_to(self.context["viewer"], self.context["now"])
        found = seen.filter(subject__reference=data).first() if isinstance(data, str) else None
        if found is None:
            self.fail("absent")
        return found

    def to_representation(self, value: Any) -> str:
        return str(getattr(value, "subject", value).reference)


class Thing(serializers.ModelSerializer[Any]):
    """The fields that every subject's reply begins with. ``class Meta(Thing.Meta)`` adds its own to ``fields``."""

    reference = serializers.CharField(source="subject.reference", read_only=True)
    title = serializers.CharField(source="subject.title", read_only=True)

    class Meta:
        fields: ClassVar[Sequence[str]] = ("reference", "title")

    @cached_property
    def _told(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        return [(str(one.field_name), one.get_attribute, one.to_representation) for one in self._readable_fields]

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """As the base class tells it; the fields are looked up once for all the rows of a list, not once a row."""
        told = {}
        for name, attribute, represent in self._told:
            try:
                value = attribute(instance)
            except SkipField:
                continue
            missing = value.pk is None if isinstance(value, PKOnlyObject) else value is None
            told[name] = None if missing else represent(value)
        return told
