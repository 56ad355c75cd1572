"""``/api/v1/charters/``: rules as typed clauses, their versions, and putting them into force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import blueprints, mandates
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.blueprints import Blueprint
from governance.clauses import Rules
from governance.errors import Absent
from governance.keys import whole
from governance.mandates import Mandate
from governance.models import Charter, CharterVersion, Organisation, Person, Seat, Signature, SignedBy, Submission
from governance.queries import charters as queries
from governance.services import charters as services
from governance.services import submissions

_NUMBER = OpenApiParameter("number", int, OpenApiParameter.PATH, description="The version's number.")


class ValuePayload(serializers.Serializer[Any]):
    name = serializers.CharField(max_length=200)
    means = serializers.CharField(max_length=mandates.LONGEST_TEXT, required=False, allow_blank=True)


class MandatePayload(serializers.Serializer[Any]):
    """What a council is for, beside its purpose; what is left out is empty."""

    vision = serializers.CharField(required=False, allow_blank=True)
    mission = serializers.CharField(required=False, allow_blank=True)
    values = ValuePayload(many=True, required=False)
    scope_in = serializers.ListField(child=serializers.CharField(), required=False)
    scope_out = serializers.ListField(child=serializers.CharField(), required=False)
    measures = serializers.ListField(child=serializers.CharField(), required=False)


class SignatureReply(serializers.ModelSerializer[Signature]):
    seat = Reference(Seat, read_only=True)

    class Meta:
        model = Signature
        fields = ("seat", "person", "verdict", "reason", "how", "at")


class SubmissionReply(serializers.ModelSerializer[Submission]):
    """The last time that the version was put before its sponsors."""

    sponsors = serializers.SerializerMethodField()
    signatures = SignatureReply(many=True, read_only=True)

    class Meta:
        model = Submission
        fields = ("submitted_at", "submitted_by", "sponsors", "signatures", "closed_at", "closed_as")

    def get_sponsors(self, submission: Submission) -> list[str]:
        return [seat.subject.reference for seat in submission.seats.all()]


class VersionReply(serializers.ModelSerializer[CharterVersion]):
    mandate = MandatePayload(read_only=True)
    sentences = serializers.SerializerMethodField()
    submission = serializers.SerializerMethodField()

    class Meta:
        model = CharterVersion
        fields = (
            "number",
            "state",
            "purpose",
            "mandate",
            "rules",
            "sentences",
            "ratified_at",
            "ratified_by",
            "provisional_until",
            "submission",
            "created_at",
            "version",
        )

    def get_sentences(self, wording: CharterVersion) -> dict[str, str]:
        return {rule.clause: rule.sentence for rule in queries.rules_of(wording)}

    @extend_schema_field(SubmissionReply(allow_null=True))
    def get_submission(self, wording: CharterVersion) -> Any:
        last = max(wording.submissions.all(), key=lambda one: one.pk, default=None)
        return SubmissionReply(last).data if last is not None else None


class CharterReply(Thing):
    in_force = serializers.SerializerMethodField()
    last_number = serializers.IntegerField(read_only=True)

    class Meta(Thing.Meta):
        model = Charter
        fields: ClassVar[Sequence[str]] = (*Thing.Meta.fields, "is_default", "in_force", "last_number", "version")

    def get_in_force(self, charter: Any) -> int | None:
        return charter.holding[0].number if charter.holding else None


class Wording(serializers.Serializer[Any]):
    """A version's rules: the clauses that are left out keep the programme's defaults."""

    rules = serializers.JSONField()
    purpose = serializers.CharField(required=False, allow_blank=True)
    mandate = MandatePayload(required=False)


class RoleReply(serializers.Serializer[Any]):
    key = serializers.CharField()
    name = serializers.CharField()
    expects = serializers.CharField()


class TemplateReply(serializers.Serializer[Any]):
    """What a draft may begin with: send its rules, purpose and mandate back as a new charter."""

    kind = serializers.CharField()
    name = serializers.CharField()
    says = serializers.CharField()
    purpose = serializers.CharField()
    mandate = serializers.SerializerMethodField()
    rules = serializers.SerializerMethodField()
    roles = RoleReply(many=True)

    @extend_schema_field(MandatePayload)
    def get_mandate(self, blueprint: Blueprint) -> dict[str, Any]:
        return blueprint.mandate.to_json()

    def get_rules(self, blueprint: Blueprint) -> dict[str, Any]:
        return blueprint.rules_in(self.context["currency"]).to_json()


class Submit(serializers.Serializer[Any]):
    sponsors = serializers.ListField(
        child=Reference(Seat), help_text="References of the executive sponsors' seats that have to ratify it."
    )


class Refuse(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=mandates.LONGEST_TEXT, allow_blank=True)


class Reviewed(serializers.Serializer[Any]):
    note = serializers.CharField(max_length=mandates.LONGEST_TEXT, allow_blank=True)


class DifferenceReply(serializers.Serializer[Any]):
    """One text or clause of two versions."""

    part = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    differs = serializers.BooleanField()


class NewCharter(Wording):
    title = serializers.CharField(max_length=300)


@extend_schema_view(list=extend_schema(summary="The charters"), retrieve=extend_schema(summary="One charter"))
class Charters(Idempotent, Resource):
    model = Charter
    serializer_class = CharterReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Charter]:
        return queries.listed(viewer, now)

    def _version(self, number: str) -> CharterVersion:
        key = whole(number)
        if key is None:
            raise Absent("There is nothing here, or nothing that you may see.")
        return queries.version(self.get_object(), key)

    def _told(self, wording: CharterVersion, status: int = 200) -> Response:
        return Response(VersionReply(wording).data, status=status, headers={"ETag": f'"{wording.version}"'})

    @extend_schema(summary="Draft a new charter", request=NewCharter, responses={201: VersionReply})
    def create(self, request: Request) -> Response:
        asked = self.payload(NewCharter)
        made = services.draft(
            title=asked["title"],
            rules=Rules.proposed(asked["rules"]),
            purpose=asked.get("purpose", ""),
            mandate=_mandate(asked),
            by=self.viewer,
            now=self.now,
        )
        return self._told(made, 201)

    @extend_schema(summary="Charters to begin with, one for each kind of council", responses=TemplateReply(many=True))
    @action(detail=False, methods=["get"], pagination_class=None)
    def templates(self, request: Request) -> Response:
        currency = Organisation.objects.get().currency
        context = {"currency": currency}
        return Response(TemplateReply(blueprints.all_of_them(), many=True, context=context).data)

    @extend_schema(methods=["GET"], summary="Its versions", responses=VersionReply(many=True))
    @extend_schema(methods=["POST"], summary="Draft the next version", request=Wording, responses={201: VersionReply})
    @action(detail=True, methods=["get", "post"], pagination_class=None)
    def versions(self, request: Request, reference: str) -> Response:
        charter = self.get_object()
        if request.method == "GET":
            return Response(VersionReply(queries.versions(charter), many=True).data)
        asked = self.payload(Wording)
        made = services.draft(
            title=charter.title,
            charter=charter,
            rules=Rules.proposed(asked["rules"]),
            purpose=asked.get("purpose", ""),
            mandate=_mandate(asked),
            by=self.viewer,
            now=self.now,
        )
        return self._told(made, 201)

    @extend_schema(methods=["GET"], summary="One version", responses=VersionReply, parameters=[_NUMBER])
    @extend_schema(
        methods=["PUT"], summary="Change a draft", request=Wording, responses=VersionReply, parameters=[_NUMBER]
    )
    @action(detail=True, methods=["get", "put"], url_path=r"versions/(?P<number>\d{1,6})", url_name="version")
    def version(self, request: Request, reference: str, number: str) -> Response:
        wording = self._version(number)
        if request.method == "PUT":
            asked = self.payload(Wording)
            wording = services.amend(
                version=wording,
                rules=Rules.proposed(asked["rules"]),
                purpose=asked.get("purpose"),
                mandate=_mandate(asked),
                by=self.viewer,
                now=self.now,
                expected=self.expected_version(request),
            )
        return self._told(wording)

    @extend_schema(
        summary="Two versions, rule by rule: the last one and the one before it, where none are named",
        parameters=[OpenApiParameter("from", int), OpenApiParameter("to", int)],
        responses=DifferenceReply(many=True),
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    def compare(self, request: Request, reference: str) -> Response:
        asked, charter = request.query_params, self.get_object()
        last = queries.versions(charter)[0].number
        before, after = (
            self._version(asked.get(name, str(usual))) for name, usual in (("from", max(1, last - 1)), ("to", last))
        )
        return Response(DifferenceReply(queries.compared(before, after), many=True).data)

    @extend_schema(summary="Submit a draft", request=Submit, responses=VersionReply, parameters=[_NUMBER])
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/submit", url_name="submit")
    def submit(self, request: Request, reference: str, number: str) -> Response:
        asked = self.payload(Submit)
        submissions.submit(version=self._version(number), sponsors=asked["sponsors"], **self._by(request))
        return self._told(self._version(number))

    @extend_schema(summary="Take it back to draft", request=None, responses=VersionReply, parameters=[_NUMBER])
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/withdraw", url_name="withdraw")
    def withdraw(self, request: Request, reference: str, number: str) -> Response:
        submissions.withdraw(version=self._version(number), **self._by(request))
        return self._told(self._version(number))

    @extend_schema(
        summary="Sign it; the last signature puts it into force",
        request=None,
        responses=VersionReply,
        parameters=[_NUMBER],
    )
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/ratify", url_name="ratify")
    def ratify(self, request: Request, reference: str, number: str) -> Response:
        submissions.ratify(version=self._version(number), how=SignedBy.API, **self._by(request))
        return self._told(self._version(number))

    @extend_schema(summary="Refuse it with a reason", request=Refuse, responses=VersionReply, parameters=[_NUMBER])
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/refuse", url_name="refuse")
    def refuse(self, request: Request, reference: str, number: str) -> Response:
        draft = submissions.refuse(
            version=self._version(number),
            reason=self.payload(Refuse)["reason"],
            how=SignedBy.API,
            **self._by(request),
        )
        return self._told(self._version(str(draft.number)))

    @extend_schema(
        summary="Let a first charter hold for a time", request=None, responses=VersionReply, parameters=[_NUMBER]
    )
    @action(detail=True, methods=["post"], url_path=r"versions/(?P<number>\d{1,6})/hold", url_name="hold")
    def hold(self, request: Request, reference: str, number: str) -> Response:
        submissions.put_into_force_provisionally(version=self._version(number), **self._by(request))
        return self._told(self._version(number))

    @extend_schema(summary="Reviewed, and it stays as it is", request=Reviewed, responses=CharterReply)
    @action(detail=True, methods=["post"])
    def review(self, request: Request, reference: str) -> Response:
        charter = self.get_object()
        submissions.review(charter=charter, note=self.payload(Reviewed)["note"], by=self.viewer, now=self.now)
        return self.answer(self.fresh(charter.pk))

    def _by(self, request: Request) -> dict[str, Any]:
        return {"by": self.viewer, "now": self.now, "expected": self.expected_version(request)}


def _mandate(asked: dict[str, Any]) -> Mandate | None:
    return Mandate.from_json(asked["mandate"]) if "mandate" in asked else None
