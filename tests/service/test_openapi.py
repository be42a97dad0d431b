"""The OpenAPI document holds: what it allows is answered as it says, all else by a problem, nothing by a 5xx."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema_rs import validator_for
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance
from starlette.types import ASGIApp, Receive, Scope, Send

from admission.record.users import issue_key
from admission.service.security.access import ACCESS
from admission.service.security.people import Role
from tests.service.support import NOON, Service, running

_DOCUMENTS = "which codes, works, facts and events the rules know, and which facts contradict, stands in the rules"
_FILES = "what a file holds, whatever it is called, is found out by reading it"
REFUSED = {
    **dict.fromkeys(("POST /v1/screen", "POST /v1/lifecycle", "POST /v1/questions"), _DOCUMENTS),
    **dict.fromkeys(("POST /v1/audits", "POST /v1/impact"), _FILES),
    "POST /v1/webhooks": "which addresses are public, or allowed by the operator, a schema cannot say",
}
"""Operations that may refuse what the schema allows, and why."""
_BYTES = "what is no file by the format is sent as a file all the same: any bytes are one"
TAKEN = {
    "POST /v1/screen/batch": "a mistake in one item is told in its place and leaves the others alone",
    **dict.fromkeys(("POST /v1/audits", "POST /v1/impact"), _BYTES),
}
"""Operations that may take what the schema does not allow, and why."""
NO_LIMITS = {"rate_per_minute": 10**9, "machine_rate_per_minute": 10**9, "audit_waiting": 10**9}


@dataclass
class Callers:
    """Headers by role: of the machine, of the administrator and a reviewer for what machines may not do."""

    service: Service
    headers: Mapping[Role, Mapping[str, str]]

    def of(self, operation: tuple[str, str]) -> dict[str, str]:
        roles = ACCESS[operation].roles
        return dict(next(found for role, found in self.headers.items() if roles is None or role in roles))


@pytest.fixture(scope="module")
def callers(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callers]:
    with running(tmp_path_factory.mktemp("openapi"), **NO_LIMITS) as service:
        store = service.shared.store
        keys = {
            role: issue_key(store, role, label="", actor="test", at=NOON)[1]
            for role in (Role.MACHINE, Role.ADMINISTRATOR, Role.REVIEWER)
        }
        yield Callers(service, {role: {"Authorization": f"Bearer {key}"} for role, key in keys.items()})


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


def _held(case: schemathesis.Case, headers: Mapping[str, str], *but: Any) -> None:
    case.call_and_validate(headers=dict(headers), excluded_checks=list(but))


_EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_what_the_document_allows_is_taken(
    operation: tuple[str, str], callers: Callers, document: schemathesis.BaseSchema
) -> None:
    method, path = operation
    headers, but = callers.of(operation), [positive_data_acceptance] if " ".join(operation) in REFUSED else []

    @given(case=document[path][method].as_strategy())
    @_EXAMPLES
    def holds(case: schemathesis.Case) -> None:
        _held(case, headers, *but)

    holds()


@pytest.mark.parametrize("operation", [one for one in OPERATIONS if one[1] != "/healthz"], ids=" ".join)
def test_what_the_document_does_not_allow_is_refused(
    operation: tuple[str, str], callers: Callers, document: schemathesis.BaseSchema
) -> None:
    """`/healthz` takes nothing that could be wrong."""
    method, path = operation
    headers, but = callers.of(operation), [negative_data_rejection] if " ".join(operation) in TAKEN else []

    @given(case=document[path][method].as_strategy(generation_mode=GenerationMode.NEGATIVE))
    @_EXAMPLES
    def holds(case: schemathesis.Case) -> None:
        _held(case, headers, *but)

    holds()


def test_exceptions_are_operations() -> None:
    assert REFUSED.keys() | TAKEN.keys() <= {" ".join(operation) for operation in OPERATIONS}


def test_the_document_lists_the_parks_of_the_rules(callers: Callers) -> None:
    found = callers.service.app.openapi()
    park = found["paths"]["/v1/screen"]["post"]["parameters"][0]
    assert park["name"] == "park"
    assert park["schema"]["enum"] == [*callers.service.shared.rules.rulebook.parks]
    assert found["components"]["schemas"]["ProjectDocument"]["properties"]["park"]["enum"] == [
        *park["schema"]["enum"],
        None,
    ]


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
