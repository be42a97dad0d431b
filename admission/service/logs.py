"""Logs of the service: one line per event, without passwords, keys or secrets whoever writes them."""

from __future__ import annotations

import logging
import re
from typing import Any

__all__ = ["LOGGING", "Scrub", "scrubbed"]

_SECRETS = re.compile(
    r"(?P<key>\badm_[\w-]{8,})"
    r"|(?P<hook>\bwhsec_[\w+/=-]+)"
    r"|(?P<hash>\$argon2\w*\$\S+)"
    r"|(?P<name>(?:password|passwd|secret|token|code|authorization|cookie|session)\b[\"']?\s*[=:]\s*)(?P<value>[^\s&;,]+(?:\s+[\w.~+/=-]{16,})?)"
    r"|(?P<url>://[^/\s:@]*:)(?P<word>[^@\s/]+)(?=@)",
    re.IGNORECASE,
)


def scrubbed(text: str) -> str:
    """`text` with whatever looks like a secret made unreadable."""
    return _SECRETS.sub(lambda found: (found["name"] or found["url"] or "") + "[…]", text)


class Scrub(logging.Formatter):
    """A formatter that leaves secrets out, tracebacks included."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        return scrubbed(super().format(record))


_LINE = "%(asctime)s %(levelname)s %(name)s %(process)d: %(message)s"
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "admission.service.logs.Scrub", "format": _LINE}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line", "stream": "ext://sys.stderr"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "admission": {"level": "INFO"},
        "uvicorn": {"level": "INFO"},
        "uvicorn.error": {"level": "INFO"},
    },
}
"""Configuration of `logging` for the processes of the service."""
