"""The page behind a link in a mail: it shows one thing and one form, and changes nothing until that is sent.

Whatever opens links by itself (scanners, previews, prefetching) may look as often as it likes, by GET and by HEAD. No
cookie is set and none is asked for, because a mail program's own browser often keeps none.
"""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from governance.buttons import PURPOSES
from governance.errors import Absent, DomainError
from governance.forms.picking import LONGEST_KEY
from governance.languages import spoken
from governance.models import Organisation
from governance.pages import put
from governance.services import buttons
from governance.views import asker


@login_not_required
# What has to be proven is in the address: whoever could forge the form has the key that answering needs anyway.
@csrf_exempt
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """Show the button, or press it."""
    response = _answer(request, token)
    # The address is the key: it travels on with no link and no picture, and nobody keeps or finds the page.
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _answer(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        button = buttons.find(token, now)
        purpose = PURPOSES[button.purpose]
        language = spoken(button.person.language)
        with translation.override(language):
            status = 200
            thanks = ""
            # What the thing looked like before the answer; afterwards it may not be the person's any more.
            shown = dict(purpose.shows(button, now))
            sent = request.POST if request.method == "POST" else None
            form = purpose.form(sent, initial=shown.pop("initial", None), **shown.pop("asks", {}))
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
            answer = render(request, purpose.template, context, status=status)
            answer["Content-Language"] = language
            return answer
    except Absent:
        return render(request, "governance/buttons/ended.html", status=410)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """The links that I was sent and that are good now; I end one, or all of them."""
    now, viewer = timezone.now(), asker(request)
    if request.method == "POST":
        key = request.POST.get("key", "")
        known = key.isdecimal() and len(key) <= LONGEST_KEY
        if key == "all" or known:
            ended = buttons.revoke(person=viewer, key=int(key) if known else None, now=now)
        else:
            ended = 0
        text = ngettext("%(n)d link is ended.", "%(n)d links are ended.", ended) % {"n": ended}
        messages.success(request, text if ended else _("That link had ended already."))
        return redirect("governance:links")
    rows = [(button, PURPOSES[button.purpose].call) for button in buttons.of_person(viewer, now)]
    return render(request, "governance/buttons/mine.html", {"rows": rows})
