"""One row picked by its key."""

from typing import Any

from django import forms


class PickField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """A key beyond what a database holds is no choice, and says so: SQLite would fail on it."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error
