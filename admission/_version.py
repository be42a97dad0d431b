"""The version of this package; it stands in receipts."""

from __future__ import annotations

VERSION = "0.1.0"
