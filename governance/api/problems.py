"""Errors of the API as problem details (RFC 9457), with pointers to the fields at fault."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from governance.busy import RETRY_AFTER, as_busy
from governance.errors import DomainError

CONTENT_TYPE = "application/problem+json"


def problem(
    status_code: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    facts: Mapping[str, Any] | None = None,
) -> Response:
    """One problem: ``errors`` are ``{pointer, code, detail}``; ``facts`` are its extension members.

    A fact named ``code`` says more closely what kind of problem it is.
    """
    said = dict(facts or {})
    code = str(said.pop("code", code))
    body: dict[str, Any] = {"type": f"about:blank#{code}", "title": code, "status": status_code, "detail": detail}
    if errors:
        body["errors"] = errors
    # The members of the standard are not a fact's to change.
    body.update({name: value for name, value in said.items() if name not in body})
    return Response(body, status=status_code, content_type=CONTENT_TYPE)


def handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The exception handler of REST framework. A hidden thing answers like an absent one."""
    busy = as_busy(error)
    if busy is not None:
        answer = problem(busy.status, busy.code, str(busy))
        answer["Retry-After"] = str(RETRY_AFTER)
        return answer
    if isinstance(error, DomainError):
        if error.status == 404:
            return problem(404, "absent", "There is nothing here, or nothing that you may see.")
        errors = [{"pointer": f"/{error.field}", "code": error.code, "detail": str(error)}] if error.field else None
        return problem(error.status, error.code, str(error), errors, error.facts)
    if isinstance(error, Http404 | exceptions.NotFound):
        return problem(404, "absent", "There is nothing here, or nothing that you may see.")
    if isinstance(error, exceptions.ValidationError):
        return problem(422, "invalid", "Some fields need you.", list(_pointers(error.get_full_details(), "")))
    if isinstance(error, PermissionDenied):
        return problem(403, "refused", str(error) or "You may not do that.")
    usual = exception_handler(error, context)
    if usual is None:
        return None
    code = getattr(error, "default_code", "error")
    made = problem(usual.status_code, str(code), str(getattr(error, "detail", error)))
    for name, value in usual.headers.items():
        if name.lower() not in {"content-type", "content-length"}:
            made[name] = value
    if usual.status_code == status.HTTP_401_UNAUTHORIZED:
        made["WWW-Authenticate"] = usual.headers.get("WWW-Authenticate", "Bearer")
    return made


def _pointers(details: Any, pointer: str) -> Any:
    if isinstance(details, dict) and set(details) == {"message", "code"}:
        yield {"pointer": pointer or "/", "code": str(details["code"]), "detail": str(details["message"])}
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _pointers(inner, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(details, list):
        for place, inner in enumerate(details):
            leaf = isinstance(inner, dict) and set(inner) == {"message", "code"}
            yield from _pointers(inner, pointer if leaf else f"{pointer}/{place}")
