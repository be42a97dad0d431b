"""The shipped vocabulary: every name others rely on, and wording that can be shown to people."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
import yaml

from admission.rulebook import Rulebook, load_rulebook
from admission.vocabulary import Fact, FactType, Vocabulary, is_unknown, normalise_key
from tests.vocabulary.test_values import node_of

NAMES: dict[str, list[str]] = yaml.safe_load(
    (Path(__file__).parent.parent / "data" / "reference_names.yaml").read_text(encoding="utf-8")
)
SHIPPED: Rulebook = load_rulebook(cache=False)
WORDS: Vocabulary = SHIPPED.vocabulary
STATED = [fact for fact in WORDS.facts.values() if not fact.internal]
STRUCTURE = {
    "name", "park", "as_of", "facts", "components", "milestones", "judgements",
    "event", "date", "document", "rule", "answer", "who", "when", "why",
}  # fmt: skip


# --- names -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("source", "count"), [("eia", 339), ("permit", 160), ("lists", 449), ("lists_new", 31)])
def test_every_reference_name_is_known(source: str, count: int) -> None:
    assert len(NAMES[source]) == count
    assert [name for name in NAMES[source] if WORDS.find(name) is None] == []


def test_every_reference_milestone_is_known() -> None:
    assert len(NAMES["milestones"]) == 103
    assert set(NAMES["milestones"]) <= set(SHIPPED.milestones)


def test_milestone_names_lead_to_one_event() -> None:
    names = [normalise_key(text) for event in SHIPPED.milestones.values() for text in (event.id, event.zh)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("added", "site"),
    [("solvent_coating_tpa", "site_solvent_coating_t_per_year"), ("annual_output_tpa", "annual_output_pieces")],
)
def test_names_of_different_meaning_stay_apart(added: str, site: str) -> None:
    assert WORDS.find(added) is not WORDS.find(site)
    assert WORDS.find(site) is not None


def test_a_fact_is_found_by_its_labels_and_in_full_width_characters() -> None:
    for fact in WORDS.facts.values():
        assert WORDS.find(fact.label.zh) is fact
        assert WORDS.find(f" {fact.name.upper()} ") is fact
    wide = "".join(chr(ord(c) + 0xFEE0) for c in "has_electroplating")
    assert WORDS.find(wide) is WORDS.facts["has_electroplating"]


def test_labels_and_all_other_names_are_unique() -> None:
    owners: dict[str, str] = {}
    for fact in WORDS.facts.values():
        for text in {normalise_key(text) for text in fact.names}:
            assert owners.setdefault(text, fact.name) == fact.name


def test_no_fact_is_called_like_a_key_of_the_document() -> None:
    assert not {key for key in STRUCTURE if WORDS.find(key) is not None}


# --- wording -----------------------------------------------------------------------------------------------------


def _has_both(fact: Fact, part: str) -> bool:
    text = getattr(fact, part)
    return text is not None and bool(text.zh.strip()) and bool(text.en.strip()) and text.zh != text.en


@pytest.mark.parametrize("part", ["label", "meaning", "ask", "proof"])
def test_every_fact_is_worded_in_both_languages(part: str) -> None:
    assert [fact.name for fact in STATED if not _has_both(fact, part)] == []


@pytest.mark.parametrize("part", ["label", "meaning", "ask", "proof"])
def test_english_wording_is_english(part: str) -> None:
    def chinese(text: str) -> bool:
        return any("\u4e00" <= character <= "\u9fff" for character in text)

    assert [fact.name for fact in STATED if chinese(getattr(fact, part).en)] == []
    assert [fact.name for fact in STATED if not chinese(getattr(fact, part).zh)] == []


def test_questions_are_questions() -> None:
    assert [fact.name for fact in STATED if fact.ask and not fact.ask.zh.endswith(("？", "。", "）"))] == []


def test_internal_facts_are_not_asked() -> None:
    internal = [fact for fact in WORDS.facts.values() if fact.internal]
    assert internal
    assert [fact.name for fact in internal if fact.ask or fact.proof] == []


def test_numbers_have_a_unit_or_are_like_ratios() -> None:
    ratio_like = (
        "_ratio",
        "_factor",
        "_index",
        "_count",
        "_number",
        "_level",
        "_times",
        "_ph",
        "_rating",
        "_multiple",
        "_grade",
        "_class",
    )
    bare = [fact for fact in WORDS.facts.values() if fact.type is FactType.NUMBER and fact.unit is None]
    assert [fact.name for fact in bare if not fact.name.endswith(ratio_like)] == []


def test_units_have_one_spelling() -> None:
    units = {fact.unit for fact in WORDS.facts.values() if fact.unit is not None}
    by_key: dict[str, set[str]] = {}
    for unit in units:
        by_key.setdefault(WORDS.find_unit(unit), set()).add(unit)
    assert [spellings for spellings in by_key.values() if len(spellings) > 1] == []


def test_no_option_reads_as_unknown() -> None:
    for fact in STATED:
        for text in fact.member_names:
            assert not is_unknown(node_of(f"'{text}'")), f"{fact.name}: {text}"


def test_tonnages_cannot_be_negative() -> None:
    tonnes = [fact for fact in STATED if fact.name.endswith(("_t_per_year", "_t_per_h", "_t_per_day"))]
    assert tonnes
    assert [fact.name for fact in tonnes if fact.range is None or fact.range[0] is None or fact.range[0] < 0] == []


def test_every_work_is_an_activity() -> None:
    assert {fact.work for fact in WORDS.facts.values() if fact.work} <= set(WORDS.facts["activity"].members)


# --- codes -------------------------------------------------------------------------------------------------------


def test_the_whole_standard_is_there() -> None:
    levels = [code.level for code in WORDS.codes.table.values()]
    assert [levels.count(level) for level in (1, 2, 3, 4)] == [20, 97, 473, 1381]
    assert WORDS.codes.provenance["edition"] == "GB/T 4754-2017"


def test_every_code_is_read_with_its_letter_and_its_name() -> None:
    codes = WORDS.codes
    for code, entry in codes.table.items():
        if entry.level > 1:
            letter = codes.path(code)[0]
            for text in (
                code,
                letter + code,
                f"{letter}{code} {entry.name}",
                f"{code}（{entry.name}）",
                f"{code}{entry.name}",
            ):
                assert codes.normalise(text) == code, text


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("阀门", "3443"),
        ("铸造", "3391"),
        ("火力发电", "4411"),
        ("339", "339"),
        ("中药饮片", "2730"),
        ("污水处理", "4620"),
    ],
)
def test_search(words: str, first: str) -> None:
    assert WORDS.codes.search(words)[0].code == first


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("3610", "361 汽车整车制造"),
        ("C3610", "361 汽车整车制造"),
        ("1310", "131 谷物磨制"),
        ("3660 汽车零部件及配件制造", "3670 汽车零部件及配件制造"),
        ("9999", "97 国际组织"),
        ("C", "13 农副食品加工业"),
    ],
)
def test_nearest_to_codes_that_are_not_in_the_edition(text: str, first: str) -> None:
    assert WORDS.codes.normalise(text) is None
    assert WORDS.codes.nearest(text)[0] == first


# --- pickling ----------------------------------------------------------------------------------------------------


def test_the_vocabulary_survives_pickling_whole() -> None:
    again: Vocabulary = pickle.loads(pickle.dumps(WORDS))
    assert list(again.facts) == list(WORDS.facts)
    assert dict(again.facts) == dict(WORDS.facts)
    assert dict(again.codes.table) == dict(WORDS.codes.table)
    assert dict(again.units) == dict(WORDS.units)
    assert again.derived == WORDS.derived
    assert again.find("solvent_coating_tpa") == WORDS.find("solvent_coating_tpa")
    assert again.nearest("锅炉") == WORDS.nearest("锅炉")
