"""Logging in with OpenID Connect, against a small provider on loopback."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.testclient import TestClient

from admission.record.users import disable_user
from admission.service import Settings
from tests.service.support import NOON, Service, running

KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "k1"}) for _ in range(2))
NOW = int(NOON.timestamp())


@dataclass
class Fake:
    """A provider; `claims` and `key` make it lie."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    header: dict[str, str] = field(default_factory=lambda: {"alg": "RS256", "kid": "k1"})
    asked: dict[str, str] = field(default_factory=dict)
    tokens: list[dict[str, str]] = field(default_factory=list)

    def answer(self, path: str, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if path.endswith("openid-configuration"):
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            return 200, {"issuer": self.url, **{name: f"{self.url}/{name}" for name in names}}
        if path == "/jwks_uri":
            return 200, {"keys": [KEY.as_dict(private=False)]}
        self.tokens.append(form)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        if form["code"] != "good" or challenge.decode() != self.asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        claims = {
            "iss": self.url,
            "aud": "admission",
            "exp": NOW + 60,
            "iat": NOW,
            "nonce": self.asked["nonce"],
            "preferred_username": "clerk",
            **self.claims,
        }
        told = {name: value for name, value in claims.items() if value is not None}
        return 200, {"access_token": "x", "token_type": "Bearer", "id_token": jwt.encode(self.header, told, self.key)}


@contextmanager
def provider() -> Iterator[Fake]:
    fake = Fake()

    class Handler(BaseHTTPRequestHandler):
        def _send(self, form: dict[str, str]) -> None:
            status, content = fake.answer(self.path, form)
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._send({})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._send({name: values[0] for name, values in parse_qs(text).items()})

        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        fake.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield fake
        finally:
            server.shutdown()


@pytest.fixture
def fake() -> Iterator[Fake]:
    with provider() as found:
        yield found


@pytest.fixture
def service(tmp_path: Path, fake: Fake) -> Iterator[Service]:
    oidc = {"oidc_issuer": fake.url, "oidc_client_id": "admission", "oidc_client_secret": "hunter2"}
    with running(tmp_path, public_url="http://testserver", **oidc) as found:
        yield found


def _went(service: Service, fake: Fake, target: str = "/new?a=b") -> tuple[TestClient, str]:
    """A browser that was sent to the provider, and the state it was sent with."""
    client = service.browser()
    answer = client.get("/login/oidc", params={"next": target})
    assert answer.status_code == 303
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{fake.url}/authorization_endpoint"
    fake.asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return client, fake.asked["state"]


def test_a_person_comes_back_as_themselves(service: Service, fake: Fake) -> None:
    client, state = _went(service, fake)
    assert fake.asked["code_challenge_method"] == "S256"
    assert fake.asked["redirect_uri"] == "http://testserver/login/oidc/callback"
    answer = client.get("/login/oidc/callback", params={"state": state, "code": "good"})
    assert answer.headers["location"] == "/new?a=b"
    assert "clerk" in client.get("/").text
    (entry,) = service.shared.store.entries(kind="access")
    assert (entry.actor, entry.body["outcome"]) == ("clerk", "logged in")


LIES: dict[str, dict[str, Any]] = {
    "another issuer": {"claims": {"iss": "https://evil.example"}},
    "for another client": {"claims": {"aud": "other"}},
    "expired": {"claims": {"exp": NOW - 3600}},
    "never expires": {"claims": {"exp": None}},
    "another nonce": {"claims": {"nonce": "x"}},
    "no nonce": {"claims": {"nonce": None}},
    "no name": {"claims": {"preferred_username": None}},
    "a name that is no text": {"claims": {"preferred_username": ["clerk"]}},
    "nobody here": {"claims": {"preferred_username": "stranger"}},
    "a machine": {"claims": {"preferred_username": "machine"}},
    "an absurd name": {"claims": {"preferred_username": "a\x00b"}},
    "signed by another": {"key": OTHER},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_does_not_hold_is_refused(service: Service, fake: Fake, lie: dict[str, Any]) -> None:
    for name, value in lie.items():
        setattr(fake, name, value)
    client, state = _went(service, fake)
    answer = client.get("/login/oidc/callback", params={"state": state, "code": "good"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/login?failed=true")
    assert client.get("/").status_code == 401


@pytest.mark.parametrize("query", [{}, {"state": "x", "code": "good"}, {"code": "good"}, {"error": "access_denied"}])
def test_what_was_not_asked_for_is_refused(service: Service, fake: Fake, query: dict[str, str]) -> None:
    client, _ = _went(service, fake)
    assert client.get("/login/oidc/callback", params=query).headers["location"] == "/login?failed=true"
    assert fake.tokens == []


def test_a_wrong_code_is_refused_and_an_attempt_is_good_once(service: Service, fake: Fake) -> None:
    client, state = _went(service, fake)
    for code in ("wrong", "good"):
        answer = client.get("/login/oidc/callback", params={"state": state, "code": code})
        assert answer.headers["location"] == "/login?failed=true"


def test_another_browser_cannot_use_it(service: Service, fake: Fake) -> None:
    _, state = _went(service, fake)
    answer = service.browser().get("/login/oidc/callback", params={"state": state, "code": "good"})
    assert answer.headers["location"] == "/login?failed=true"


def test_an_attempt_is_no_session(service: Service, fake: Fake) -> None:
    client, _ = _went(service, fake)
    client.cookies.set("admission_session", client.cookies["admission_oidc"])
    assert client.get("/").status_code == 401


def test_somebody_disabled_is_refused(service: Service, fake: Fake) -> None:
    disable_user(service.shared.store, "clerk", actor="test", at=NOON)
    client, state = _went(service, fake)
    answer = client.get("/login/oidc/callback", params={"state": state, "code": "good"})
    assert answer.headers["location"] == "/login?failed=true"


def test_nobody_is_sent_elsewhere(service: Service, fake: Fake) -> None:
    client, state = _went(service, fake, "https://evil.example/")
    answer = client.get("/login/oidc/callback", params={"state": state, "code": "good"})
    assert answer.headers["location"] == "/"


def test_without_a_provider_there_is_no_such_page(shared_service: Service) -> None:
    assert shared_service.browser().get("/login/oidc").status_code == 404
    assert shared_service.browser().get("/login/oidc/callback").status_code == 404


def test_a_provider_that_does_not_answer_is_told(tmp_path: Path) -> None:
    oidc = {"oidc_issuer": "http://127.0.0.1:9", "oidc_client_id": "a", "oidc_client_secret": "b"}
    with running(tmp_path, public_url="http://testserver", **oidc) as service:
        assert service.browser().get("/login/oidc").status_code == 503


@pytest.mark.parametrize(
    "wrong",
    [
        {"oidc_issuer": "https://id.example"},
        {
            "oidc_issuer": "http://id.example",
            "oidc_client_id": "a",
            "oidc_client_secret": "b",
            "public_url": "https://x",
        },
    ],
)
def test_half_a_provider_is_no_setting(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="oidc_issuer"):
        Settings(**wrong)
