from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from admission.service import Settings, create_app
from tests.service.support import PASSWORD, People, browser, token_of


@pytest.fixture
def people() -> People:
    return People()


@pytest.fixture
def app(people: People):
    return create_app(Settings(plain_http=True), accounts=people)


def test_a_person_logs_in_and_out(app) -> None:
    client = browser(app, "clerk")
    page = client.get("/")
    assert page.status_code == 200
    assert "clerk" in page.text
    client.post("/logout", data={"csrf_token": token_of(page.text)})
    assert client.get("/").status_code == 401


@pytest.mark.parametrize(("name", "password"), [("clerk", "wrong"), ("nobody", PASSWORD), ("clerk", "")])
def test_a_wrong_password_and_a_wrong_name_look_the_same(app, name: str, password: str) -> None:
    client = browser(app)
    token = token_of(client.get("/login").text)
    answer = client.post("/login", data={"csrf_token": token, "username": name, "password": password})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/login?failed=true")


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/a\r\nb", ""])
def test_nobody_is_sent_elsewhere_after_the_login(app, target: str) -> None:
    client = browser(app)
    form = {"csrf_token": token_of(client.get("/login").text), "username": "clerk", "password": PASSWORD}
    assert client.post("/login", data={**form, "next": target}).headers["location"] == "/"


def test_a_browser_without_session_is_shown_the_login(app) -> None:
    answer = browser(app).get("/?a=b", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=%2F%3Fa%3Db")


def test_a_program_without_session_is_told(app) -> None:
    answer = browser(app).get("/")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"


def test_somebody_disabled_is_out_at_once(app, people: People) -> None:
    from dataclasses import replace

    client = browser(app, "clerk")
    people.known["clerk"] = replace(people.known["clerk"], disabled=True)
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("form", [{}, {"csrf_token": ""}, {"csrf_token": "é"}, {"csrf_token": "guess"}])
def test_a_form_without_our_token_does_nothing(app, form: dict[str, str]) -> None:
    client = browser(app, "clerk")
    answer = client.post("/logout", data=form)
    assert answer.status_code == 403
    assert answer.json()["type"] == "urn:admission:problem:csrf"
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_a_form_of_another_site_does_nothing(app, headers: dict[str, str]) -> None:
    client = browser(app, "clerk")
    form = {"csrf_token": token_of(client.get("/").text)}
    assert client.post("/logout", data=form, headers=headers).status_code == 403


def test_cookies_are_for_this_host_over_https_and_not_for_scripts() -> None:
    app = create_app(Settings(), accounts=People())
    client = TestClient(app, base_url="https://park.example", follow_redirects=False)
    form = {"csrf_token": token_of(client.get("/login").text), "username": "clerk", "password": PASSWORD}
    cookie = client.post("/login", data=form).headers.get_list("set-cookie")[0]
    assert cookie.startswith("__Host-admission_session=")
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}


def test_cookies_without_secure_are_for_loopback_only() -> None:
    with pytest.raises(ValueError, match="loopback"):
        Settings(plain_http=True, host="0.0.0.0")


def test_every_answer_has_the_headers_that_keep_browsers_safe(app) -> None:
    for answer in (browser(app).get("/login"), browser(app).get("/none"), browser(app).get("/")):
        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


def test_a_body_that_is_too_large_is_not_read() -> None:
    client = browser(create_app(Settings(plain_http=True, body_bytes=100), accounts=People()))
    assert client.post("/login", content=b"x" * 101).status_code == 413

    def drip():
        yield from [b"x" * 60] * 3

    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    assert client.post("/login", content=drip(), headers=headers).status_code == 413
