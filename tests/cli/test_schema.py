from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from admission import Rulebook
from admission.vocabulary import FactType

from .conftest import EXAMPLES, VALVE

Cli = Callable[..., Any]
ANNOTATIONS = {"$schema", "title", "description", "default", "examples", "format"}


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


@pytest.fixture
def project(cli: Cli) -> dict[str, Any]:
    return dict(json.loads(cli("schema", "project").stdout))


def test_decision_schema_names_every_key_of_a_decision(cli: Cli) -> None:
    schema = json.loads(cli("schema", "decision").stdout)
    decision = json.loads(cli("screen", VALVE, "--format", "json").stdout)
    assert list(schema["properties"]) == list(decision)
    assert schema["additionalProperties"] is False
    assert set(decision["eia"]) == set(schema["$defs"]["ClassResult"]["properties"])
    assert {reference.rsplit("/", 1)[1] for reference in references(schema)} <= set(schema["$defs"])


def test_project_schema_is_closed_and_whole(project: dict[str, Any]) -> None:
    assert project["additionalProperties"] is False
    assert project["required"] == ["name"]
    assert {reference.rsplit("/", 1)[1] for reference in references(project)} <= set(project["$defs"])


def test_every_fact_that_can_be_stated_is_described(project: dict[str, Any], rulebook: Rulebook) -> None:
    described = project["$defs"]["facts"]["properties"]
    stated = {fact.name for fact in rulebook.vocabulary.facts.values() if not fact.internal}
    assert set(described) == stated
    coating = described["solvent_coating_t_per_year"]
    assert coating["title"] == "年用溶剂型涂料量（含稀释剂，新增）"
    assert coating["x-unit"] == "t/a"
    assert coating["anyOf"][0]["type"] == "number"
    assert coating["anyOf"][0]["minimum"] == 0
    assert "solvent_coating_tpa" in coating["x-names"]


def test_every_type_of_fact_has_values(project: dict[str, Any], rulebook: Rulebook) -> None:
    from admission.screening.document_schema import _values

    example = next(iter(rulebook.vocabulary.facts.values()))
    for kind in FactType:
        assert _values(example.model_copy(update={"type": kind}))
    assert set(project["$defs"]["milestone"]["properties"]) == {"event", "date", "document"}
    assert set(project["$defs"]["judgement"]["required"]) == {"rule", "answer", "who", "when", "why"}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_examples_use_described_keys_only(project: dict[str, Any], path: Any) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    described = project["$defs"]["facts"]["properties"]
    facts = {name for key, fact in described.items() for name in (key, *fact["x-names"])}
    component = project["properties"]["components"]["anyOf"][0]["items"]["properties"]
    assert set(document) <= set(project["properties"])
    assert set(document.get("facts", {})) <= facts
    for part in document.get("components", ()):
        assert set(part) <= set(component)
        assert set(part.get("facts", {})) <= facts


def test_labels_in_english(cli: Cli) -> None:
    schema = json.loads(cli("schema", "project", "--lang", "en").stdout)
    assert schema["$defs"]["facts"]["properties"]["has_electroplating"]["title"] == "Has electroplating"
