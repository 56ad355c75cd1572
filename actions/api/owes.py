"""``/api/v1/who-owes-whom/``: departments by departments, as the page shows it."""

from dataclasses import asdict
from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from actions.queries.debts import matrix
from governance.models import Person


class DebtFigures(serializers.Serializer[Any]):
    """``oldest`` is in days since it was asked; what each counts stands in docs/figures.md."""

    open = serializers.IntegerField()
    overdue = serializers.IntegerField()
    unanswered = serializers.IntegerField()
    oldest = serializers.IntegerField()


class DebtReply(DebtFigures):
    owing = serializers.CharField(help_text="Reference of the department that owes the next moves.")
    owed = serializers.CharField(help_text="Reference of the department that waits for them.")


class PartyReply(serializers.Serializer[Any]):
    department = serializers.CharField(help_text="Its reference.")
    name = serializers.CharField()
    owes = DebtFigures()
    is_owed = DebtFigures()


class OwesReply(serializers.Serializer[Any]):
    on = serializers.DateField()
    departments = PartyReply(many=True)
    debts = DebtReply(many=True)
    total = DebtFigures()


class WhoOwesWhom(APIView):
    """Only what the reader may see is counted; each open request once, as the debt of whoever moves next."""

    @extend_schema(summary="Who owes whom", responses=OwesReply)
    def get(self, request: HttpRequest) -> Response:
        found = matrix(cast(Person, request.user), timezone.now())
        names = {party.pk: party.reference for party in found.parties}
        reply = {
            "on": found.on,
            "departments": [
                {
                    "department": party.reference,
                    "name": party.name,
                    "owes": asdict(found.owes(party.pk)),
                    "is_owed": asdict(found.is_owed(party.pk)),
                }
                for party in found.parties
            ],
            "debts": [
                {"owing": names[owing], "owed": names[owed], **asdict(debt)}
                for (owing, owed), debt in sorted(found.debts.items())
            ],
            "total": asdict(found.total),
        }
        return Response(OwesReply(reply).data)
