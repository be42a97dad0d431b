"""The generated pages: docs/lifecycle-coverage.md and docs/real-cases-lifecycle.md."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from admission import Component, Judgement, Life, Milestone, Project, lifecycle
from admission.rulebook.life_model import Covered
from tests.lifecycle.histories import rules

ROOT = Path(__file__).resolve().parents[2]
CASES: list[dict[str, Any]] = yaml.safe_load(
    (ROOT / "tests" / "data" / "lifecycle_cases.yaml").read_text(encoding="utf-8")
)
HOW = {
    "duty": "可执行：义务 · executable: duty",
    "judgement": "人工研判 · judgement",
    "computed": "可执行：计算 · executable: computed",
    "catalogue": "可执行：名录 · executable: catalogue",
    "list": "可执行：清单 · executable: list",
    "not": "未编码 · not encoded",
}
# findings beyond what the source says, each looked into by hand
EXPLAINED = {
    "ACC-003": "2024-12-09至2025-01-03公示，元旦不计，只有19个工作日，差1日。 One working day short, New Year not counted.",
    "ACC-018": "2024-12-12至2025-01-08公示，元旦不计，只有19个工作日，差1日。 One working day short, New Year not counted.",
    "ACC-022": "2025-12-17至2026-01-13公示，元旦3日不计，只有19个工作日，差1日。 One working day short, New Year not counted.",
    "ACC-056": "调试起日2023-08-07早于竣工日2023-09-06，也早于领证日2023-09-07；来源没有评价，可能是填报错误。 Commissioned before completion and before the permit, as the record has it; the source does not comment, an entry may be wrong.",
}


def coverage_page() -> str:
    """Every rule of the reference list and where it stands."""
    rows = rules().life.coverage
    count = Counter(row.how for row in rows)
    done = len(rows) - count["not"] - count["judgement"]
    lines = [
        "# 全过程规则对照 · Coverage of the life-cycle rules",
        "",
        f"参考清单共 {len(rows)} 条：可执行 {done} 条，由人回答问题 {count['judgement']} 条，未编码 {count['not']} 条（写明理由）。",
        "由 `rules/three_simultaneities/coverage.yaml` 生成，`ADMISSION_WRITE_DOCS=1 pytest tests/lifecycle/test_pages.py` 重写。",
        "",
        f"{len(rows)} rules of the reference list: {done} executable, {count['judgement']} questions for a person, "
        f"{count['not']} not encoded (with the reason). Generated; do not edit.",
        "",
        "| 规则 rule | 内容 | 方式 how | 在何处 where · 问题 question · 理由 reason |",
        "|---|---|---|---|",
    ]
    lines += [f"| {row.rule} | {_cell(row.zh)} | {HOW[row.how]} | {_cell(_where(row))} |" for row in rows]
    return "\n".join(lines) + "\n"


def _where(row: Covered) -> str:
    questions = {item.id: item for item in rules().life.judgements}
    parts = []
    for name in row.by:
        question = questions.get(name)
        parts.append(f"`{name}`" + (f" {question.question.zh} {question.question.en}" if question else ""))
    if row.note is not None:
        parts.append(f"{row.note.zh} {row.note.en}")
    return "<br>".join(parts)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


@lru_cache(maxsize=1)
def lived() -> tuple[tuple[dict[str, Any], Life], ...]:
    """Every case with its life cycle."""
    return tuple((case, _life(case)) for case in CASES)


def _life(case: dict[str, Any]) -> Life:
    milestones = tuple(
        Milestone(
            event=item["event"],
            date=item["date"] if isinstance(item["date"], date) else None,
            undone=item["date"] == "未办",
        )
        for item in case["milestones"]
    )
    judgements: tuple[Judgement, ...] = ()
    if "judgement" in case:
        rule = case["judgement"]["rule"]
        judgements = (Judgement(rule=rule, answer="hit", who="执法机关", when=case["as_of"], why=case["violation"]),)
    project = Project(
        name=case["case"],
        facts=case["facts"],
        components=(Component(name="本项目"),),
        milestones=milestones,
        judgements=judgements,
    )
    return lifecycle(project, rules().in_force(None, on=case["as_of"]))


def decided_alike(case: dict[str, Any], life: Life) -> bool:
    """Is everything that the authority found found, and nothing denied that it recorded?"""
    found = {breach.id for breach in life.breaches}
    hits = {line.id for line in life.judgements if line.outcome == "hit"}
    if case["kind"] == "penalty":
        wanted = {case["judgement"]["rule"]} if "judgement" in case else set()
        return found == set(case["breaches"]) and hits == wanted
    return not {"acceptance_overdue", "acceptance_stalled", "production_before_acceptance"} & found


def beyond(case: dict[str, Any], life: Life) -> list[str]:
    """Breaches that the source does not speak of."""
    return sorted({breach.id for breach in life.breaches} - set(case["breaches"]))


def cases_page() -> str:
    """The published cases one by one."""
    pairs = lived()
    alike = sum(decided_alike(case, life) for case, life in pairs)
    silent = sum(not beyond(case, life) for case, life in pairs)
    penalties = sum(case["kind"] == "penalty" for case, _ in pairs)
    lines = [
        "# 公开案例核对：验收与处罚 · Published cases: acceptance and penalties",
        "",
        f"{len(pairs)} 件：处罚 {penalties} 件，验收记录 {len(pairs) - penalties} 件。数据与读法在 `tests/data/lifecycle_cases.yaml`。",
        "",
        f"- **与机关认定一致 {alike}/{len(pairs)}（{alike / len(pairs):.1%}）**：处罚案件认定的违法情形都得出且没有多出；"
        "不能由日期得出的（超标、监测、台账、骗证）由人回答对应问题。验收记录没有被判为超期、久拖或未验先投。",
        f"- 把来源没有提到的发现也算作不一致，则为 {silent}/{len(pairs)}（{silent / len(pairs):.1%}）；这些发现逐件说明如下。",
        "- 资料只写到月的按月末，只写到年的按日期不明；检查时已建成、已排污的，行为不晚于检查日。",
        "",
        f"{len(pairs)} cases. **Agreement with what the authority decided: {alike}/{len(pairs)}.** Counting as disagreement every finding that the "
        f"source is silent about: {silent}/{len(pairs)}; each is explained below. Generated; do not edit.",
        "",
        "| 案例 case | 核对日 as of | 机关认定 found by the authority | 程序 program | 说明 notes |",
        "|---|---|---|---|---|",
    ]
    lines += [_case_row(case, life) for case, life in pairs]
    return "\n".join(lines) + "\n"


def _case_row(case: dict[str, Any], life: Life) -> str:
    found = [f"{breach.title} `{breach.id}`" for breach in life.breaches]
    found += [f"{line.title} `{line.id}`" for line in life.judgements if line.outcome == "hit"]
    notes = [case.get("read_as", ""), EXPLAINED.get(case["case"], ""), _fine(case, life)]
    kind = "验收记录" if case["kind"] == "acceptance_record" else "处罚"
    cells: Iterable[str] = (
        f"[{case['case']}]({case['source']}) {kind}",
        str(case["as_of"]),
        case["violation"] or "（无）",
        "<br>".join(found) or "（无）",
        "<br>".join(note for note in notes if note),
    )
    return "| " + " | ".join(_cell(cell) for cell in cells) + " |"


def _fine(case: dict[str, Any], life: Life) -> str:
    """The fine beside the ranges."""
    if "fine_yuan" not in case:
        return ""
    ranges = fine_ranges(life)
    shown = (
        "、".join(f"{low:g}–{high:g}万元" for low, high in ranges) or "无数额幅度（按总投资额比例，或当时规定未收录）"
    )
    return f"罚款 {case['fine_yuan'] / 10000:g}万元；幅度 {shown}"


def fine_ranges(life: Life) -> list[tuple[float, float]]:
    """The ordinary ranges for the unit, in 10,000 yuan, where they are amounts."""
    lists = [breach.penalty["ranges"] for breach in life.breaches]
    lists += [line.penalty.model_dump()["ranges"] for line in life.judgements if line.penalty]
    return sorted(
        {
            (item["low_wan_yuan"], item["high_wan_yuan"])
            for items in lists
            for item in items
            if item["target"] == "unit" and item["gravity"] == "normal" and item["low_wan_yuan"] is not None
        }
    )
