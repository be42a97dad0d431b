"""Replay (复现): a decision computed again from its receipt, equal or what differs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from admission._messages import Phrase
from admission._version import VERSION
from admission.errors import AdmissionError, InputError, NotInForceError, NotRecordedError, RulebookError, StoreError
from admission.lifecycle import screen
from admission.record.chain import sha256_of
from admission.record.decisions import DecisionRecord, decision, decision_text, receipt_of
from admission.record.differing import Difference, differences
from admission.record.receipts import project_of, result_sha256, summary
from admission.record.rulesets import kept_files, rulebook_of_ruleset
from admission.record.store import Store
from admission.rulebook import Rulebook, Ruleset, load_files
from admission.rulebook.sources import SourceFile

__all__ = ["Replay", "Rulebooks", "replay"]

Json = Mapping[str, Any]
_OF_THE_PROGRAM = ("receipt.engine", "receipt.ruleset_sha256")
"""What another version of the program writes otherwise although facts, rules and result are the same."""


@dataclass(frozen=True, slots=True)
class Replay:
    """The answer: `equal` when the same facts under the rules of then gave the same result again.

    `identical`: the very bytes. Another version of the program writes its own name and may hash rules
    in another way; then `differences` has these parts of the receipt, and nothing else.
    `rules`: the rules were kept in the store, given, or others of the same hash were not to be found.
    `differences` name fields of the Decision JSON, or of the receipt's summary where the decision
    itself is not at hand; `error` says why it could not be computed.
    """

    name: str
    equal: bool
    identical: bool
    rules: Literal["store", "given", "missing"]
    engine_then: str
    engine_now: str
    differences: tuple[Difference, ...]
    error: str | None = None


class Rulebooks:
    """Rulebooks to replay with: those given, then those the store kept."""

    def __init__(self, given: Iterable[Rulebook] = (), store: Store | None = None) -> None:
        self.given = tuple(given)
        self.store = store

    def find(self, receipt: Json) -> tuple[Ruleset | None, Literal["store", "given", "missing"]]:
        """The ruleset of a receipt and where it was found; a given one of another hash when there is none.

        The kept files come first. Raises `RulebookError` when kept files cannot be read any more.
        """
        wanted, id = receipt["receipt"]["ruleset_sha256"], receipt.get("rulebook")
        for rulebook in self.given:
            if rulebook.files_sha256 == id:
                return _in_force(rulebook, receipt), "given"
        kept = self._kept(id, wanted)
        if kept is not None:
            return _in_force(kept, receipt), "store"
        found = [ruleset for rulebook in self.given if (ruleset := _try(rulebook, receipt)) is not None]
        same = next((ruleset for ruleset in found if ruleset.sha256 == wanted), None)
        if same is not None:
            return same, "given"
        return (found[0] if found else None), "missing"

    def _kept(self, id: str | None, ruleset_sha256: str) -> Rulebook | None:
        if self.store is None:
            return None
        for name in (id, rulebook_of_ruleset(self.store, ruleset_sha256)):
            try:
                if name is not None:
                    with self.store.reading() as reader:
                        return _loaded(kept_files(reader, name))
            except NotRecordedError:
                continue
        return None


@lru_cache(maxsize=2)
def _loaded(files: tuple[SourceFile, ...]) -> Rulebook:
    return load_files(files)


def _in_force(rulebook: Rulebook, receipt: Json) -> Ruleset:
    return rulebook.in_force(receipt["park"], on=date.fromisoformat(receipt["as_of"]))


def _try(rulebook: Rulebook, receipt: Json) -> Ruleset | None:
    try:
        return _in_force(rulebook, receipt)
    except NotInForceError:
        return None


def replay(what: Json | DecisionRecord | str, rulebooks: Rulebooks) -> Replay:
    """Compute a decision again: of a receipt, or of a record (or its id) in the store of `rulebooks`.

    Differences and rules that cannot be found or read are results. Raises `NotRecordedError` for an
    id the store does not have, `StoreError` when a record is given without a store.
    """
    receipt, then = _given(what, rulebooks.store)
    name = str(receipt.get("id") or receipt["project"].get("name", "?"))
    engines = receipt["receipt"]["engine"], f"admission {VERSION}"
    where: Literal["store", "given", "missing"] = "missing"
    try:
        ruleset, where = rulebooks.find(receipt)
        if ruleset is None:
            gone = Phrase("找不到作出决定时的规则", "the rules of then are not to be found")
            return Replay(name, False, False, where, *engines, (), f"{gone} ({gone.en})")
        project = project_of(receipt["project"], ruleset.rulebook, name)
        text = screen(project, ruleset, lang=receipt["lang"]).to_json()
    except (InputError, RulebookError) as error:
        return Replay(name, False, False, where, *engines, (), error.text())
    except AdmissionError as error:
        return Replay(name, False, False, where, *engines, (), str(error))
    if sha256_of(text.encode()) == receipt["decision_sha256"]:
        return Replay(name, True, True, where, *engines, ())
    now = json.loads(text)
    found = tuple(_differing(receipt, then, now))
    same = result_sha256(now) == receipt["result_sha256"] and where != "missing"
    equal = same and bool(found) and all(other.path in _OF_THE_PROGRAM for other in found)
    return Replay(name, equal, False, where, *engines, found)


def _given(what: Json | DecisionRecord | str, store: Store | None) -> tuple[Json, Json | None]:
    """The receipt, and the decision of then where the store has it."""
    if isinstance(what, Mapping):
        return what, None
    if store is None:
        raise StoreError("—", Phrase("复现记录需要 --store", "replaying a record needs its store"))
    record = decision(store, what) if isinstance(what, str) else what
    return receipt_of(store, record), json.loads(decision_text(store, record))


def _differing(receipt: Json, then: Json | None, now: Json) -> Iterable[Difference]:
    if then is not None:
        yield from differences(then, now)
        return
    told = [*differences(receipt["receipt"], now["receipt"], "receipt"), *differences(receipt["summary"], summary(now))]
    yield from told
    if result_sha256(now) != receipt["result_sha256"] or not told:
        yield Difference("decision_sha256", receipt["decision_sha256"], None)
