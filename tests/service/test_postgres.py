"""The service on a real PostgreSQL: login, decisions, idempotency, jobs, webhooks, many requests at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from admission.record import decisions, verify
from admission.service.examples import PROJECTS
from tests.servers import missing, postgres_urls
from tests.service.support import Service, running

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.skipif(missing("initdb", "pg_ctl", "psql"), reason="no PostgreSQL here"),
]


@pytest.fixture(scope="module")
def service(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder: Path = tmp_path_factory.mktemp("postgres")
    with postgres_urls() as make, running(folder, store=make()) as found:
        yield found


def test_decisions_are_recorded_once_and_seen(service: Service) -> None:
    client, key = service.machine(), {"Idempotency-Key": "k"}
    first, again = (client.post("/v1/screen", json=PROJECTS["brief"], headers=key) for _ in range(2))
    assert first.status_code == 200
    assert first.headers["Admission-Decision"] == again.headers["Admission-Decision"]
    assert client.post("/v1/screen", json=PROJECTS["casting"], headers=key).status_code == 409
    id = first.headers["Admission-Decision"]
    assert client.get(f"/v1/decisions/{id}/document").content == first.content
    clerk = service.browser("clerk")
    assert id in clerk.get("/v1/decisions?project=阀门&park=shizhu&verdict=incomplete").text
    assert clerk.post("/logout").status_code == 303
    assert clerk.get("/v1/decisions").status_code == 401


def test_an_audit_is_done(service: Service) -> None:
    client = service.machine()
    files = {"table": ("t.csv", "企业名称,国民经济行业代码\n甲厂,3391\n".encode())}
    id = client.post("/v1/audits?park=shizhu", files=files).json()["id"]
    end = time.monotonic() + 60
    while (found := client.get(f"/v1/audits/{id}").json())["state"] in ("waiting", "running"):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert (found["state"], found["done"]) == ("done", 1)


def test_webhooks_are_kept(service: Service) -> None:
    client = service.browser("administrator")
    wanted = {"url": "https://hooks.example.com/x", "events": ["duty.due"]}
    made = client.post("/v1/webhooks", json=wanted).json()
    assert client.delete(f"/v1/webhooks/{made['id']}").status_code == 204
    assert [hook["active"] for hook in client.get("/v1/webhooks").json()["webhooks"]] == [False]


def test_requests_at_once_are_all_recorded(service: Service) -> None:
    client = service.machine()

    def ask(number: int) -> str:
        answer = client.post("/v1/screen", json={**PROJECTS["brief"], "name": f"项目{number}"})
        return str(answer.headers["Admission-Decision"])

    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(ask, range(24)))
    assert len(set(ids)) == 24
    assert set(ids) <= {record.id for record in decisions(service.shared.store, limit=500)}
    assert verify(service.shared.store).ok


def test_absurd_texts_are_no_failure(service: Service) -> None:
    client = service.machine()
    for query in ("project=%00", "project=%25_", "park=%00", "before=1"):
        assert client.get(f"/v1/decisions?{query}").status_code < 500, query
    for id in ("%00", "a%0Ab", "x" * 300):
        assert client.get(f"/v1/decisions/{id}").status_code < 500
        assert client.get(f"/v1/audits/{id}").status_code < 500
