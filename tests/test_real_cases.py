"""Real published decisions against the program; the figures of docs/real-cases.md are computed here.

`ADMISSION_WRITE_DOCS=1 pytest tests/test_real_cases.py` writes the generated blocks of the page anew.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from admission import Decision, Rulebook, load_rulebook, read_projects, screen

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "real-cases.md"
DATA = yaml.safe_load((ROOT / "tests" / "data" / "real_cases.yaml").read_text(encoding="utf-8"))
CASES: dict[str, dict[str, Any]] = {case["id"]: case for case in DATA["cases"]}
DISAGREEMENTS = {item["id"]: item for item in DATA["disagreements"]}
COLLECTED = 105
IN_FORCE = "2021"

GROUPS = {
    "boiler": ("has_boiler", "coal_oil_boiler_total_t_per_h", "gas_boiler_total_t_per_h", "uses_high_pollution_fuel"),
    "surface": (
        "has_electroplating",
        "solvent_coating_t_per_year",
        "low_voc_coating_t_per_year",
        "only_low_voc_coating",
        "nonsolvent_high_voc_coating_t_per_year",
        "uses_organic_coating",
        "only_powder_dip_electrophoretic_coating",
        "is_hot_dip_galvanizing",
        "has_chromium_passivation",
        "has_chromium_free_passivation",
        "added_solvent_adhesive_t_per_year",
    ),
    "building": ("in_industrial_building",),
    "industry": ("industry", "activity"),
}
GROUP_OF = {fact: group for group, facts in GROUPS.items() for fact in facts}
WORDS = {
    "zh": {"report": "报告书", "form": "报告表", "registration": "登记表", "none": "不纳入", None: "—"},
    "en": {"report": "report", "form": "form", "registration": "registration", "none": "none", None: "—"},
}
EDITIONS = {"zh": {"before_2015": "2015年以前", "unknown": "不明"}, "en": {"before_2015": "before 2015"}}
GROUP_WORDS = {
    "zh": {
        "boiler": "锅炉（条目91：有没有、什么燃料、多少吨）",
        "surface": "电镀、涂料、胶粘剂（有没有、用多少）",
        "building": "是否在工业建筑内生产（标*的行业）",
        "industry": "行业代码只到大类或中类",
        "other": "本条目自己的其他界限（产品、工艺、规模、除外情形）",
    },
    "en": {
        "boiler": "boilers (entry 91: any, which fuel, how large)",
        "surface": "electroplating, coatings, adhesives (any, how much)",
        "building": "production in an industrial building (starred industries)",
        "industry": "industry code given only to division or group",
        "other": "other limits of the entry itself (product, process, capacity, exceptions)",
    },
}

FIGURE_WORDS = {
    "collected": {"zh": "收集", "en": "collected"},
    "no_decision": {
        "zh": "不用：来源没给类别、条目或许可类别",
        "en": "not used: the source gives no class, entry or level",
    },
    "sector": {"zh": "不用：行业定不下来", "en": "not used: the industry cannot be told"},
    "unreliable": {"zh": "不用：来源自相矛盾", "en": "not used: the source contradicts itself"},
    "used": {"zh": "写成项目文件", "en": "written as project documents"},
    "current": {"zh": "其中按2021年版作出决定", "en": "of these decided under the 2021 edition"},
    "earlier": {"zh": "其中按更早版次或版次不明", "en": "of these under an earlier or unknown edition"},
    "class": {"zh": "实际类别在 `possible` 之内（2021年版）", "en": "actual class in `possible` (2021 edition)"},
    "entry": {"zh": "实际条目在各条目之内（全部版次）", "en": "actual entry among the entries (all editions)"},
    "decided": {"zh": "只凭来源的事实即判定", "en": "decided by the stated facts alone"},
    "equal": {"zh": "判定且与实际相同", "en": "decided and equal to the actual class"},
    "decided_added": {"zh": "加上一般推定后判定", "en": "decided with the presumptions added"},
    "equal_added": {"zh": "加推定后判定且与实际相同", "en": "decided and equal, with the presumptions"},
    "class_earlier": {
        "zh": "供参考：更早或不明版次的类别在 `possible` 之内",
        "en": "for information: class of an earlier or unknown edition in `possible`",
    },
    "permit": {"zh": "可比的排污许可类别", "en": "permit levels that can be compared"},
}


class Outcome:
    """What came out for one case, beside what the authority decided."""

    def __init__(self, case: Mapping[str, Any], decision: Decision) -> None:
        self.id: str = case["id"]
        self.current: bool = case["edition"] == IN_FORCE
        self.actual: str | None = case["actual"]["eia_class"]
        self.permit: str | None = case["actual"]["permit_class"]
        self.entries: set[str] = set(case["actual"]["eia_entry"] or ())
        self.decision = decision
        self.open = {question.fact for question in decision.questions if "eia" in question.changes}
        self.groups = {GROUP_OF.get(fact, "other") for fact in self.open}

    @property
    def decided(self) -> str | None:
        return self.decision.eia.level

    @property
    def found(self) -> bool:
        return self.actual in self.decision.eia.possible

    @property
    def entries_found(self) -> bool:
        return self.entries <= {line.entry for line in self.decision.eia.entries}


def stated(document: Mapping[str, Any]) -> set[str]:
    parts = [document, *document.get("components", ())]
    return {fact for part in parts for fact in part.get("facts", {})}


def presumed(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with what is presumed of every project, wherever its source says nothing."""
    known = stated(document)
    added = {fact: value for fact, value in DATA["presumptions"].items() if fact not in known}
    return {**document, "facts": {**added, **document.get("facts", {})}}


