"""Telling other systems: when a decision is recorded, and when a duty is coming due."""

from __future__ import annotations

from admission.service.webhooks.outbox import EVENTS, announce
from admission.service.webhooks.sending import Sender

__all__ = ["EVENTS", "Sender", "announce"]
