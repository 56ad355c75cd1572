"""The page behind a link in a mail: it shows one thing and one form, and changes nothing until that is sent."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from governance.buttons import PURPOSES
from governance.errors import Absent, DomainError
from governance.models import Organisation
from governance.pages import put
from governance.services import buttons


@login_not_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button, or press it."""
    response = _answer(request, token)
    # The address is the key: it must not travel on with a link to elsewhere. "no-referrer" would take the origin from
    # the form too, and with it the proof that the form is ours.
    response["Referrer-Policy"] = "same-origin"
    response["X-Robots-Tag"] = "noindex"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        button = buttons.find(token, now)
        purpose = PURPOSES[button.purpose]
        with translation.override(button.person.language):
            status = 200
            thanks = ""
            # What the thing looked like before the answer; afterwards it may not be the person's any more.
            shown = dict(purpose.shows(button, now))
            form = purpose.form(request.POST or None, initial=shown.pop("initial", None))
            if request.method == "POST":
                status = 422
                if form.is_valid():
                    try:
                        thanks, status = buttons.press(token=token, said=form.cleaned_data, now=now), 200
                    except Absent:
                        raise
                    except DomainError as error:
                        put(form, error)
                        status = 409 if error.status == 412 else error.status
            context = {
                **shown,
                "form": form,
                "button": button,
                "thanks": thanks,
                "call": purpose.call,
                "organisation": Organisation.objects.first(),
            }
            return render(request, purpose.template, context, status=status)
    except Absent:
        return render(request, "governance/buttons/ended.html", status=410)
