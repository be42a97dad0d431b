"""The OpenAPI document holds: what it allows is answered as it says, all else by a problem, nothing by a 5xx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import validator_for
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.types import ASGIApp, Receive, Scope, Send

from admission.service.security.access import ACCESS
from tests.service.support import Service, running

NOT_HELD = (
    positive_data_acceptance,  # which codes, facts, days and tables there are, a schema cannot say
    negative_data_rejection,  # the reader of project documents takes more spellings than a schema can name
)
NO_LIMITS = {"rate_per_minute": 10**9, "machine_rate_per_minute": 10**9, "audit_waiting": 10**9}


@dataclass
class Callers:
    """Headers of the machine, and of the administrator for what machines may not do."""

    service: Service
    machine: Mapping[str, str]
    administrator: Mapping[str, str]


@pytest.fixture(scope="module")
def callers(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    with running(tmp_path_factory.mktemp("openapi"), **NO_LIMITS) as service:
        browser = service.browser("administrator")
        cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        administrator = {"Cookie": cookies, "X-CSRF-Token": browser.headers["X-CSRF-Token"]}
        yield Callers(service, {"Authorization": f"Bearer {service.key}"}, administrator)


class Running:
    """The application of a service that runs already: nobody starts or ends it again."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self.app(scope, receive, send)
            return
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        await send({"type": "lifespan.shutdown.complete"})


@pytest.fixture(scope="module")
def document(callers: Callers) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_asgi("/v1/openapi.json", Running(callers.service.app))


OPERATIONS = sorted(
    key for key in ACCESS if key[1].startswith(("/v1/", "/healthz")) and key != ("GET", "/v1/openapi.json")
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_the_document_holds(operation: tuple[str, str], callers: Callers, document: schemathesis.BaseSchema) -> None:
    method, path = operation
    administrators = path.startswith("/v1/webhooks") or path == "/v1/rules/reload"
    headers = dict(callers.administrator if administrators else callers.machine)

    @given(case=document[path][method].as_strategy())
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def holds(case: schemathesis.Case) -> None:
        case.call_and_validate(headers=headers, excluded_checks=list(NOT_HELD))

    holds()


def test_every_example_is_valid_and_every_description_has_both_languages(callers: Callers) -> None:
    document = callers.service.app.openapi()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            words = operation["summary"] + operation.get("description", "")
            assert any("\u4e00" <= sign <= "\u9fff" for sign in words), (method, path)
            assert any(sign.isascii() and sign.isalpha() for sign in words), (method, path)
            for media in operation.get("requestBody", {}).get("content", {}).values():
                assert media.get("examples") or "examples" in str(media) or "binary" in str(document), (method, path)
                whole = {**media["schema"], "components": document["components"]}
                check = validator_for(whole)
                for example in media.get("examples", {}).values():
                    assert check.is_valid(example["value"]), (method, path)


def test_every_example_is_answered(callers: Callers) -> None:
    document = callers.service.app.openapi()
    client = callers.service.machine()
    for path in ("/v1/screen", "/v1/lifecycle", "/v1/questions", "/v1/screen/batch"):
        examples = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]
        assert examples
        for example in examples.values():
            assert client.post(path, json=example["value"]).status_code == 200
