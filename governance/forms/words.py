"""What forms say where something lacks: Django's own sentences name the fault, ours name the remedy."""

from django import forms
from django.core import validators
from django.utils.translation import gettext_lazy as _


def use() -> None:
    """Set the sentences for every form of the process."""
    forms.Field.default_error_messages["required"] = _("Fill this in.")
    for kind in (forms.ChoiceField, forms.ModelChoiceField):
        kind.default_error_messages["required"] = _("Choose one.")
    forms.DateField.default_error_messages["required"] = _("Choose a day.")
    forms.TimeField.default_error_messages["required"] = _("Choose a time.")
    validators.MaxValueValidator.message = _("Write %(limit_value)s or less.")
    validators.MinValueValidator.message = _("Write %(limit_value)s or more.")
