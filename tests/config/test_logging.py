"""What logs keep of the address of a link in a mail: never its key, whoever writes the line."""

import io
import logging
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.test import Client
from gunicorn import util
from gunicorn.config import Config

from config import logging as ours
from config import supervise
from governance.services import buttons
from tests.conftest import TODAY
from tests.factories import Town

SIGNED = "oYk3vZ" * 7
MUTES = f"WzEsMiwi:1wPq2x:{SIGNED}"
"""As a signed key is built: what it says, when it was signed, and the seal."""
FORMAT = '%(h)s "%(r)s" %(s)s "%(f)s" %(U)s %({referer}i)s %({raw_uri}e)s %({path_info}e)s'


@pytest.mark.parametrize("readable", [False, True])
def test_no_line_about_a_request_has_the_key_of_its_link(town: Town, monkeypatch, readable: bool) -> None:
    seat = town.champion_seats[town.claims.pk]
    url = buttons.issue(purpose="on_track", person=town.champions[town.claims.pk], seat=seat.pk, now=TODAY)
    key = url.rstrip("/").rpartition("/")[2]
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    ours.configure({"level": "DEBUG", "readable": readable})
    try:
        browser = Client(raise_request_exception=False)
        for ask in (browser.get, browser.head, browser.post, browser.put):
            ask(f"/b/{key}/")
        browser.get(f"/b/{key}/more/")
        # As Django and the server of a developer say it: the path in the message, or in the request that comes along.
        logging.getLogger("django.request").error("Internal Server Error: %s", f"/b/{key}/")
        logging.getLogger("django.server").warning('"GET %s HTTP/1.1" 410', f"/b/{key}/")
        try:
            raise ValueError(f"no such page: {url}")
        except ValueError:
            logging.getLogger("keep.test").exception("failed at %s", url)
    finally:
        monkeypatch.undo()
        ours.configure(settings.LOGGING)
    lines = written.getvalue()
    assert "b/<str:token>/" in lines or "request" in lines, "something was written"
    told = lines if not readable else "\n".join(line for line in lines.splitlines() if "ValueError" not in line)
    assert key not in told
    assert "[token]" in lines


def test_the_web_servers_own_logs_have_no_key_either(tmp_path: Path) -> None:
    key = "Q" * 43
    access, errors = tmp_path / "access.log", tmp_path / "error.log"
    config = Config()
    for name, value in (
        ("accesslog", str(access)), ("errorlog", str(errors)), ("access_log_format", FORMAT),
        ("logger_class", supervise.KEYLESS[1]),
    ):  # fmt: skip
        config.set(name, value)
    logger = (
        util.load_class(config.logger_class, "gunicorn.glogging.Logger", "gunicorn.loggers")(config)
        if isinstance(config.logger_class, str)
        else config.logger_class(config)
    )
    path, mute = f"/b/{key}/", f"/mute/{MUTES}/"
    environ = {"REQUEST_METHOD": "POST", "RAW_URI": path, "PATH_INFO": path, "SERVER_PROTOCOL": "HTTP/1.1",
               "HTTP_REFERER": f"https://keep.example.org{path}"}  # fmt: skip
    asked = SimpleNamespace(headers=[("REFERER", f"https://keep.example.org{path}")])
    logger.access(SimpleNamespace(status="200 OK", headers=[], sent=7), asked, environ, timedelta(seconds=1))
    logger.error("Error handling request %s", path)
    logger.access(SimpleNamespace(status="200 OK", headers=[], sent=7), asked,
                  {**environ, "RAW_URI": mute, "PATH_INFO": mute}, timedelta(seconds=1))  # fmt: skip
    logger.error("Error handling request %s", mute)
    for file in (access, errors):
        assert "/b/[token]/" in file.read_text()
        assert "/mute/[token]/" in file.read_text()
        assert key not in file.read_text()
        assert MUTES not in file.read_text()
        assert SIGNED not in file.read_text()


def test_a_key_that_mutes_stands_in_no_line_however_it_is_written() -> None:
    for path in (f"/mute/{MUTES}/", f"/mute/{MUTES.replace(':', '%3A')}/"):
        for line in (f'"GET {path} HTTP/1.1" 200', f"https://keep.example.org{path}", f"Not Found: {path[:-1]}"):
            assert SIGNED not in ours.without_tokens(line)
            assert "/mute/[token]" in ours.without_tokens(line)
    assert ours.without_tokens("/mutes/ACT-1001/") == "/mutes/ACT-1001/", "that one is no key"


def test_the_address_of_a_calendar_stands_in_no_log() -> None:
    line = ours.without_tokens("GET /calendar/Zq3_abcdefghijklmnop.ics HTTP/1.1")
    assert line == "GET /calendar/[token] HTTP/1.1"
    assert ours.without_tokens("/calendar/revoke/") == "/calendar/revoke/"
