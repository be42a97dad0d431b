from __future__ import annotations

import importlib
import json
import os
import zlib
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from admission import Project, load_rulebook
from admission.errors import InputError, NotRecordedError, StoreError
from admission.lifecycle import screen
from admission.record import Rulebooks, Store, make_receipt, read_receipt, receipt_of, replay
from admission.record.differing import Difference, differences
from admission.rulebook import Rulebook, read_sources, shipped_paths
from tests.record import small
from tests.record.small import DAY

ROOT = Path(__file__).parents[2]
RECEIPTS = ROOT / "examples" / "receipts"
PROJECTS = sorted((ROOT / "examples" / "projects").glob("*.yaml"))


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook(cache=False)


# --- shipped receipts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: path.stem)
def test_every_shipped_receipt_replays_equal(path: Path, shipped: Rulebook) -> None:
    """`ADMISSION_WRITE_DOCS=1 pytest tests/record/test_replay.py` makes them anew after a change of the rules."""
    file = RECEIPTS / f"{path.stem}.json"
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        project = Project.from_yaml(path, shipped)
        assert project.as_of is not None
        ruleset = shipped.in_force(project.park, on=project.as_of)
        receipt = make_receipt(project, ruleset, screen(project, ruleset))
        file.write_text(json.dumps(receipt, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    receipt = read_receipt(file.read_bytes(), file.name)
    found = replay(receipt, Rulebooks([shipped]))
    assert (found.equal, found.error) == (True, None), found.differences
    assert (found.rules, found.name) == ("given", yaml.safe_load(path.read_text(encoding="utf-8"))["name"])


def test_no_receipt_outlives_its_project() -> None:
    assert sorted(path.stem for path in RECEIPTS.glob("*.json")) == sorted(path.stem for path in PROJECTS)


def test_a_receipt_notices_a_changed_rule(shipped: Rulebook, tmp_path: Path) -> None:
    """The shipped rules with the prohibitions of one file made restrictions."""
    files = dict(read_sources(shipped_paths()))
    name = next(name for name, data in files.items() if b"SZ-PG-SL4" in data)
    files[name] = files[name].replace(b"effect: prohibit", b"effect: restrict")
    for path, data in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    changed = load_rulebook(tmp_path, cache=False)
    receipt = read_receipt((RECEIPTS / "valve-plant.json").read_bytes(), "valve-plant.json")
    found = replay(receipt, Rulebooks([changed]))
    assert not found.equal
    assert found.rules == "missing"
    assert found.differences[0].path == "receipt.ruleset_sha256"


# --- the store ---------------------------------------------------------------------------------------------------


def test_a_record_replays_by_its_kept_rules_whatever_is_given(store: Store) -> None:
    rulebook = small.rules()
    record = small.recorded(store, rulebook)
    for given_rules, where in (([], "store"), ([small.changed_rules()], "store"), ([rulebook], "given")):
        for what in (record, record.id, receipt_of(store, record)):
            found = replay(what, Rulebooks(given_rules, store))
            assert (found.equal, found.rules, found.name) == (True, where, record.id)
            assert found.engine_then == found.engine_now


def test_a_receipt_without_an_id_of_its_files_finds_kept_rules_by_the_ruleset(store: Store) -> None:
    record = small.recorded(store, small.rules())
    receipt = {**receipt_of(store, record), "rulebook": None}
    assert replay(receipt, Rulebooks([], store)).rules == "store"
    assert replay(receipt, Rulebooks([small.rules()])).rules == "given"
    assert replay({**receipt, "rulebook": "0" * 64}, Rulebooks([], store)).equal


def test_a_changed_rule_is_told_field_by_field(sqlite: Store) -> None:
    record = small.recorded(sqlite, small.rules())
    receipt = receipt_of(sqlite, record)
    found = replay(receipt, Rulebooks([small.changed_rules()]))
    assert (found.equal, found.rules, found.error) == (False, "missing", None)
    told = {one.path: (one.before, one.after) for one in found.differences}
    assert told["findings.unmet"] == (["N1"], None)
    assert told["findings.met"] == (None, ["N1"])
    assert told["receipt.ruleset_sha256"][0] == record.receipt.ruleset_sha256
    assert "verdict" not in told, "two people still have to look at it"


def test_with_the_store_every_field_of_the_decision_is_compared(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    record = small.recorded(sqlite, small.rules())
    monkeypatch.setattr(importlib.import_module("admission.screening.screen"), "VERSION", "9.9.9")
    monkeypatch.setattr("admission.record.replaying.VERSION", "9.9.9")
    found = replay(record, Rulebooks([], sqlite))
    assert [one.path for one in found.differences] == ["receipt.engine"]
    assert (found.equal, found.identical) == (True, False), "the result is the same"
    assert replay(receipt_of(sqlite, record), Rulebooks([], sqlite)) == found
    assert (found.engine_then, found.engine_now) == (record.receipt.engine, "admission 9.9.9")


def test_facts_that_were_changed_in_a_receipt_are_told(sqlite: Store) -> None:
    receipt = receipt_of(sqlite, small.recorded(sqlite, small.rules()))
    receipt["project"]["facts"]["e"] = True
    found = replay(receipt, Rulebooks([small.rules()]))
    told = {one.path: (one.before, one.after) for one in found.differences}
    assert told["verdict"] == ("review", "reject")
    assert "receipt.facts_sha256" in told


def test_a_difference_that_the_summary_does_not_show_is_still_one(sqlite: Store) -> None:
    receipt = {**receipt_of(sqlite, small.recorded(sqlite, small.rules())), "decision_sha256": "0" * 64}
    found = replay(receipt, Rulebooks([small.rules()]))
    assert [one.path for one in found.differences] == ["decision_sha256"]
    assert not found.equal


def test_another_way_to_hash_the_same_rules_is_no_other_result(sqlite: Store) -> None:
    record = small.recorded(sqlite, small.rules())
    receipt = receipt_of(sqlite, record)
    receipt["receipt"] = {**receipt["receipt"], "ruleset_sha256": "0" * 64}
    receipt["decision_sha256"] = "1" * 64
    found = replay(receipt, Rulebooks([], sqlite))
    assert (found.equal, found.rules, [one.path for one in found.differences]) == (
        *(True, "store"),
        ["receipt.ruleset_sha256"],
    )
    unknown_files = replay({**receipt, "rulebook": None}, Rulebooks([small.rules()]))
    assert (unknown_files.equal, unknown_files.rules) == (False, "missing"), "they may be other rules"


def test_a_difference_outside_the_summary_is_told_of_another_version_too(sqlite: Store) -> None:
    receipt = {**receipt_of(sqlite, small.recorded(sqlite, small.rules())), "result_sha256": "0" * 64}
    receipt["decision_sha256"] = "1" * 64
    receipt["receipt"] = {**receipt["receipt"], "engine": "admission 0.0.1"}
    found = replay(receipt, Rulebooks([small.rules()]))
    assert (found.equal, [one.path for one in found.differences]) == (False, ["receipt.engine", "decision_sha256"])


def test_rules_that_are_nowhere(sqlite: Store) -> None:
    receipt = receipt_of(sqlite, small.recorded(sqlite, small.rules()))
    found = replay(receipt, Rulebooks())
    assert (found.equal, found.rules) == (False, "missing")
    assert "找不到" in (found.error or "")
    elsewhere = replay({**receipt, "park": "nowhere"}, Rulebooks([small.rules()]))
    assert "nowhere" in (elsewhere.error or "")


def test_kept_rules_that_this_version_cannot_read_are_told(sqlite: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from admission.errors import Place, Problem, ProblemCode, RulebookError

    record = small.recorded(sqlite, small.rules())

    def refuse(files: object) -> Rulebook:
        raise RulebookError([Problem(ProblemCode.SCHEMA, Place("old.yaml", 3), values={"detail": "旧格式"})])

    monkeypatch.setattr("admission.record.replaying._loaded", refuse)
    found = replay(record, Rulebooks([], sqlite))
    assert (found.equal, found.error) == (False, "old.yaml:3: 旧格式；请参照 CONTRIBUTING.md 的规则格式")


def test_a_project_that_the_rules_no_longer_understand_is_told(sqlite: Store) -> None:
    receipt = receipt_of(sqlite, small.recorded(sqlite, small.rules()))
    receipt["project"]["facts"]["nonsense"] = 1
    found = replay(receipt, Rulebooks([small.rules()]))
    assert "nonsense" in (found.error or "")


def test_a_record_needs_its_store(sqlite: Store) -> None:
    record = small.recorded(sqlite, small.rules())
    with pytest.raises(StoreError):
        replay(record, Rulebooks([small.rules()]))
    with pytest.raises(NotRecordedError):
        replay("D9", Rulebooks([], sqlite))


@pytest.mark.parametrize("body", [zlib.compress(b'{"verdict": "admit"}'), b"no zlib"])
def test_a_stored_decision_that_was_changed_is_never_given_out(sqlite: Store, body: bytes) -> None:
    record = small.recorded(sqlite, small.rules())
    with sqlite.transaction() as connection:
        connection.execute(text("DROP TRIGGER documents_no_update"))
        statement = text("UPDATE documents SET body = :body WHERE sha256 = :name")
        connection.execute(statement, {"body": body, "name": record.decision_sha256})
    with pytest.raises(StoreError, match="已被改动"):
        sqlite.get(record.decision_sha256)
    with pytest.raises(StoreError, match=record.decision_sha256):
        replay(record, Rulebooks([small.rules()], sqlite))


# --- files -------------------------------------------------------------------------------------------------------


def test_a_receipt_comes_back_from_its_file(sqlite: Store) -> None:
    receipt = receipt_of(sqlite, small.recorded(sqlite, small.rules()))
    assert read_receipt(json.dumps(receipt).encode(), "r.json") == receipt
    ruleset = small.rules().in_force("plain", on=DAY)
    made = make_receipt(small.project(), ruleset, screen(small.project(), ruleset))
    again = read_receipt(json.dumps(made).encode(), "r.json")
    assert replay(again, Rulebooks([small.rules()])).equal


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b"\xff\xfe", b'{"format": "admission receipt 2"}', b"{", b"42"])
def test_what_is_no_receipt_is_an_input_error(data: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_receipt(data, "r.json")
    assert all(problem.place.file == "r.json" for problem in refused.value.problems)


# --- differences -------------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abid"), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, JSON)
def test_two_values_differ_exactly_when_a_difference_is_told(one: object, other: object) -> None:
    same = json.dumps(_nones(one), sort_keys=True) == json.dumps(_nones(other), sort_keys=True)
    assert bool(list(differences(one, other))) == (not same)


def _nones(value: object) -> object:
    """A key with nothing is as good as no key."""
    if isinstance(value, dict):
        return {key: _nones(inner) for key, inner in value.items() if inner is not None}
    return [_nones(inner) for inner in value] if isinstance(value, list) else value


def test_lists_are_compared_by_what_names_their_items() -> None:
    before = {"findings": [{"rule": "A", "component": None, "outcome": "hit"}, {"rule": "B", "component": "车间"}]}
    after = {"findings": [{"rule": "B", "component": "车间"}, {"rule": "A", "component": None, "outcome": "clear"}]}
    assert list(differences(before, after)) == [Difference("findings[A].outcome", "hit", "clear")]
    gone = {"findings": before["findings"][:1]}
    assert list(differences(before, gone)) == [
        Difference("findings[B @ 车间]", {"rule": "B", "component": "车间"}, None)
    ]


def test_an_order_that_changed_is_told() -> None:
    items = [{"id": "a"}, {"id": "b"}]
    assert [one.path for one in differences(items, items[::-1], "x")] == ["x (order)"]
    assert [one.path for one in differences(["a", "b"], ["b", "a"], "x")] == ["x (order)"]
    assert list(differences(["a", "b"], ["b", "c"], "x")) == [Difference("x", ["a"], ["c"])]
