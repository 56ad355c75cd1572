"""The door: signing in and out, starting the organisation, changing one's password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from governance import post
from governance.errors import Refused
from governance.forms.entry import ForgotForm, PasswordForm, SetupForm, SignInForm
from governance.models import Organisation, Person
from governance.pages import attempt, put
from governance.services import invitations, people, signing_in
from governance.services import organisation as organisations

BACKEND = "django.contrib.auth.backends.ModelBackend"


def _address(request: HttpRequest) -> str:
    """Who asks: the peer, or behind a trusted proxy whom the proxy saw (the last it added, never the first)."""
    forwarded = request.headers.get("X-Forwarded-For", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None) and forwarded:
        return forwarded.rpartition(",")[2].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


def _onward(request: HttpRequest) -> str:
    """Where the person wanted to go, if that is here; else home."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else settings.LOGIN_REDIRECT_URL


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in; an installation without an organisation leads to its set-up instead."""
    organisation = Organisation.objects.first()
    if organisation is None:
        return redirect("governance:setup")
    if request.user.is_authenticated:
        return redirect(_onward(request))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            now, address = timezone.now(), _address(request)
            said = form.cleaned_data
            person = signing_in.sign_in(
                request=request, email=said["email"], password=said["password"], address=address, now=now
            )
            if person is not None:
                login(request, person, BACKEND)
                return redirect(_onward(request))
            status = _explain(form, said["email"], address)
    context = {"form": form, "next": _onward(request), "organisation": organisation}
    return render(request, "governance/entry/sign_in.html", context, status=status)


def _explain(form: SignInForm, email: str, address: str) -> int:
    """The same words whether the account exists or not."""
    now = timezone.now()
    until = signing_in.closed_until(email=email, address=address, now=now)
    if until is None:
        form.add_error(None, _("E-mail and password do not belong together. Check both, and try again."))
        return 422
    minutes = max(1, -(-int((until - now).total_seconds()) // 60))
    form.add_error(
        None,
        _("Too many attempts. Wait %(minutes)d minutes, then try again, or ask your administrator.")
        % {"minutes": minutes},
    )
    return 429


@login_not_required
@never_cache
def forgot(request: HttpRequest) -> HttpResponse:
    """Ask for a link to a new password. The same answer whoever is asked for, and whether anything was sent."""
    form = ForgotForm(request.POST or None)
    status, asked = 200, ""
    if request.method == "POST":
        if form.is_valid():
            asked = form.cleaned_data["email"]
            invitations.ask_for_reset(email=asked, address=_address(request), now=timezone.now())
        else:
            status = 422
    context = {"form": form, "asked": asked, "has_server": post.has_server()}
    return render(request, "governance/entry/forgot.html", context, status=status)


@login_not_required
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("governance:sign-in")


@login_not_required
@never_cache
@sensitive_post_parameters("password", "code")
def setup(request: HttpRequest) -> HttpResponse:
    """“Start my organisation”: whoever reads the console has the one-time code."""
    if Organisation.objects.exists():
        return redirect("governance:sign-in")
    form = SetupForm(request.POST or None)
    status = 200
    if request.method == "POST":
        now, address = timezone.now(), _address(request)
        if signing_in.closed_until(email="setup", address=address, now=now) is not None:
            form.add_error(None, _("Too many attempts. Wait a quarter of an hour, then try again."))
            return render(request, "governance/entry/setup.html", {"form": form}, status=429)
        try:
            person, status = attempt(form, lambda said: organisations.start(**said, now=now))
        except Refused as error:
            signing_in.fail(email="setup", address=address, now=now)
            put(form, error)
            person, status = None, 422
        if person is not None:
            login(request, person, BACKEND)
            messages.success(request, _("Your organisation has begun. Next: its departments, and who sits where."))
            return redirect("governance:department-list")
    return render(request, "governance/entry/setup.html", {"form": form}, status=status)


@login_required
@never_cache
@sensitive_post_parameters("old", "new")
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end with the old one."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - for the type checker: login_required saw to it
    form = PasswordForm(request.POST or None, person=person)
    status = 200
    if request.method == "POST":
        changed, status = attempt(
            form, lambda said: people.set_password(person=person, by=person, password=said["new"], now=timezone.now())
        )
        if changed is not None:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed. Wherever else you were signed in, you are not now."))
            return redirect("governance:person-detail", person.pk)
    return render(request, "governance/entry/password.html", {"form": form}, status=status)
