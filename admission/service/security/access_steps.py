"""Which role may take which step of reviews and problems through the API; part of the table in `access`.

People may what they may on the pages (`access_work`). A machine may what a clerk may, with what it has made itself:
reviews of its own decisions, problems it has opened. It signs, judges, rechecks and closes for nobody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from admission.service.security.people import Role

__all__ = ["STEP_CHANGES", "STEP_READING", "STEP_UPLOADS"]

_ALL = tuple(Role)
_OFFICE = (Role.CLERK, Role.ADMINISTRATOR, Role.MACHINE)
_DEPARTMENT = (Role.REVIEWER,)
_CHECKING = (Role.REVIEWER, Role.ADMINISTRATOR)

STEP_READING: Mapping[str, Collection[Role]] = dict.fromkeys(
    (
        "GET /v1/reviews",
        "GET /v1/reviews/{id}",
        "GET /v1/reviews/{id}/files/{sha256}",
        "GET /v1/problems",
        "GET /v1/problems/{id}",
        "GET /v1/problems/{id}/files/{sha256}",
    ),
    _ALL,
)

STEP_CHANGES: Mapping[str, Collection[Role]] = {
    "POST /v1/reviews": _OFFICE,
    "POST /v1/reviews/{id}/judgements": _DEPARTMENT,
    "POST /v1/reviews/{id}/close": (Role.CLERK, Role.ADMINISTRATOR),
    "POST /v1/problems": _OFFICE,
    "POST /v1/problems/{id}/assign": _OFFICE,
    "POST /v1/problems/{id}/rectified": _OFFICE,
    "POST /v1/problems/{id}/close": _CHECKING,
    "POST /v1/problems/{id}/reopen": _CHECKING,
}

STEP_UPLOADS: Mapping[str, Collection[Role]] = {
    "POST /v1/reviews/{id}/opinions": _DEPARTMENT,
    "POST /v1/problems/{id}/evidence": _ALL,
    "POST /v1/problems/{id}/recheck": _CHECKING,
}
"""Their bodies may be as large as an upload."""