def outcomes(rulebook: Rulebook, prepare: Callable[[Mapping[str, Any]], Mapping[str, Any]]) -> dict[str, Outcome]:
    found = {}
    for name, case in CASES.items():
        data = yaml.safe_dump(prepare(case["document"]), allow_unicode=True).encode()
        (project,) = read_projects(data, name, rulebook)
        found[name] = Outcome(case, screen(project, rulebook.in_force(park=None, on=case["as_of"])))
    return found


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(cache=False)


@pytest.fixture(scope="module")
def as_stated(rulebook: Rulebook) -> dict[str, Outcome]:
    return outcomes(rulebook, dict)


@pytest.fixture(scope="module")
def as_presumed(rulebook: Rulebook) -> dict[str, Outcome]:
    return outcomes(rulebook, presumed)


def comparable(results: Mapping[str, Outcome]) -> list[Outcome]:
    """Cases whose class was decided under the edition the program applies."""
    return [result for result in results.values() if result.current and result.actual]


def share(hits: int, total: int) -> float:
    return hits / total


def test_every_collected_case_is_used_or_excluded_with_a_reason() -> None:
    excluded = [item["id"] for item in DATA["excluded"]]
    assert len(CASES) == len(DATA["cases"])
    assert len({*CASES, *excluded}) == len(CASES) + len(excluded) == COLLECTED
    assert {item["reason"] for item in DATA["excluded"]} == {"no_decision", "sector", "unreliable"}
    assert [item["id"] for item in DATA["excluded"] if item["reason"] != "no_decision" and not item.get("note")] == []


@pytest.mark.parametrize("name", CASES)
def test_a_case_names_its_source_and_a_decision(name: str) -> None:
    case = CASES[name]
    assert case["source"]["tier"]
    assert case["actual"]["eia_class"] or case["actual"]["eia_entry"] or case["actual"]["permit_class"]
    assert case["codes"] in {"stated", "guess_checked", "guess_narrowed", "guess_rejected", "by_activity"}


def test_facts_are_written_by_their_canonical_names(rulebook: Rulebook) -> None:
    known = set(rulebook.vocabulary.facts)
    written = {fact for case in CASES.values() for fact in stated(case["document"])} | set(DATA["presumptions"])
    assert written - known == set()


def test_the_actual_class_is_among_the_possible_ones(as_stated: dict[str, Outcome]) -> None:
    compared = comparable(as_stated)
    missed = [result.id for result in compared if not result.found]
    assert share(len(compared) - len(missed), len(compared)) >= 0.97
    assert set(missed) <= set(DISAGREEMENTS)


def test_the_actual_entry_is_among_the_entries(as_stated: dict[str, Outcome]) -> None:
    compared = [result for result in as_stated.values() if result.entries]
    missed = [result.id for result in compared if not result.entries_found]
    assert share(len(compared) - len(missed), len(compared)) >= 0.95
    assert set(missed) <= set(DISAGREEMENTS)


@pytest.mark.parametrize("results", ["as_stated", "as_presumed"])
def test_a_decided_class_is_the_actual_one(results: str, request: pytest.FixtureRequest) -> None:
    compared = comparable(request.getfixturevalue(results))
    wrong = {result.id for result in compared if result.decided not in (None, result.actual)}
    assert wrong <= set(DISAGREEMENTS)


def test_what_is_presumed_only_narrows(as_stated: dict[str, Outcome], as_presumed: dict[str, Outcome]) -> None:
    wider = [
        n for n, r in as_presumed.items() if not set(r.decision.eia.possible) <= set(as_stated[n].decision.eia.possible)
    ]
    assert wider == []


def test_no_disagreement_is_listed_that_is_none(as_stated: dict[str, Outcome], as_presumed: dict[str, Outcome]) -> None:
    apart = {
        result.id
        for result in (*comparable(as_stated), *comparable(as_presumed))
        if not result.found or result.decided not in (None, result.actual)
    }
    assert apart == set(DISAGREEMENTS)
    assert all(item["why"]["zh"] and item["why"]["en"] for item in DISAGREEMENTS.values())


def test_a_permit_level_is_compared_where_there_is_one(as_stated: dict[str, Outcome]) -> None:
    missed = [r.id for r in as_stated.values() if r.permit and r.permit not in r.decision.permit.possible]
    assert missed == []


