from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_from_bytes

import pytest
from starlette.testclient import TestClient

from admission.record.operations import session
from admission.record.users import disable_user
from admission.service import Settings
from tests.service.support import NOON, PASSWORD, Service, running, token_of


def test_a_person_logs_in_and_out(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    page = client.get("/")
    assert page.status_code == 200
    assert "clerk" in page.text
    client.post("/logout", data={"csrf_token": token_of(page.text)})
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("clerk", "")])
def test_a_wrong_password_and_a_wrong_name_look_the_same(shared_service: Service, name: str, password: str) -> None:
    client = shared_service.browser()
    token = token_of(client.get("/login").text)
    answer = client.post("/login", data={"csrf_token": token, "username": name, "password": password})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/login?failed=true")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nb", ""])
def test_nobody_is_sent_elsewhere_after_the_login(shared_service: Service, target: str) -> None:
    client = shared_service.browser()
    form = {"csrf_token": token_of(client.get("/login").text), "username": "clerk", "password": PASSWORD}
    assert client.post("/login", data={**form, "next": target}).headers["location"] == "/"


def test_a_browser_without_session_is_shown_the_login(shared_service: Service) -> None:
    answer = shared_service.browser().get("/?a=b", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2F%3Fa%3Db")


def test_a_program_without_session_is_told(shared_service: Service) -> None:
    answer = shared_service.browser().get("/")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_somebody_disabled_is_out_at_once(service: Service) -> None:
    client = service.browser("clerk")
    disable_user(service.shared.store, "clerk", actor="test", at=NOON)
    assert client.get("/").status_code == 401


def test_a_session_ends_after_some_hours_however_much_it_is_used(service: Service) -> None:
    client, left = service.browser("clerk"), service.shared.settings.session_minutes
    while left > 20:
        service.clock.pass_by(minutes=20)
        left -= 20
        assert client.get("/").status_code == 200
    service.clock.pass_by(minutes=left - 1)
    assert client.get("/").status_code == 200
    service.clock.pass_by(minutes=1)
    assert client.get("/").status_code == 401


def test_a_session_that_is_not_used_ends(service: Service) -> None:
    client, idle = service.browser("clerk"), service.shared.settings.session_idle_minutes
    service.clock.pass_by(minutes=idle - 1)
    assert client.get("/").status_code == 200
    service.clock.pass_by(minutes=idle - 1)
    assert client.get("/").status_code == 200
    service.clock.pass_by(minutes=idle)
    assert client.get("/").status_code == 401


def test_a_session_is_written_down_as_used_now_and_then_only(service: Service) -> None:
    client, store = service.browser("clerk"), service.shared.store
    token = client.cookies["admission_session"]

    def until() -> str:
        found = session(store, token, at=service.clock.moment())
        assert found is not None
        return found.expires_at

    first = until()
    service.clock.pass_by(seconds=30)
    client.get("/")
    assert until() == first
    service.clock.pass_by(minutes=10)
    client.get("/")
    assert until() > first


def test_logins_are_written_down_but_not_for_names_that_nobody_has(service: Service) -> None:
    client = service.browser()
    form = {"csrf_token": token_of(client.get("/login").text)}
    for name in ("nobody", "clerk"):
        client.post("/login", data={**form, "username": name, "password": "wrong"})
    client.post("/login", data={**form, "username": "clerk", "password": PASSWORD})
    entries = service.shared.store.entries(kind="access")
    assert [(entry.actor, entry.body["outcome"]) for entry in entries] == [("clerk", "refused"), ("clerk", "logged in")]
    assert not any("wrong" in entry.text or PASSWORD in entry.text for entry in entries)


def test_attempts_to_log_in_are_limited(tmp_path: Path) -> None:
    with running(tmp_path, login_per_minute=3) as service:
        client = service.browser()
        form = {"csrf_token": token_of(client.get("/login").text), "username": "clerk", "password": "wrong"}
        found = [client.post("/login", data=form) for _ in range(4)]
        assert [answer.status_code for answer in found] == [303, 303, 303, 429]
        assert found[-1].headers["Retry-After"] == "60"


@pytest.mark.parametrize("name", ["\0", "a\nb", "\ud800", "x" * 201, " "])
def test_an_absurd_name_is_no_failure_of_the_service(shared_service: Service, name: str) -> None:
    client = shared_service.browser()
    token = token_of(client.get("/login").text)
    body = (
        f"csrf_token={token}&password=x&username=".encode()
        + quote_from_bytes(name.encode("utf-8", "surrogatepass")).encode()
    )
    answer = client.post("/login", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code in (303, 422)


@pytest.mark.parametrize("form", [{}, {"csrf_token": ""}, {"csrf_token": "é"}, {"csrf_token": "guess"}])
def test_a_form_without_our_token_does_nothing(shared_service: Service, form: dict[str, str]) -> None:
    client = shared_service.browser("clerk")
    del client.headers["X-CSRF-Token"]
    answer = client.post("/logout", data=form)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:admission:problem:csrf"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_does_nothing(shared_service: Service, headers: dict[str, str]) -> None:
    client = shared_service.browser("clerk")
    form = {"csrf_token": token_of(client.get("/").text)}
    assert client.post("/logout", data=form, headers=headers).status_code == 403


def test_cookies_are_for_this_host_over_https_and_not_for_scripts(tmp_path: Path) -> None:
    with running(tmp_path, plain_http=False) as service:
        client = TestClient(service.app, base_url="https://park.example", follow_redirects=False)
        form = {"csrf_token": token_of(client.get("/login").text), "username": "clerk", "password": PASSWORD}
        cookie = client.post("/login", data=form).headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-admission_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_cookies_without_secure_are_for_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Settings(plain_http=True, host="0.0.0.0")


def test_every_answer_has_the_headers_that_keep_browsers_safe(shared_service: Service) -> None:
    client = shared_service.browser()
    for answer in (client.get("/login"), client.get("/none"), client.get("/"), client.get("/healthz")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_a_body_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    def drip() -> Iterator[bytes]:
        yield from [b"x" * 1100] * 2

    with running(tmp_path, body_bytes=2000) as service:
        client = service.browser("clerk")
        assert client.post("/logout", content=b"x" * 2001).status_code == 413
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        assert client.post("/login", content=drip(), headers=headers).status_code == 413
