"""The whole decision: keys of the contract, receipt, determinism, languages."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from admission.screening import Decision, read_projects, screen
from admission.screening.screen import facts_sha256
from tests.screening.documents import RULES, SHIZHU
from tests.screening.small import component, decide, duty, entry, flat, item, project, rulebook

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples" / "projects").glob("*.yaml"))

DOCUMENT = """
name: 阀门
park: shizhu
facts: {nature: [new, expansion], distance_to_yangtze_main_bank_m: 400, is_chemical_project: true}
components:
  - {name: 车间, industry: ['3443', '3391'], facts: {solvent_coating_t_per_year: 12}}
  - {name: 锅炉, activity: [boiler], facts: {gas_boiler_total_t_per_h: 2, fuel_type: [natural_gas, coal]}}
  - {name: 未定}
"""


def decision(text: str = DOCUMENT) -> Decision:
    return screen(read_projects(text.encode(), "p.yaml", RULES)[0], SHIZHU)


KEYS = {
    "": "project park as_of verdict possible_verdicts findings eia permit score duties breaches questions remedies"
    " receipt",
    "findings": "rule title component outcome effect dimension department stage cite status why trace needs remedy",
    "questions": "fact label ask unit proof component leading changes",
    "remedies": "changes cites",
    "duties": "id title due before status department cite cites needs notes",
}
OBJECTS = {
    "eia": "class possible entries",
    "permit": "class possible entries",
    "score": "low high criteria",
    "receipt": "ruleset ruleset_sha256 engine facts_sha256",
}


def test_the_decision_has_the_keys_of_the_contract_in_order() -> None:
    found = json.loads(decision().to_json())
    assert list(found) == KEYS[""].split()
    for key in ("findings", "questions", "remedies", "duties"):
        assert found[key], key
        assert {tuple(part) for part in found[key]} == {tuple(KEYS[key].split())}, key
    for key, names in OBJECTS.items():
        assert list(found[key]) == names.split(), key
    assert list(found["remedies"][0]["changes"][0]) == ["fact", "label", "component", "from", "to"]
    assert list(found["findings"][0]["cite"]) == ["document", "number", "article", "url"]
    assert set(found["eia"]["entries"][0]) >= {"entry", "class", "component", "cite"}


def test_a_decision_survives_being_written_and_read() -> None:
    found = decision()
    assert Decision.model_validate_json(found.to_json()) == found
    assert json.loads(found.to_json(indent=2)) == json.loads(found.to_json())


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_parts_kept_of_findings_make_the_bytes_of_the_whole(path: Path, lang: str) -> None:
    project = read_projects(path.read_bytes(), path.name, RULES)[0]
    made = [screen(project, SHIZHU, lang=lang) for _ in range(2)]
    assert made[0].to_bytes() == made[0].model_dump_json(by_alias=True).encode()
    assert made[1].to_bytes() == made[0].to_bytes() == made[0].to_json().encode()
    fresh = Decision.model_validate_json(made[0].to_bytes())
    assert fresh == made[0], "what is kept with a finding is no part of it"
    assert fresh.model_dump() == made[0].model_dump()
    assert pickle.loads(pickle.dumps(made[0])).to_bytes() == made[0].to_bytes()


def test_a_decision_without_findings_has_its_bytes_too() -> None:
    bare = decision().model_copy(update={"findings": ()})
    assert bare.to_bytes() == bare.model_dump_json(by_alias=True).encode()


def test_the_receipt_names_ruleset_engine_and_hashes() -> None:
    receipt = decision().receipt
    assert receipt.ruleset == "shizhu@2026-11-24"
    assert receipt.engine.startswith("admission ")
    assert receipt.ruleset_sha256 == SHIZHU.sha256
    assert len(receipt.facts_sha256) == 64


@pytest.mark.parametrize(
    "other",
    [
        "{facts: {用量: 5, b: 是, fuel: [gas, coal]}, name: 项目, industry: ['C3443']}",
        "{name: 项目, industry: '3443', facts: {fuel: [coal项, gas], b: true, 用量别名: 5 t/a, c: null}}",
    ],
)
def test_the_hash_of_the_facts_does_not_depend_on_how_they_are_written(other: str) -> None:
    rules = rulebook()
    first, second = (
        read_projects(text.encode(), "p.yaml", rules)[0]
        for text in ("{name: 项目, industry: ['3443'], facts: {b: true, amount: 5, fuel: [coal, gas]}}", other)
    )
    assert facts_sha256(first) == facts_sha256(second)


def test_the_hash_of_the_facts_depends_on_every_one_of_them() -> None:
    described = [
        flat(a=True),
        flat(a=False),
        flat(b=True),
        flat(a=True, fuel=["coal"]),
        flat(a=True, fuel=[]),
        flat(a=True, opened=date(2020, 1, 1)),
        flat(a=True, industry=["3443"]),
        project(component("甲", a=True)),
    ]
    assert len({facts_sha256(about) for about in described}) == len(described)


_PRINT = """
import sys
from datetime import date
from admission.rulebook import load_rulebook
from admission.screening import read_projects, screen
from tests.screening.test_screen import DOCUMENT, EXAMPLES
rules = load_rulebook(cache=False)
texts = [("d", DOCUMENT.encode()), *((path.name, path.read_bytes()) for path in EXAMPLES)]
for name, data in texts:
    for project in read_projects(data, name, rules):
        sys.stdout.write(screen(project, rules.in_force(project.park, on=date(2026, 11, 24))).to_json() + "\\n")
