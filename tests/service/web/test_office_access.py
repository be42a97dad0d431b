"""Every page of audits, reviews, rectification and rules × everybody who might ask; the table said a second time."""

from __future__ import annotations

import pytest

from admission.service.security.access_work import WORK_PAGES
from tests.service.support import Service

EVERYBODY = {
    "GET /rules",
    "GET /rules/breaches",
    "GET /rules/compare",
    "GET /rules/{id:path}",
    "GET /reviews",
    "GET /reviews/{id}",
    "GET /reviews/{id}/files/{sha256}",
    "GET /problems",
    "GET /problems/{id}",
    "GET /problems/{id}/files/{sha256}",
    "POST /problems/{id}/evidence",
}
CHECKING = {f"POST /problems/{{id}}/{step}" for step in ("recheck", "close", "reopen")}
SIGNING = {"POST /reviews/{id}/evidence", "POST /reviews/{id}/judgement"}
ALL = {" ".join(key) for key in WORK_PAGES}
OFFICE = ALL - EVERYBODY - CHECKING - SIGNING
ALLOWED = {
    "clerk": EVERYBODY | OFFICE,
    "reviewer": EVERYBODY | CHECKING | SIGNING,
    "administrator": EVERYBODY | OFFICE | CHECKING,
    "machine": set(),
    "anonymous": set(),
}


def test_what_the_office_alone_may_is_about_audits_and_the_steps_of_a_clerk() -> None:
    audits = {route for route in OFFICE if " /audits" in route}
    assert OFFICE - audits == {
        "GET /reviews/new",
        "POST /reviews",
        "POST /reviews/{id}/close",
        "GET /problems/new",
        "POST /problems",
        "POST /problems/{id}/assign",
        "POST /problems/{id}/rectified",
    }
    assert len(audits) == 15


@pytest.mark.parametrize("who", sorted(ALLOWED))
@pytest.mark.parametrize("route", sorted(ALL))
def test_a_page_lets_in_whom_it_should(shared_service: Service, route: str, who: str) -> None:
    method, path = route.split(" ")
    name = {"id:path": "NONE", "id": "none", "row": "1", "name": "ledger.csv", "sha256": "0" * 64}
    for key, value in name.items():
        path = path.replace(f"{{{key}}}", value)
    client = (
        shared_service.machine() if who == "machine" else shared_service.browser(None if who == "anonymous" else who)
    )
    status = client.request(method, path).status_code
    if route in ALLOWED[who]:
        assert status not in (401, 403)
        assert status < 500
    else:
        assert status == (401 if who == "anonymous" else 403)
