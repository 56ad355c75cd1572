"""One's own address: confirmed after a mail server said that it is none, or changed."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from governance.forms.entry import AddressForm
from governance.pages import attempt
from governance.services import addresses
from governance.views import asker


@require_POST
@login_required
def confirm(request: HttpRequest) -> HttpResponse:
    """Say that one's address is right."""
    addresses.confirm(by=asker(request))
    messages.success(request, _("Mail to your address is tried again from now on."))
    return redirect("governance:me")


@sensitive_post_parameters()
@login_required
def change(request: HttpRequest) -> HttpResponse:
    """Have another address."""
    form = AddressForm(request.POST or None)
    status = 200
    if request.method == "POST":
        person = asker(request)
        changed, status = attempt(
            form,
            lambda said: addresses.change(
                by=person, email=said["email"], password=said["password"], now=timezone.now()
            ),
        )
        if changed is not None:
            messages.success(request, _("Your address is changed. You sign in with it from now on."))
            return redirect("governance:me")
    return render(request, "governance/entry/address.html", {"form": form}, status=status)
