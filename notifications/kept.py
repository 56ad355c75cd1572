"""The page of what happens next may be kept as a view. It counts nothing: its days move on by themselves."""

from django import forms
from django.utils.translation import gettext_lazy as _

from governance import kept
from governance.kept import Page, Said, by
from notifications.forms import UpcomingAddress


def _words(form: forms.Form) -> Said:
    assert isinstance(form, UpcomingAddress)  # noqa: S101 - its page's own form
    return form.words()


kept.declare(Page("next", _("What happens next"), "notifications:upcoming", by(UpcomingAddress), words=_words))
