"""Webhooks: signed, tried again, bounded, and never into a network that is not meant."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import socket
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from sqlalchemy import select

from admission.record.tables import webhook_deliveries
from admission.service.examples import PROJECTS
from admission.service.webhooks.addresses import ForbiddenAddressError, Target, check_url, resolved
from admission.service.webhooks.sending import new_secret, pause, signature
from tests.service.support import Service, running

WAIT = 30.0


class Receiver(BaseHTTPRequestHandler):
    """Notes what it is sent and answers with the next status that is due."""

    seen: ClassVar[list[tuple[dict[str, str], bytes]]] = []
    answers: ClassVar[list[int]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
        status = self.answers.pop(0) if self.answers else 200
        self.send_response(status)
        if status in (301, 302, 307):
            self.send_header("Location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def receiver(*answers: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    Receiver.seen, Receiver.answers = [], list(answers)
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"127.0.0.1:{server.server_port}", Receiver.seen
        finally:
            server.shutdown()


def _subscribed(service: Service, place: str, *events: str) -> str:
    wanted = {"url": f"http://{place}/hook", "events": events or ["decision.recorded"]}
    answer = service.browser("administrator").post("/v1/webhooks", json=wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["secret"])


def _screen(service: Service, project: dict[str, Any] = PROJECTS["brief"]) -> str:
    answer = service.machine().post("/v1/screen", json=project)
    assert answer.status_code == 200
    return answer.headers["Admission-Decision"]


def _deliveries(service: Service) -> list[Any]:
    with service.shared.store.connection() as connection:
        return list(connection.execute(select(webhook_deliveries).order_by(webhook_deliveries.c.id)))


def _now(work: Coroutine[Any, Any, Target]) -> Target:
    """What `work` gives, in a thread of its own: a test of the pages may have left a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, work).result()


def _until(what: Any) -> None:
    end = time.monotonic() + WAIT
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    assert what()


def test_a_decision_is_told_and_signed(tmp_path: Path) -> None:
    with receiver() as (place, seen), running(tmp_path, webhook_hosts=(place,)) as service:
        secret = _subscribed(service, place)
        id = _screen(service)
        _until(lambda: seen)
        headers, body = seen[0]
        told = json.loads(body)
        assert (told["type"], told["data"]["decision"], told["data"]["verdict"]) == (
            "decision.recorded",
            id,
            "incomplete",
        )
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        digest = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{digest}"
        assert int(headers["webhook-timestamp"]) == int(service.clock.at.timestamp())
        _until(lambda: _deliveries(service)[0].state == "sent")


