"""Everything that is kept about a person: where it stands, and the rows themselves."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from governance import access, privacy
from governance.errors import Refused
from governance.models import Organisation, Person, Tenure
from governance.naming import needles, pattern
from governance.personal import HOLDS, Holding
from governance.purposes import PRIVATE, PURPOSES, title_of

SECRETS = frozenset({"password", "digest", "token", "salt", "request_digest", "body"})
"""Never exported: what would let somebody in, or what another request was told."""
BATCH = 2000


@dataclass(frozen=True, slots=True)
class Place:
    """Rows of one model: those that point at the person, and those in whose words the person is named."""

    label: str
    title: str
    pointing: int
    named: int
    ends: tuple[str, ...] = ()
    """How long it is kept, and what then becomes of it."""

    @property
    def number(self) -> int:
        return self.pointing + self.named


def require_leading(viewer: Person, now: datetime) -> None:
    """Pass whoever adds people and ends their access; others are refused."""
    root = Organisation.objects.select_related("root").get().root
    if root is None or not access.may(viewer, access.LEAD, root, now):
        raise Refused(_("What is kept about a person is for that person, the CX lead and administrators."))


def require_reading(person: Person, viewer: Person, now: datetime) -> None:
    """Pass the person, and whoever leads; others are refused."""
    if person.pk != viewer.pk:
        require_leading(viewer, now)


def still_sits(person: Person, now: datetime) -> bool:
    """Whether the person can still sign in, or has a seat: then there is nothing to redact yet."""
    return person.is_active or Tenure.objects.filter(Q(until_at=None) | Q(until_at__gt=now), person=person).exists()


def words_of(person: Person, also: Sequence[str] = ()) -> list[str]:
    """By what a person is recognised in a text: name, address and what somebody says they are also called."""
    return [word.strip() for word in (person.name, person.email, *also) if word.strip()]


def places(person: Person | None, words: Sequence[str], viewer: Person | None, now: datetime) -> list[Place]:
    """Where the person stands, by kind of thing, among what ``viewer`` may see (None: the operator, who sees all)."""
    what = pattern(words) if words else None
    of_another = viewer is not None and (person is None or viewer.pk != person.pk)
    found = []
    for label, holding in HOLDS.items():
        model = _model(label)
        if model is None or (of_another and label in PRIVATE):
            continue
        seen = seen_rows(model, holding, viewer, now)
        if model is Person and person is not None:
            seen = seen.exclude(pk=person.pk)
        pointing = _pointing(seen, holding, person)
        looked = holding.words if viewer is None else holding.told
        named = sum(1 for _row in matching(seen, looked, words, what)) if what is not None else 0
        if pointing is not None or named:
            number = pointing.count() if pointing is not None else 0
            if number or named:
                title = _("Other people of the same name") if model is Person else title_of(label)
                found.append(Place(label, title, number, named, privacy.ends(label)))
    return found


def export(person: Person, viewer: Person | None, now: datetime, also: Sequence[str] = ()) -> dict[str, Any]:
    """Every row about the person, as JSON values: rows that point at them, and texts that name them.

    What is for the person alone (``purposes``) is told to them and to the operator, not to whoever leads.
    """
    words = words_of(person, also)
    what = pattern(words)
    of_another = viewer is not None and viewer.pk != person.pk
    kept: list[dict[str, Any]] = []
    for label, holding in HOLDS.items():
        model = _model(label)
        if model is None or label == "governance.person" or (of_another and label in PRIVATE):
            continue
        seen = seen_rows(model, holding, viewer, now)
        pointing = _pointing(seen, holding, person)
        rows = {row.pk: row for row in pointing.order_by("pk")} if pointing is not None else {}
        rows |= {row.pk: row for row, _changed in matching(seen, holding.told, words, what)}
        if rows:
            kept.append(
                {
                    "what": str(model._meta.verbose_name_plural),
                    "model": label,
                    "rows": [_told(row, holding) for _pk, row in sorted(rows.items())],
                }
            )
    themself = _told(person, HOLDS["governance.person"])
    if of_another:
        for name in PURPOSES["governance.person"].own:
            del themself[name]
    return {
        "person": themself,
        "made_at": now.isoformat(),
        "note": _(
            "What confidential councils keep is told to those cleared for them alone, and what is for the person"
            " alone to that person. The operator of the server can make a copy with all of it: manage.py personal_data"
            " export."
        ),
        "kept": kept,
    }


def as_json(told: dict[str, Any]) -> str:
    return json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)


def seen_rows(
    model: type[models.Model], holding: Holding, viewer: Person | None, now: datetime
) -> "models.QuerySet[Any]":
    """The rows of things that ``viewer`` may see now."""
    rows = model._base_manager.all()
    if viewer is None or not holding.through:
        return rows
    audiences = access.audiences_of(viewer, now)
    subjects = apps.get_model("governance", "Subject")._base_manager.filter(audience_id__in=audiences).values("pk")
    for path in filter(None, (holding.through, holding.and_through)):
        in_view = Q(**{f"{path}__in": subjects})
        if path not in ("pk", "subject"):
            in_view |= Q(**{f"{path}__isnull": True})
        rows = rows.filter(in_view)
    return rows


def matching(
    rows: "models.QuerySet[Any]", looked: Sequence[str], words: Sequence[str], what: re.Pattern[str]
) -> Iterator[tuple[Any, list[str]]]:
    """``(row, names of the fields)`` of rows whose free text matches in one of the fields that are looked at.

    The database finds candidates, Python decides.
    """
    if not looked:
        return
    asked = Q()
    for name in looked:
        field = rows.model._meta.get_field(name)
        is_json = isinstance(field, models.JSONField)
        if is_json:
            rows = rows.annotate(**{f"_{name}": Cast(name, models.TextField())})
        for needle in needles(words, in_json=is_json):
            asked |= Q(**{f"_{name}__icontains" if is_json else f"{name}__icontains": needle})
    for row in rows.filter(asked).order_by("pk").iterator(chunk_size=BATCH):
        fields = [name for name in looked if what.search(_text(getattr(row, name)))]
        if fields:
            yield row, fields


def _pointing(rows: "models.QuerySet[Any]", holding: Holding, person: Person | None) -> "models.QuerySet[Any] | None":
    if person is None or not holding.people:
        return None
    mine = Q()
    for name in holding.people:
        mine |= Q(**{name: person.pk})
    return rows.filter(mine)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, cls=DjangoJSONEncoder)


def _told(row: Any, holding: Holding) -> dict[str, Any]:
    told = {}
    for field in row._meta.concrete_fields:
        if field.name not in SECRETS or field.name in holding.told:
            value = field.value_from_object(row)
            told[field.name] = str(value) if isinstance(field, models.FileField) else value
    return told


def _model(label: str) -> type[models.Model] | None:
    """The model of a line; None where its app is not there."""
    try:
        return apps.get_model(label)
    except LookupError:
        return None
