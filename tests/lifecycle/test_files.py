"""Life-cycle rule files: every mistake at once, with file and line; what the shipped ones must keep."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml

from admission.errors import ProblemCode, RulebookError
from admission.rulebook.loading import load_sources
from admission.rulebook.sources import SourceFile, read_sources, shipped_paths
from tests.lifecycle.histories import rules

CONTRACT = {
    "build_before_approval", "approval_stale", "built_not_as_approved", "registration_not_filed",
    "facilities_not_simultaneous", "commissioning_before_ready", "production_before_acceptance", "acceptance_overdue",
    "acceptance_stalled", "acceptance_disclosure_late", "discharge_without_permit", "permit_expired",
    "permit_renewal_late", "emergency_plan_missing",
}  # fmt: skip
FILES = read_sources(shipped_paths())
BESIDE = [file for file in FILES if file[0].startswith(("rules/vocabulary/", "rules/three_simultaneities/"))]
NAME = "rules/three_simultaneities/test.yaml"
HEAD = """lifecycle: TEST
title: {zh: 试验, en: Test}
provenance: 试验
"""
DUTY = """  - id: TEST-1
    title: {zh: 甲, en: A}
    do: [eia_approval_date]
    limit: {before: [construction_start]}
    before: {zh: 前, en: before}
    evidence: {zh: 证, en: proof}
    department: 生态环境
    cite:
      - document: 甲法
        effective: {from: 2020-01-01, to: null}
    status: verified
    confidence: high
    provenance: 试验
"""


def problems(text: str) -> list[tuple[ProblemCode, int, str]]:
    """Code, line and sentence of every problem of a file beside the shipped ones of the life cycle."""
    sources: list[SourceFile] = [*BESIDE, (NAME, text.encode())]
    with pytest.raises(RulebookError) as caught:
        load_sources(sources)
    return [(problem.code, problem.place.line, problem.text("zh")) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (DUTY.replace("[eia_approval_date]", "[eia_aproval_date]"), ProblemCode.UNKNOWN_REFERENCE, "eia_approval_date"),
        (DUTY.replace("[construction_start]", "[start]"), ProblemCode.UNKNOWN_REFERENCE, "节点 start"),
        (DUTY + "    penalty: nothing\n", ProblemCode.UNKNOWN_REFERENCE, "罚则 nothing"),
        (DUTY + "    breaches: [{breach: build}]\n", ProblemCode.UNKNOWN_REFERENCE, "违法情形 build"),
        (DUTY + "    after: [TEST-2]\n", ProblemCode.UNKNOWN_REFERENCE, "义务 TEST-2"),
        (DUTY + "    each: nowhere\n", ProblemCode.UNKNOWN_REFERENCE, "节点 nowhere"),
        (DUTY + "    when: has_nothing_known\n", ProblemCode.CONDITION_FACT, "has_nothing_known"),
        (DUTY + "    void_when: 3 > \n", ProblemCode.CONDITION_SYNTAX, "TEST-1.void_when"),
        (DUTY.replace("{before: [construction_start]}", "{}"), ProblemCode.SCHEMA, "恰有"),
        (
            DUTY.replace("{before: [construction_start]}", "{within: 3, after: [construction_start]}"),
            ProblemCode.SCHEMA,
            "unit",
        ),
        (DUTY.replace("{before: [construction_start]}", "{within: 3, unit: year}"), ProblemCode.SCHEMA, "after"),
        (DUTY.replace("{before: [construction_start]}", "{ahead: 3, unit: year}"), ProblemCode.SCHEMA, "of"),
        (
            DUTY.replace("{before: [construction_start]}", "{yearly: ['13-01'], after: [construction_start]}"),
            ProblemCode.SCHEMA,
            "13-01",
        ),
        (DUTY.replace("to: null", "to: 2019-01-01"), ProblemCode.PERIOD, "有效期"),
        (DUTY.replace("TEST-1", "CN-LIFE-PERMIT"), ProblemCode.DUPLICATE_ID, "CN-LIFE-PERMIT"),
        (DUTY.replace("    status: verified\n", ""), ProblemCode.MISSING_KEY, "status"),
        (DUTY + "    colour: red\n", ProblemCode.UNKNOWN_KEY, "colour"),
    ],
    ids=lambda value: None if isinstance(value, str) else value,
)
def test_a_wrong_duty_is_named_with_its_line(text: str, code: ProblemCode, words: str) -> None:
    found = problems(HEAD + "duties:\n" + text)
    assert [item for item in found if item[0] is code and words in item[2] and item[1] > 4], found
    assert all(NAME in item[2] for item in found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "breaches: [{id: x, title: {zh: 甲, en: A}, meaning: {zh: 甲, en: A}, rank: 1, ended_by: [never]}]",
            "节点 never",
        ),
        ("orders: [{earlier: never, later: construction_start, why: {zh: 甲, en: A}}]", "节点 never"),
        (
            "chaining: [{id: c, given: [{kind: a, state: [s], of: x}], then: {kind: b, state: [t], of: y}}]",
            "变量 y",
        ),
        (
            "chaining: [{id: c,given: [{kind: a, state: [s], day: x}], where: ['x < z'], then: {kind: b, state: [t]}}]",
            "变量 z",
        ),
        (
            "derivations: [{event: never, after: [construction_start], add: 5, unit: year, "
            "effective: {from: 2020-01-01}, cite: [{document: 甲法, effective: {from: 2020-01-01}}]}]",
            "节点 never",
        ),
    ],
)
def test_other_references_are_checked(text: str, words: str) -> None:
    assert [item for item in problems(HEAD + text) if words in item[2]]


def test_every_mistake_is_told_at_once() -> None:
    broken = DUTY.replace("[construction_start]", "[start]") + "    penalty: nothing\n    when: has_nothing_known\n"
    codes = {item[0] for item in problems(HEAD + "duties:\n" + broken)}
    assert {ProblemCode.UNKNOWN_REFERENCE, ProblemCode.CONDITION_FACT} <= codes


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("low: 9\n    high: 1\n    unit: wan_yuan", "low 不应大于 high"),
        ("low: 1\n    high: 9\n    unit: fraction", "base"),
        ("low: 1\n    high: 9\n    unit: wan_yuan\n    base: fee", "base"),
    ],
)
def test_a_range_that_cannot_be(change: str, words: str) -> None:
    text = f"""penalties:
  - id: TEST-PEN
    penalty: p
    gravity: normal
    target: unit
    {change}
    cite: {{document: 甲法, effective: {{from: 2020-01-01}}}}
    confidence: high
    provenance: 试验