def test_a_signature_is_that_of_standard_webhooks() -> None:
    """The example of the specification of Standard Webhooks."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    found = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert len(base64.b64decode(new_secret().removeprefix("whsec_"))) == 32


def test_what_is_not_taken_is_tried_again_later_and_at_last_given_up(tmp_path: Path) -> None:
    with (
        receiver(500, 302, 404) as (place, seen),
        running(tmp_path, webhook_hosts=(place,), webhook_attempts=3) as service,
    ):
        _subscribed(service, place)
        _screen(service)
        for attempt in (1, 2, 3):
            _until(lambda attempt=attempt: len(seen) == attempt)
            _until(lambda attempt=attempt: _deliveries(service)[0].last_status is not None and len(seen) == attempt)
            time.sleep(0.1)
            assert len(seen) == attempt, "not before its time"
            service.clock.pass_by(hours=7)
        _until(lambda: _deliveries(service)[0].state == "failed")
        assert Receiver.answers == []
        assert len({headers["webhook-id"] for headers, _ in seen}) == 1, "the receiver can tell a repetition"


def test_pauses_grow_and_end_at_six_hours() -> None:
    found = [pause(attempts) for attempts in range(1, 30)]
    assert found[:3] == [timedelta(seconds=10), timedelta(seconds=40), timedelta(seconds=160)]
    assert found == sorted(found)
    assert found[-1] == timedelta(hours=6)


def test_no_more_wait_than_may(tmp_path: Path) -> None:
    with running(tmp_path, webhook_hosts=("127.0.0.1:9",), webhook_waiting=2) as service:
        _subscribed(service, "127.0.0.1:9")
        for _ in range(4):
            _screen(service)
        assert len(_deliveries(service)) == 2
        assert 'admission_webhook_attempts_total{outcome="dropped"} 2.0' in service.machine().get("/metrics").text


def test_what_is_not_recorded_is_not_told(tmp_path: Path) -> None:
    with running(tmp_path, webhook_hosts=("127.0.0.1:9",)) as service:
        _subscribed(service, "127.0.0.1:9")
        service.machine().post("/v1/screen?record=false", json=PROJECTS["brief"])
        assert _deliveries(service) == []


LIVING: dict[str, Any] = {
    "name": "水泵扩建项目",
    "park": "shizhu",
    "as_of": "2026-11-24",
    "industry": "344",
    "facts": {"nature": "expansion"},
    "milestones": [
        {"event": "construction_start", "date": "2026-01-05"},
        {"event": "completion_disclosed", "date": "2026-08-22"},
        {"event": "env_facility_completion", "date": "2026-08-20"},
    ],
}


def test_a_duty_is_told_when_it_is_coming_due_unless_overtaken(tmp_path: Path) -> None:
    with receiver() as (place, seen), running(tmp_path, webhook_hosts=(place,), due_days=10) as service:
        _subscribed(service, place, "duty.due")
        first = _screen(service, LIVING)
        waiting = _deliveries(service)
        assert waiting, "the project has duties with a day"
        told = [json.loads(row.payload)["data"] for row in waiting]
        assert all({"duty", "title", "due", "department"} <= data.keys() for data in told)
        assert {data["decision"] for data in told} == {first}
        second = _screen(service, LIVING)
        service.clock.pass_by(days=20_000)
        _until(lambda: all(row.state != "waiting" for row in _deliveries(service)))
        assert {json.loads(body)["data"]["decision"] for _, body in seen} == {second}
        assert {row.last_status for row in _deliveries(service) if row.state == "failed"} == {"overtaken"}


def test_an_endpoint_that_was_ended_is_told_nothing(tmp_path: Path) -> None:
    with receiver() as (place, seen), running(tmp_path, webhook_hosts=(place,)) as service:
        _subscribed(service, place)
        administrator = service.browser("administrator")
        (endpoint,) = administrator.get("/v1/webhooks").json()["webhooks"]
        assert "secret" not in endpoint
        assert administrator.delete(f"/v1/webhooks/{endpoint['id']}").status_code == 204
        assert administrator.delete("/v1/webhooks/none").status_code == 404
        _screen(service)
        assert _deliveries(service) == []
        assert seen == []


# --- addresses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https:///x",
        "https://user:word@example.com/",
        "https://example.com/#part",
        "https://exa mple.com/",
        "https://例子.com/",
        "https://example.com:x/",
        "https://[::1/",
        "//example.com",
        "x",
        "",
        "https://example.com/" + "x" * 500,
    ],
)
def test_only_plain_https_is_taken(shared_service: Service, url: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        check_url(url, ())
    answer = shared_service.browser("administrator").post(
        "/v1/webhooks", json={"url": url, "events": ["decision.recorded"]}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "10.0.0.8",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "[::1]",
        "[fe80::1]",
        "[::ffff:10.0.0.1]",
        "localhost",
    ],
)
def test_addresses_that_are_not_public_are_not_called(host: str) -> None:
    with pytest.raises(ForbiddenAddressError):
        _now(resolved(f"https://{host}/x", ()))


def test_a_name_is_looked_up_once_and_every_address_must_be_public(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [["93.184.216.34"], ["93.184.216.34", "10.0.0.1"]]

    async def looked_up(self: object, host: str, port: int, **named: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in found.pop(0)]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", looked_up)
    target = _now(resolved("https://hooks.example.com/a?b=c", ()))
    assert (target.url, target.host, target.name) == (
        "https://93.184.216.34:443/a?b=c",
        "hooks.example.com",
        "hooks.example.com",
    )
    with pytest.raises(ForbiddenAddressError):
        _now(resolved("https://hooks.example.com/a", ()))


def test_what_the_operator_names_may_be_called() -> None:
    target = _now(resolved("http://127.0.0.1:8080/x", ("127.0.0.1:8080",)))
    assert (target.url, target.host) == ("http://127.0.0.1:8080/x", "127.0.0.1:8080")
    with pytest.raises(ForbiddenAddressError):
        _now(resolved("http://127.0.0.1:8081/x", ("127.0.0.1:8080",)))
