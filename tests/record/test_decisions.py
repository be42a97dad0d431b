from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from admission import Project, load_rulebook
from admission.errors import NotRecordedError
from admission.lifecycle import screen
from admission.record import (
    Store,
    decision,
    decision_text,
    decisions,
    kept_rulebook,
    project_document,
    receipt_of,
    record_decision,
    verify,
)
from admission.record.receipts import project_of
from admission.rulebook import Rulebook, load_files
from admission.screening import Milestone
from admission.screening.screen import facts_sha256
from tests.record import small
from tests.record.small import DAY, NOON, later
from tests.screening import small as plain

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def shipped() -> Rulebook:
    return load_rulebook(cache=False)


def test_a_decision_is_written_with_what_it_rests_on(store: Store) -> None:
    rulebook = small.rules()
    ruleset = rulebook.in_force("plain", on=DAY)
    about = small.project()
    made = screen(about, ruleset)
    record = record_decision(store, about, ruleset, made, actor="张三", at=NOON, brief="B1")
    assert decision(store, record.id) == record
    assert record.id.startswith("D20261124-")
    assert (record.verdict, record.park, record.as_of, record.actor) == ("review", "plain", DAY, "张三")
    assert (record.brief, record.replaces, record.rulebook) == ("B1", None, rulebook.files_sha256)
    assert decision_text(store, record) == made.to_json()
    assert json.loads(store.get(record.project_sha256)) == project_document(about)
    assert record.receipt == made.receipt
    assert verify(store).ok


def test_the_same_is_kept_once(store: Store) -> None:
    rulebook = small.rules()
    first = small.recorded(store, rulebook)
    entries, documents = store.head().seq, verify(store).documents
    second = small.recorded(store, rulebook, at=later(1))
    assert first.id != second.id
    assert first.decision_sha256 == second.decision_sha256
    assert store.head().seq == entries + 1, "only the decision itself is new"
    assert verify(store).documents == documents
    small.recorded(store, small.changed_rules())
    kept = [entry.body["documents"] for entry in store.entries(kind="rulebook")]
    assert len(kept) == 2
    assert len(set(kept[0].values()) & set(kept[1].values())) == len(kept[0]) - 1, "one file has changed"


def test_another_process_knows_what_is_kept(store: Store, url: str) -> None:
    from admission.record import open_store

    rulebook = small.rules()
    small.recorded(store, rulebook)
    before = verify(store).documents
    with open_store(url) as other:
        small.recorded(other, rulebook, at=later(1))
        assert verify(other).documents == before
        assert [entry.kind for entry in other.entries()].count("rulebook") == 1


def test_kept_rules_are_loaded_again_as_they_were(store: Store) -> None:
    rulebook = small.rules()
    record = small.recorded(store, rulebook)
    found = kept_rulebook(store, record.rulebook)
    assert found.files == rulebook.files
    assert (found.sha256, found.files_sha256) == (rulebook.sha256, rulebook.files_sha256)
    assert found.in_force("plain", on=DAY).sha256 == record.receipt.ruleset_sha256
    with pytest.raises(NotRecordedError):
        kept_rulebook(store, "0" * 64)


def test_names_and_comments_of_files_count_for_what_is_kept_but_not_for_what_binds() -> None:
    rulebook = small.rules()
    (name, content), *others = rulebook.files
    other = load_files([(name, content + b"\n# a comment\n"), *others])
    assert other.sha256 == rulebook.sha256
    assert other.files_sha256 != rulebook.files_sha256


def test_decisions_are_found(store: Store) -> None:
    rulebook = small.rules()
    records = []
    for number, facts in enumerate(({}, {"e": True}, {"a": False, "b": False, "d": True})):
        about = small.project(**facts).model_copy(update={"name": f"项目{number}_%"})
        records.append(small.recorded(store, rulebook, about, at=later(number)))

    def found(**wanted: object) -> list[int]:
        return [records.index(one) for one in decisions(store, **wanted)]  # type: ignore[arg-type]

    assert found() == [2, 1, 0]
    assert [record.verdict for record in records] == ["review", "reject", "admit"]
    assert found(verdict="reject") == [1]
    assert found(project="项目1") == [1]
    assert found(project="_%") == [2, 1, 0]
    assert found(project="1%") == [], "% is a character, not a wildcard"
    assert found(park="plain", actor="张三", limit=2) == [2, 1]
    assert found(park="p") == found(actor="李四") == []
    assert found(before_seq=records[2].seq, limit=1) == [1]
    assert found(since=later(1), until=later(2)) == [1]


def test_an_unknown_decision(sqlite: Store) -> None:
    with pytest.raises(NotRecordedError) as missing:
        decision(sqlite, "D1")
    assert (missing.value.kind, missing.value.id) == ("decision", "D1")


def test_a_receipt_of_the_store_is_that_of_a_file(store: Store) -> None:
    from admission.record import make_receipt

    rulebook = small.rules()
    ruleset, about = rulebook.in_force("plain", on=DAY), small.project()
    record = small.recorded(store, rulebook, about)
    receipt = receipt_of(store, record.id)
    assert receipt.pop("id") == record.id
    assert receipt == make_receipt(about, ruleset, screen(about, ruleset))


@pytest.mark.parametrize(
    "path",
    sorted([*EXAMPLES.glob("projects/*.yaml"), *EXAMPLES.glob("lifecycle/[0-9]*.yaml")]),
    ids=lambda path: path.stem,
)
def test_a_project_and_its_document_are_the_same(path: Path, shipped: Rulebook) -> None:
    about = Project.from_yaml(path, shipped)
    again = project_of(json.loads(json.dumps(project_document(about))), shipped)
    assert again == about
    assert facts_sha256(again) == facts_sha256(about)


def test_every_kind_of_value_has_its_document() -> None:
    rulebook = small.rules()
    about = plain.project(
        plain.component("甲", industry=["3391"], fuel=["coal", "gas"], furnace="cupola", opened=date(2025, 1, 2)),
        plain.component("乙", activity=[], amount=0.1, a=False, fuel=[]),
        judgements=[plain.judged("J1", "clear")],
        planned=True,
    ).model_copy(
        update={
            "as_of": DAY,
            "park": "p",
            "milestones": tuple(
                Milestone(event="filed", date=day, document=paper, undone=undone)
                for day, paper, undone in ((DAY, "1号", False), (None, None, False), (None, "2号", True))
            ),
        }
    )
    assert project_of(project_document(about), rulebook) == about