# ---------------------------------------------------------------- the page


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    head = list(head)
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _rate(hits: int, total: int) -> str:
    return f"{hits} / {total}" + (f" ({100 * hits / total:.1f}%)" if total else "")


def _figures(plain: Mapping[str, Outcome], more: Mapping[str, Outcome], lang: str) -> str:
    reasons = Counter(item["reason"] for item in DATA["excluded"])
    current, entries = comparable(plain), [result for result in plain.values() if result.entries]
    added = [more[result.id] for result in current]
    earlier = [result for result in plain.values() if not result.current and result.actual]
    numbers: dict[str, object] = {
        "collected": COLLECTED,
        **{reason: reasons[reason] for reason in ("no_decision", "sector", "unreliable")},
        "used": len(plain),
        "current": sum(result.current for result in plain.values()),
        "earlier": sum(not result.current for result in plain.values()),
        "class": _rate(sum(result.found for result in current), len(current)),
        "entry": _rate(sum(result.entries_found for result in entries), len(entries)),
        "decided": _rate(sum(bool(result.decided) for result in current), len(current)),
        "equal": _equal(current),
        "decided_added": _rate(sum(bool(result.decided) for result in added), len(added)),
        "equal_added": _equal(added),
        "class_earlier": _rate(sum(result.found for result in earlier), len(earlier)),
        "permit": sum(result.permit is not None for result in plain.values()),
    }
    head = {"zh": ("项目", "数"), "en": ("item", "number")}
    return _table(head[lang], ((FIGURE_WORDS[name][lang], number) for name, number in numbers.items()))


def _equal(results: Iterable[Outcome]) -> str:
    decided = [result for result in results if result.decided]
    return _rate(sum(result.decided == result.actual for result in decided), len(decided))


def _open(plain: Mapping[str, Outcome], more: Mapping[str, Outcome], lang: str) -> str:
    pending = [result for result in comparable(plain) if not result.decided]
    rows = [
        (
            words,
            sum(group in result.groups for result in pending),
            sum(result.groups == {group} for result in pending),
            sum(group in more[result.id].groups for result in pending),
        )
        for group, words in GROUP_WORDS[lang].items()
    ]
    rows.append(
        (
            ("未判定的案例" if lang == "zh" else "open cases"),
            len(pending),
            "—",
            sum(not more[r.id].decided for r in pending),
        )
    )
    head = {
        "zh": ("还缺什么", "缺它的案例", "只缺它的案例", "加推定后仍缺它"),
        "en": ("what is missing", "cases lacking it", "lacking only it", "still lacking it with the presumptions"),
    }
    return _table(head[lang], rows)


def _all(plain: Mapping[str, Outcome], more: Mapping[str, Outcome], lang: str) -> str:
    words, editions = WORDS[lang], EDITIONS[lang]

    def classes(result: Outcome) -> str:
        joined = ("、" if lang == "zh" else ", ").join(words[level] for level in result.decision.eia.possible)
        return f"**{joined}**" if result.decided else joined

    rows = (
        (
            name,
            editions.get(case["edition"], case["edition"]),
            words[case["actual"]["eia_class"]],
            ", ".join(case["actual"]["eia_entry"] or ()) or "—",
            classes(plain[name]),
            classes(more[name]),
        )
        for name, case in CASES.items()
    )
    head = {
        "zh": ("案例", "版次", "实际类别", "实际条目", "只凭来源的事实", "加一般推定"),
        "en": ("case", "edition", "actual class", "actual entry", "stated facts only", "with the presumptions"),
    }
    return _table(head[lang], rows)


BLOCKS: dict[str, Callable[[Mapping[str, Outcome], Mapping[str, Outcome], str], str]] = {
    "figures": _figures,
    "open": _open,
    "cases": _all,
}


@pytest.fixture(scope="module")
def page(as_stated: dict[str, Outcome], as_presumed: dict[str, Outcome]) -> tuple[str, str]:
    text = fresh = PAGE.read_text(encoding="utf-8")
    for name, block in BLOCKS.items():
        for lang in ("zh", "en"):
            pattern = re.compile(rf"(<!-- {name} {lang} -->\n).*?(<!-- end -->)", re.DOTALL)
            body = block(as_stated, as_presumed, lang)
            assert pattern.search(fresh), f"{name} {lang}"
            fresh = pattern.sub(lambda found, body=body: found[1] + body + found[2], fresh)
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        PAGE.write_text(fresh, encoding="utf-8")
        text = fresh
    return text, fresh


def test_the_figures_of_the_page_are_the_programs(page: tuple[str, str]) -> None:
    text, fresh = page
    assert text == fresh


def test_every_disagreement_stands_on_the_page_in_both_languages(page: tuple[str, str]) -> None:
    chinese, english = page[0].split("# Real cases in English")
    for name in DISAGREEMENTS:
        assert f"### {name}" in chinese
        assert f"### {name}" in english
