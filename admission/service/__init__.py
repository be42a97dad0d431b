"""The service: HTTP API for other systems and pages for people, on one application.

`create_app(Settings())` makes it; `admission serve` runs it. Everything here stands on the extra `service`.
"""

from __future__ import annotations

from admission.service.app import create_app
from admission.service.settings import Settings

__all__ = ["Settings", "create_app"]