"""


def test_the_same_input_gives_the_same_bytes_whatever_the_hash_seed() -> None:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", _PRINT],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            stdout=subprocess.PIPE,
        )
        for seed in ("0", "1", "2")
    ]
    outputs = {process.communicate()[0] for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(outputs) == 1
    assert len(outputs.pop().splitlines()) == len(EXAMPLES) + 1


def test_the_order_of_keys_and_sets_in_a_document_changes_nothing() -> None:
    turned = DOCUMENT.replace(
        "nature: [new, expansion], distance_to_yangtze_main_bank_m: 400",
        "distance_to_yangtze_main_bank_m: 400, nature: [expansion, new]",
    )
    assert turned != DOCUMENT
    assert decision(turned).to_json() == decision().to_json()


def test_both_languages_decide_alike() -> None:
    rules = rulebook(
        item("R", "prohibit", "a"),
        item("S", "require", "b", must="c", remedy={"zh": "补", "en": "file"}),
        eia=[entry("E1", {"report": "a"}, industries=["344"])],
        duties=[duty("D", "eia_class = 'report'")],
    )
    about = flat(industry=["3443"], a=True, b=True, c=False)
    chinese, english = decide(rules, about), decide(rules, about, "en")
    assert english.findings[1].remedy == "file"
    assert (english.eia.entries[0].title, english.duties[0].title) == ("E1", "D")
    words = {"title", "why", "remedy", "trace", "label", "ask", "proof", "before", "basis", "article"}

    def bare(value: object) -> object:
        if isinstance(value, dict):
            return {key: bare(part) for key, part in value.items() if key not in words}
        return [bare(part) for part in value] if isinstance(value, list) else value

    assert bare(json.loads(english.to_json())) == bare(json.loads(chinese.to_json()))


@pytest.mark.parametrize(
    ("hit", "verdict", "possible"),
    [(True, "reject", ("reject",)), (False, "incomplete", ("admit", "conditional", "review", "reject"))],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_without_a_park_only_national_rules_bind_and_the_rest_stays_open(
    hit: bool, verdict: str, possible: tuple[str, ...], lang: str
) -> None:
    rules = rulebook(item("R", "prohibit", "a"))
    found = screen(flat(a=hit), rules.in_force(on=date(2026, 3, 1)), lang=lang)
    assert (found.park, found.verdict, found.possible_verdicts) == (None, verdict, possible)
    assert found.receipt.ruleset == "national@2026-03-01"
    (open_park,) = [finding for finding in found.findings if finding.rule == "park"]
    assert (open_park.outcome, open_park.component, open_park.needs) == ("unknown", None, ())
    assert open_park.remedy is not None
    assert "--park" in open_park.remedy


@pytest.mark.parametrize(
    ("day", "eia", "permit"),
    [
        (date(2019, 12, 19), None, None),
        (date(2019, 12, 20), None, "in force"),
        (date(2020, 12, 31), None, "in force"),
        (date(2021, 1, 1), "in force", "in force"),
    ],
)
def test_the_shipped_catalogues_start_on_their_day(day: date, eia: str | None, permit: str | None) -> None:
    known = read_projects("{name: 阀门, industry: ['3443']}".encode(), "p.yaml", RULES)[0]
    found = screen(known, RULES.in_force("demo", on=day))
    assert bool(found.eia.entries) is (eia is not None)
    assert bool(found.permit.entries) is (permit is not None)
    absent = [finding.trace["absent"] for finding in found.findings if finding.trace and "absent" in finding.trace]
    assert absent == [kind for kind, state in (("eia", eia), ("permit", permit)) if state is None]
    assert (found.verdict == "review") is bool(absent)
    if eia is None:
        assert (found.eia.level, len(found.eia.possible)) == (None, 4)
