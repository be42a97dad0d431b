from __future__ import annotations

import logging
import logging.config

import pytest

from admission.service.examples import PROJECTS
from admission.service.logs import LOGGING, Scrub, scrubbed
from tests.service.support import PASSWORD, Service, token_of

SECRETS = {
    "Authorization: Bearer adm_abcdefgh12345678": "adm_abcdefgh12345678",
    "key adm_abcdefgh12345678 revoked": "adm_abcdefgh12345678",
    "secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw=": "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "hash $argon2id$v=19$m=65536,t=3,p=4$c2FsdA$aGFzaA": "aGFzaA",
    "password=hunter2&user=x": "hunter2",
    "'password': 'hunter2'": "hunter2",
    'client_secret="hunter2"': "hunter2",
    "Cookie: admission_session=abcdefghijk": "abcdefghijk",
    "postgresql://park:hunter2@db/x": "hunter2",
    "/callback?code=hunter2&state=y": "hunter2",
}


@pytest.mark.parametrize(("text", "secret"), SECRETS.items(), ids=SECRETS)
def test_what_looks_like_a_secret_is_not_written(text: str, secret: str) -> None:
    assert secret not in scrubbed(text)


@pytest.mark.parametrize("text", ["rules 3f9a are in use", "GET /v1/screen failed: ValueError", "密码应为 12 个字符"])
def test_other_words_stay(text: str) -> None:
    assert scrubbed(text) == text


def test_tracebacks_are_scrubbed_as_well() -> None:
    try:
        raise ValueError("password=hunter2")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (type(error), error, error.__traceback__))
    assert "hunter2" not in Scrub().format(record)


def test_the_configuration_is_valid() -> None:
    before = logging.root.handlers[:], logging.root.level
    try:
        logging.config.dictConfig(LOGGING)
    finally:
        logging.root.handlers[:], level = before
        logging.root.setLevel(level)


def test_nothing_the_service_does_writes_a_secret(service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = service.browser()
    form = {"csrf_token": token_of(client.get("/login").text), "username": "clerk"}
    client.post("/login", data={**form, "password": "not the password"})
    client.post("/login", data={**form, "password": PASSWORD})
    service.machine().post("/v1/screen", json=PROJECTS["brief"])
    service.machine().post("/v1/screen", content=b"{", headers={"Content-Type": "application/json"})
    token = client.cookies["admission_session"]
    for secret in (PASSWORD, "not the password", service.key, token, form["csrf_token"]):
        assert secret not in caplog.text
    for entry in service.shared.store.entries():
        assert service.key not in entry.text
        assert token not in entry.text
        assert PASSWORD not in entry.text
