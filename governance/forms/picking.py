"""Rows picked by key. A key beyond what a database holds is no choice, and says so: SQLite would fail on it."""

from typing import Any

from django import forms


class PickField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """One row."""

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except OverflowError as error:
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice") from error


class PickManyField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no subscript at run time
    """Any number of rows. Nothing is looked up before every key is one that a database can hold."""

    def clean(self, value: Any) -> Any:
        for key in value if isinstance(value, (list, tuple)) else ():
            if str(key).isdecimal() and len(str(key)) > LONGEST_KEY:
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"], code="invalid_choice", params={"value": str(key)[:20]}
                )
        return super().clean(value)


LONGEST_KEY = 18
"""Digits: every number of so many fits into 64 bits, and no key of ours has more."""
