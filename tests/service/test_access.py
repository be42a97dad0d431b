"""Every route × everybody who might ask: who is let in, who is refused, and how."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from admission.record.users import add_user, disable_user, issue_key, revoke_key
from admission.service.security.access import ACCESS, access_to
from admission.service.security.access_pages import PAGES
from tests.service.support import NOON, PASSWORD, Service, running

ALLOWED = {
    "everybody": {"GET /healthz", "GET /v1/openapi.json", "GET /static/{path:path}", "POST /login", "POST /logout"},
    "clerk": {
        "POST /v1/screen",
        "POST /v1/screen/batch",
        "POST /v1/audits",
        "POST /v1/impact",
        "GET /v1/audits",
        "GET /v1/audits/{id}",
        "DELETE /v1/audits/{id}",
        "GET /v1/audits/{id}/results/{name}",
        "POST /v1/reviews",
        "POST /v1/problems",
        "POST /v1/problems/{id}/assign",
        "POST /v1/problems/{id}/rectified",
    },
    "reviewer": {
        "POST /v1/lifecycle",
        "POST /v1/questions",
        "GET /v1/rules",
        "GET /v1/rules/{id}",
        "GET /v1/rules/kept",
        "GET /v1/parks",
        "GET /v1/schema",
        "GET /v1/schema/{document}",
        "GET /v1/decisions",
        "GET /v1/decisions/{id}",
        "GET /v1/decisions/{id}/document",
        "GET /v1/decisions/{id}/receipt",
        "GET /v1/reviews",
        "GET /v1/reviews/{id}",
        "GET /v1/reviews/{id}/files/{sha256}",
        "GET /v1/problems",
        "GET /v1/problems/{id}",
        "GET /v1/problems/{id}/files/{sha256}",
        "POST /v1/problems/{id}/evidence",
    },
}
"""Said a second time, so that a slip in the table of access is seen."""

ALLOWED["clerk"] |= ALLOWED["reviewer"]
ALLOWED["machine"] = ALLOWED["clerk"] | {"GET /metrics"}
CHECKS = {f"POST /v1/problems/{{id}}/{step}" for step in ("recheck", "close", "reopen")}
ALLOWED["clerk"] |= {"POST /v1/reviews/{id}/close"}
ALLOWED["reviewer"] |= {"POST /v1/reviews/{id}/opinions", "POST /v1/reviews/{id}/judgements"} | CHECKS
ALLOWED["administrator"] = ALLOWED["machine"] | ALLOWED["clerk"] | CHECKS
ALLOWED["administrator"] |= {
    "POST /v1/rules/reload",
    "GET /v1/webhooks",
    "POST /v1/webhooks",
    "DELETE /v1/webhooks/{id}",
}
OUT = ("anonymous", "expired", "disabled", "revoked", "wrong key")
API = sorted(key for key in ACCESS if key not in PAGES)
LOGIN = {("POST", "/login"), ("POST", "/logout"), ("GET", "/login/oidc"), ("GET", "/login/oidc/callback")}
"""They begin or end sessions: test_login and test_oidc have them."""
each_route = pytest.mark.parametrize("route", [key for key in API if key not in LOGIN], ids=" ".join)


def _expired(service: Service) -> TestClient:
    client = service.browser("clerk")
    token = client.cookies["admission_session"]
    service.shared.sessions.end(token)
    return client


def _disabled(service: Service) -> TestClient:
    add_user(service.shared.store, "gone", role="administrator", actor="test", at=NOON, password=PASSWORD)
    client = service.browser("gone")
    disable_user(service.shared.store, "gone", actor="test", at=NOON)
    return client


def _key_client(service: Service, key: str) -> TestClient:
    return TestClient(
        service.app,
        headers={"Authorization": f"Bearer {key}"},
        follow_redirects=False,
        raise_server_exceptions=False,
    )


def _revoked(service: Service) -> TestClient:
    made, key = issue_key(service.shared.store, "machine", label="old", actor="test", at=NOON)
    client = _key_client(service, key)
    assert client.get("/v1/parks").status_code == 200
    revoke_key(service.shared.store, made.id, actor="test", at=NOON)
    return client


@pytest.fixture(scope="module")
def everybody(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, TestClient]]:
    with running(tmp_path_factory.mktemp("access")) as service:
        yield {
            **{name: service.browser(name) for name in ("clerk", "reviewer", "administrator")},
            "machine": service.machine(),
            "anonymous": service.browser(),
            "expired": _expired(service),
            "disabled": _disabled(service),
            "revoked": _revoked(service),
            "wrong key": _key_client(service, service.key[:-1]),
        }


def _path(template: str) -> str:
    filled = template.replace("{id}", "none").replace("{name}", "none").replace("{document}", "project")
    return filled.replace("{sha256}", "0" * 64).replace("{path:path}", "none")


@each_route
@pytest.mark.parametrize("who", ["clerk", "reviewer", "administrator", "machine", *OUT])
def test_a_route_lets_in_whom_it_should(everybody: dict[str, TestClient], route: tuple[str, str], who: str) -> None:
    method, path = route
    allowed = " ".join(route) in ALLOWED["everybody"] | ALLOWED.get(who, set())
    answer = everybody[who].request(method, _path(path))
    if allowed:
        assert answer.status_code not in (401, 403)
        assert answer.status_code < 500
    else:
        assert answer.status_code == (401 if who in OUT else 403)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].endswith("not-logged-in" if who in OUT else "forbidden")


def test_every_route_of_the_application_stands_in_the_table(shared_service: Service) -> None:
    document = shared_service.app.openapi()
    told = {(method.upper(), path) for path, item in document["paths"].items() for method in item}
    assert told <= ACCESS.keys()
    assert set(API) - told == LOGIN | {
        ("GET", "/metrics"),
        ("GET", "/v1/openapi.json"),
        ("GET", "/static/{path:path}"),
    }


def test_a_route_that_is_not_in_the_table_refuses_everybody(tmp_path: Path) -> None:
    router = APIRouter()

    @router.get("/forgotten")
    @router.post("/forgotten")
    def forgotten() -> str:
        return "seen"

    with running(tmp_path) as service:
        service.app.include_router(router)
        assert any(isinstance(route, APIRoute) for route in router.routes)
        assert access_to("GET", "/forgotten") is None
        for client, status in (
            (service.browser("administrator"), 403),
            (service.machine(), 403),
            (service.browser(), 401),
        ):
            assert client.get("/forgotten").status_code == status
            assert client.post("/forgotten").status_code == status


def test_a_key_counts_before_a_cookie(service: Service) -> None:
    client = service.browser("administrator")
    assert client.get("/v1/webhooks").status_code == 200
    assert client.get("/v1/webhooks", headers={"Authorization": f"Bearer {service.key}"}).status_code == 403
    assert client.get("/v1/webhooks", headers={"Authorization": "Bearer adm_wrong"}).status_code == 401


def test_what_changes_something_is_written_down(service: Service) -> None:
    client = service.browser("administrator")
    client.post("/v1/rules/reload")
    service.machine().post("/v1/rules/reload")
    entries = [entry for entry in service.shared.store.entries(kind="access") if entry.subject != "/login"]
    told = [(e.actor, e.subject, e.body["method"], e.body["status"]) for e in entries]
    assert told == [
        ("administrator", "/v1/rules/reload", "POST", 200),
        ("machine", "/v1/rules/reload", "POST", 403),
    ]


def test_machines_and_departments_see_their_own_decisions_only(service: Service) -> None:
    from admission.service.examples import PROJECTS

    store = service.shared.store
    add_user(store, "other", role="machine", actor="test", at=NOON)
    other = _key_client(service, issue_key(store, "other", label="", actor="test", at=NOON)[1])
    clerk, reviewer, machine = service.browser("clerk"), service.browser("reviewer"), service.machine()
    id = machine.post("/v1/screen", json=PROJECTS["brief"]).headers["Admission-Decision"]
    for client, seen in ((machine, True), (clerk, True), (other, False), (reviewer, False)):
        assert bool(client.get("/v1/decisions").json()["decisions"]) is seen
        for part in ("", "/document", "/receipt"):
            assert client.get(f"/v1/decisions/{id}{part}").status_code == (200 if seen else 404)


def test_a_department_sees_the_decisions_it_reviews(service: Service) -> None:
    from admission.record.reviewing import open_review
    from admission.service.examples import PROJECTS

    id = service.machine().post("/v1/screen", json=PROJECTS["casting"]).headers["Admission-Decision"]
    review = open_review(service.shared.store, id, actor="clerk", at=NOON)
    assert review.seat("生态环境") is not None
    reviewer = service.browser("reviewer")
    assert [line["id"] for line in reviewer.get("/v1/decisions").json()["decisions"]] == [id]
    assert reviewer.get(f"/v1/decisions/{id}/document").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/v1/webhooks%3F",
        "/healthz%3F/../v1/webhooks",
        "/healthz/../v1/webhooks",
        "/static/%2e%2e/v1/webhooks",
        "//v1/webhooks",
        "/v1//webhooks",
        "/V1/webhooks",
        "/v1/webhooks/",
        "/v1/webhooks;x",
        "/v1/webhooks%23",
        "/v1/%77ebhooks",
    ],
)
def test_no_spelling_of_a_path_goes_past_the_table(everybody: dict[str, TestClient], path: str) -> None:
    for who in ("anonymous", "clerk"):
        answer = everybody[who].get(f"http://testserver{path}")
        assert answer.status_code in (401, 403, 404, 307), who
        assert answer.headers.get("location", "http://testserver/v1/webhooks") == "http://testserver/v1/webhooks"