"""
    assert [item for item in problems(HEAD + text) if words in item[2]]


def test_the_breaches_are_those_of_the_contract() -> None:
    assert {kind.id for kind in rules().life.breaches} == CONTRACT
    used = {broken.breach for duty in rules().life.duties for broken in duty.breaches}
    assert used == CONTRACT


def test_changing_a_rule_changes_the_hash() -> None:
    name = next(name for name, _ in FILES if name.endswith("three_simultaneities/permit.yaml"))

    def changed(edit: Callable[[bytes], bytes]) -> str:
        files = [(other, edit(data) if other == name else data) for other, data in FILES]
        return load_sources(files).in_force(None, on=date(2026, 7, 1)).sha256

    same = changed(lambda data: data + b"# a remark\n")
    assert same == rules().in_force(None, on=date(2026, 7, 1)).sha256
    assert changed(lambda data: data.replace(b"ahead: 60", b"ahead: 30")) != same


@pytest.mark.parametrize("subject", [
    "approval", "design_and_construction", "commissioning", "acceptance", "permit", "change", "waste", "emergency",
    "monitoring", "energy_and_water_soil", "planning_eia", "penalties", "material_change", "regimes", "chaining",
    "coverage",
])  # fmt: skip
def test_one_file_per_subject(subject: str) -> None:
    (folder,) = [path / "three_simultaneities" for path in shipped_paths() if (path / "three_simultaneities").is_dir()]
    file = folder / f"{subject}.yaml"
    assert "lifecycle" in yaml.safe_load(file.read_text(encoding="utf-8"))
    assert max(map(len, file.read_text(encoding="utf-8").splitlines())) <= 420
    assert isinstance(file, Path)


def test_penalties_say_where_they_stand() -> None:
    for item in rules().life.penalties:
        assert item.cite.article, item.id
        assert item.provenance


def test_every_penalty_named_by_a_rule_has_ranges_on_some_day() -> None:
    named = {rule.penalty for rule in (*rules().life.duties, *rules().life.judgements) if rule.penalty}
    assert named <= {item.penalty for item in rules().life.penalties}


def test_what_was_worked_out_from_a_rule_is_not_copied_or_stored_with_it() -> None:
    duty = rules().life.duties[0]
    assert duty.do[0] in duty.events
    changed = duty.model_copy(update={"do": ("project_filing",), "limit": None})
    assert changed.events[:1] == ("project_filing",)
    stored = pickle.loads(pickle.dumps(rules().life))
    assert stored == rules().life
    assert stored.kept == {}
