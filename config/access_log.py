"""The web server's own logs keep no key of a link in a mail: an access log, where one is switched on, and errors."""

import logging
from typing import Any

from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from config.logging import without_tokens


class Keyless(logging.Filter):
    """Takes the keys out of the finished line, whatever its format names: request line, path, page before, headers."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = without_tokens(record.getMessage()), ()
        return True


class KeylessLogger(Logger):  # type: ignore[misc]  # gunicorn says nothing of its types
    """Named where the server is started: ``--logger-class config.access_log.KeylessLogger``."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        for told in (self.access_log, self.error_log):
            told.addFilter(Keyless())
