"""``/api/v1/departments/``: the tree, and placing what is in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import sheets as batches
from governance.api.base import Idempotent, Reference, Resource, Thing
from governance.models import Department, DepartmentKind, Person
from governance.queries import departments as queries
from governance.queries import sheets
from governance.services import departments as services
from governance.sheets.departments import COLUMNS
from governance.views.sheets import download


class DepartmentReply(Thing):
    parent = Reference(Department, read_only=True)  # type: ignore[assignment]  # serializers have a parent too

    class Meta(Thing.Meta):
        model = Department
        fields: ClassVar[Sequence[str]] = (
            *Thing.Meta.fields,
            "code",
            "name",
            "kind",
            "parent",
            "to_be_placed",
            "version",
        )


class DepartmentCreate(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40)
    name = serializers.CharField(max_length=150)
    kind = serializers.ChoiceField(choices=DepartmentKind.choices, default=DepartmentKind.FUNCTION)
    parent = Reference(Department, required=False)  # type: ignore[assignment]  # serializers have a parent too


class DepartmentPlace(serializers.Serializer[Any]):
    parent = Reference(Department)  # type: ignore[assignment]  # serializers have a parent too


@extend_schema_view(list=extend_schema(summary="The departments"), retrieve=extend_schema(summary="One department"))
class Departments(Idempotent, Resource):
    model = Department
    serializer_class = DepartmentReply

    def queryset_for(self, viewer: Person, now: datetime) -> QuerySet[Department]:
        return queries.listed(viewer, now)

    @extend_schema(summary="Add a department", request=DepartmentCreate, responses={201: DepartmentReply})
    def create(self, request: Request) -> Response:
        made = services.create(**self.payload(DepartmentCreate), by=self.viewer, now=self.now)
        return self.answer(self.fresh(made.pk), 201)

    @extend_schema(
        summary="Add and change many departments", request=batches.BatchSend, responses={200: batches.BatchReply}
    )
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        return batches.answer(
            self.payload(batches.BatchSend),
            columns=COLUMNS,
            judge=sheets.judge_departments,
            take_in=services.take_in,
            viewer=self.viewer,
            now=self.now,
        )

    @extend_schema(summary="The departments as a CSV file that can be sent back", responses=batches.CSV)
    @action(detail=False, pagination_class=None)
    def sheet(self, request: Request) -> HttpResponse:
        return download("departments", COLUMNS, sheets.department_rows(self.viewer, self.now))

    @extend_schema(summary="Place it below another", request=DepartmentPlace, responses=DepartmentReply)
    @action(detail=True, methods=["post"])
    def place(self, request: Request, reference: str) -> Response:
        placed = services.place(
            department=self.get_object(),
            **self.payload(DepartmentPlace),
            by=self.viewer,
            now=self.now,
            version=self.expected_version(request),
        )
        return self.answer(self.fresh(placed.pk))
