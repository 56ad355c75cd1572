"""Signing in with a token. It dies with the person's access, and may be read-only."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, exceptions
from rest_framework.request import Request

from governance.models import ApiToken, Person

TOUCH_EVERY = timedelta(minutes=10)


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def issue(*, person: Person, label: str, now: datetime, days: int = 90, may_write: bool = False) -> str:
    """Make a token for oneself and return it, this once; only its digest is kept."""
    token = f"keep_{secrets.token_urlsafe(32)}"
    ApiToken.objects.create(
        person=person,
        label=label,
        digest=digest(token),
        may_write=may_write,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token


class TokenAuthentication(authentication.BaseAuthentication):
    """``Authorization: Bearer keep_...``."""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        now = timezone.now()
        token = ApiToken.objects.select_related("person").filter(digest=digest(given.strip())).first()
        if token is None or not token.is_live(now) or not token.person.is_active:
            raise exceptions.AuthenticationFailed("This token is unknown, expired, or its owner has left.")
        if not token.may_write and request.method not in {"GET", "HEAD", "OPTIONS"}:
            raise exceptions.PermissionDenied("This token may only read. Issue one that may write.")
        if token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY:
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself when made
    """How the schema tells programs to sign in."""

    target_class = "governance.api.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "description": "A token of your own, from /api/v1/tokens/."}
