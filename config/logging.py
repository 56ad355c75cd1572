"""Structured logs: one JSON object a line, each with the id of its request, none with personal data.

What a person typed, their address or their name can reach a log only through somebody else's message. So outside DEBUG
a message from a library keeps its wording but loses its arguments where Django puts paths there, an exception keeps its
type, place and first line, and whatever looks like an e-mail address or a credential is masked.
"""

import logging
import logging.config
import re
import sys
import time
import traceback
import uuid
from collections.abc import Callable, MutableMapping
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse

from governance.masking import without_addresses

REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
PRIVATE_KEYS = re.compile(
    r"password|passwd|secret|token|cookie|session|authorization|e-?mail|phone|address|(^|_)name$|username|(^|_)ip$|user_?agent",
    re.IGNORECASE,
)
# What stands in the address of a link in a mail answers for its person, or mutes, and that of a private calendar shows
# it: it is a key, and no log keeps one.
# A signed key has colons in it, which some programs write as %3A.
TOKENS = re.compile(r"(/(?:b|mute|calendar)/)[A-Za-z0-9_\-%.~:]{8,}")
QUIET_ROUTES = frozenset({"livez", "readyz"})
# These loggers put the path of the request into the message, and a path may carry a one-time code.
PATH_LOGGERS = ("django.request", "django.security", "django.server")

log = structlog.get_logger("keep.request")


def mask(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out what could name or impersonate a person."""
    for key, value in event.items():
        if key == "logger":
            continue
        if PRIVATE_KEYS.search(key):
            event[key] = "[masked]"
        elif isinstance(value, str):
            event[key] = without_addresses(value, "[masked]")
    return event


def without_tokens(text: str) -> str:
    """A path, or a line with one in it, in which the key of a link in a mail is not told."""
    return TOKENS.sub(r"\1[token]", text)


def drop_tokens(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take the keys of links out of whatever is logged, also while developing."""
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = without_tokens(value)
        elif isinstance(value, list):
            event[key] = [without_tokens(one) if isinstance(one, str) else one for one in value]
    return event


def drop_paths(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Cut Django's "Not Found: /some/path" to "Not Found"; the route stands in our own line for the request."""
    record = event.get("_record")
    if record is not None and record.name.startswith(PATH_LOGGERS):
        event["event"] = str(event["event"]).partition(":")[0]
    return event


def brief_exception(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Render an exception as type, first line and places: no local variables, no rows quoted by a database."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    elif isinstance(info, BaseException):
        info = (type(info), info, info.__traceback__)
    if info and info[1] is not None:
        error = info[1]
        event["error"] = f"{type(error).__module__}.{type(error).__qualname__}"
        event["reason"] = next(iter(str(error).splitlines()), "")[:300]
        event["at"] = [f"{f.filename}:{f.lineno} {f.name}" for f in traceback.extract_tb(info[2])]
    return event


def configure(options: dict[str, Any]) -> None:
    """Send both structlog's and the standard library's records through one formatter. Called by Django's set-up."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
    ]
    if options["readable"]:
        rendering: list[Any] = [
            drop_tokens,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    else:
        rendering = [
            drop_paths,
            brief_exception,
            mask,
            drop_tokens,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    if options["readable"]:
        rendering.insert(0, structlog.stdlib.ProcessorFormatter.remove_processors_meta)
    else:
        # After drop_paths, which needs the record itself.
        rendering.insert(1, structlog.stdlib.ProcessorFormatter.remove_processors_meta)

    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "structured": {
                    "()": structlog.stdlib.ProcessorFormatter,
                    "processors": rendering,
                    "foreign_pre_chain": shared,
                }
            },
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
            "root": {"handlers": ["stderr"], "level": options["level"]},
            "loggers": {
                # Django's own console handlers would print everything a second time, unmasked.
                "django": {"handlers": [], "propagate": True},
                "django.server": {"handlers": [], "propagate": True},
                # One line per request is ours; what ended badly is still logged by Django with its traceback.
                "django.request": {"level": "ERROR"},
                # It warns that the broker without a server has no host name.
                "kombu.connection": {"level": "ERROR"},
            },
        }
    )


class RequestIdMiddleware:
    """Gives each request an id, in every log line, and back to the caller, who can quote it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if REQUEST_ID.fullmatch(offered) else uuid.uuid4().hex
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        started = time.monotonic()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        # The route, not the path: a path can carry a token, or what somebody searched for.
        route = request.resolver_match.route if request.resolver_match else "-"
        if route not in QUIET_ROUTES:
            log.info(
                "request",
                method=request.method,
                route=route,
                status=response.status_code,
                ms=round((time.monotonic() - started) * 1000),
            )
        return response
