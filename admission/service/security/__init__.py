"""Who may do what: accounts, sessions, API keys, roles, and what every request must pass."""

from __future__ import annotations

from admission.service.security.people import Role, User, current_user

__all__ = ["Role", "User", "current_user"]
