"""Forms of the door: signing in, starting the organisation, changing one's password."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import password_validation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from governance import zones
from governance.services.calendars import countries


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


WEEK = [
    (0, gettext_lazy("Monday")),
    (1, gettext_lazy("Tuesday")),
    (2, gettext_lazy("Wednesday")),
    (3, gettext_lazy("Thursday")),
    (4, gettext_lazy("Friday")),
    (5, gettext_lazy("Saturday")),
    (6, gettext_lazy("Sunday")),
]


class OrganisationForm(forms.Form):
    """What may change after the start; zone, calendar and currency stand in what was promised already."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=150)
    language = forms.ChoiceField(
        label=gettext_lazy("Language of new people"),
        choices=settings.LANGUAGES,
        help_text=gettext_lazy("For whoever has chosen none."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class SetupForm(forms.Form):
    """What the first person says to start the organisation."""

    code = forms.CharField(
        label=gettext_lazy("One-time code"),
        help_text=gettext_lazy(
            "The console printed it when Keep was started; `manage.py setup_code` prints a new one."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )
    name = forms.CharField(label=gettext_lazy("Your organisation's name"), max_length=150)
    zone = forms.ChoiceField(label=gettext_lazy("Time zone"), choices=zones.choices, initial="Europe/Amsterdam")
    working_week = forms.MultipleChoiceField(
        label=gettext_lazy("Working days"),
        choices=WEEK,
        initial=[0, 1, 2, 3, 4],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one day.")},
        help_text=gettext_lazy("Nothing falls due on other days."),
    )
    country = forms.CharField(
        label=gettext_lazy("Holidays of"),
        required=False,
        widget=forms.Select,
        help_text=gettext_lazy("Public holidays are no working days."),
    )
    subdivision = forms.CharField(
        label=gettext_lazy("Region"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("Where a region has holidays of its own: BY for Bavaria, say."),
    )
    language = forms.ChoiceField(label=gettext_lazy("Language of new people"), choices=settings.LANGUAGES, initial="en")
    currency = forms.CharField(
        label=gettext_lazy("Currency"),
        max_length=3,
        initial="EUR",
        help_text=gettext_lazy("Three letters, such as EUR."),
    )
    person_name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label=gettext_lazy("A password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        password_validation.validate_password(password)
        return password

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", gettext_lazy("no country: every working day counts")), *countries()]
        self.fields["country"].widget.choices = choices

    def clean_working_week(self) -> str:
        days = {int(day) for day in self.cleaned_data["working_week"]}
        return "".join("1" if day in days else "0" for day in range(7))

    def clean_country(self) -> str:
        return str(self.cleaned_data["country"]).upper()

    def clean_subdivision(self) -> str:
        return str(self.cleaned_data["subdivision"]).strip().upper()

    def clean_currency(self) -> str:
        currency = str(self.cleaned_data["currency"]).upper()
        if len(currency) != 3 or not currency.isalpha():
            raise forms.ValidationError(_("Write the three letters of ISO 4217, such as EUR."))
        return currency


class ForgotForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"})
    )


class NewPasswordForm(forms.Form):
    """A password chosen behind a link; whether it is good enough is asked with the person at hand."""

    password = forms.CharField(
        label=gettext_lazy("A password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your new address"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=gettext_lazy("Your password now"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=gettext_lazy("Your new password"),
        strip=False,
        help_text=gettext_lazy("At least 12 characters; a sentence is easy to remember."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self.person.check_password(old):
            raise forms.ValidationError(_("This is not your password. Write the one that you signed in with."))
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        password_validation.validate_password(new, self.person)
        return new
