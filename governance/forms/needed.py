"""Fields that are needed only where something else was chosen: marked so, instead of “optional”."""

from typing import TypeVar

from django import forms
from django.utils.functional import Promise

Input = TypeVar("Input", bound=forms.Field)


def needed(where: str | Promise, field: Input) -> Input:
    """The field, marked with when it is needed, such as “needed where it is repeated”. Whoever reads it judges it."""
    field.required = False
    field.needed_where = where  # type: ignore[attr-defined]  # ui/field.html shows it beside the label
    return field
