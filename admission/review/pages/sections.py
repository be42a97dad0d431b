"""One rule as a section of a page: what it says, when it applies, where it stands, how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from admission.review.pages.markdown import anchor, bullet, escape, table
from admission.review.pages.wording import Teller, cite_text, period_text, status_text
from admission.review.subjects import Subject
from admission.rulebook import Criterion, Duty, Edition, Entry, Item
from admission.rulebook.workbook_layout import CHOICES
from admission.screening.facts import ACTIVITY
from admission.vocabulary import Label

__all__ = ["heading", "section"]

_SENSITIVE = "sensitive_areas"


def heading(subject: Subject) -> str:
    """`第69项 通用设备制造业`, `第二十六条第一款 …`; not escaped."""
    rule = subject.owned.rule
    if isinstance(rule, Entry):
        return f"第{rule.entry}项 {rule.title.zh}"
    return f"{rule.article} {rule.title.zh}" if isinstance(rule, Item) else str(rule.title.zh)


def section(subject: Subject, teller: Teller) -> str:
    """The rule under a heading of its own, with a place that links can name."""
    rule, edition = subject.owned.rule, subject.owned.edition
    lines = [f'<a id="{anchor(subject.id)}"></a>', "", f"### {escape(heading(subject))}", "", f"`{subject.id}`", ""]
    match rule:
        case Entry():
            lines += _entry(rule, edition, teller)
        case Item():
            lines += _item(rule, edition, teller)
        case Duty():
            lines += _duty(rule, teller)
        case _:
            lines += _criterion(rule, teller)
    lines += bullet("案例", teller.cases(subject))
    return "\n".join(lines) + "\n"


def _text(label: Label | None) -> str:
    return escape(label.zh) if label is not None else ""


def _entry(entry: Entry, edition: Edition, teller: Teller) -> Iterator[str]:
    areas = entry.sensitive_areas
    named = teller.industries(code for code in entry.industries if not code.startswith("-"))
    other = "未列入本名录其他条目的行业" if entry.industries_other else ""
    yield from bullet("行业", "、".join(filter(None, [named, other])))
    yield from bullet("不含行业", teller.industries(code[1:] for code in entry.industries if code.startswith("-")))
    yield from bullet("工作内容", teller.members(ACTIVITY, entry.activities))
    yield from bullet("也适用于", teller.condition(entry.implied_by, areas))
    yield from bullet("适用范围", teller.condition(entry.scope, areas))
    yield from bullet("环境敏感区", teller.members(_SENSITIVE, areas))
    cells = ((level, entry.levels[level]) for level in edition.levels if level in entry.levels)
    rows = [
        (teller.level(edition, level), escape(cell.text), teller.condition(cell.when, areas)) for level, cell in cells
    ]
    yield from table(("级别", "名录文字", "判定条件"), rows)
    yield from bullet("理解", _text(entry.reading))
    yield from bullet("依据", cite_text(edition.cite(f"第{entry.entry}项")))
    yield from _footing(entry)


def _item(item: Item, edition: Edition, teller: Teller) -> Iterator[str]:
    yield from bullet("效力", f"{CHOICES['effect'][item.effect]} · {CHOICES['dimension'][item.dimension]}")
    yield from bullet("部门", escape(item.department))
    yield from bullet("条件", teller.condition(item.when))
    yield from bullet("须满足", teller.condition(item.must))
    if item.must is not None:
        yield from bullet("不满足时", CHOICES["unmet"][item.unmet])
    yield from bullet("须由人回答", _text(item.judgement))
    yield from bullet("整改", _text(item.remedy))
    yield from bullet("理解", _text(item.explanation))
    yield from bullet("细化", escape("、".join(item.refines)))
    yield from bullet("依据", cite_text(edition.cite(item.article)))
    yield from bullet("有效期", period_text(item.effective or edition.effective))
    yield from _footing(item)


def _duty(duty: Duty, teller: Teller) -> Iterator[str]:
    yield from bullet("时间", _text(duty.before))
    yield from bullet("部门", escape(duty.department))
    yield from bullet("条件", teller.condition(duty.when))
    yield from bullet("完成标志", escape("、".join(teller.rulebook.milestones[event].zh for event in duty.done_by)))
    yield from bullet("完成条件", teller.condition(duty.done_when))
    yield from bullet("理解", _text(duty.explanation))
    yield "- **依据**（按行为日期引用）："
    yield from (f"  - {cite_text(cite, cite.effective)}" for cite in duty.cite)
    yield from bullet("核实情况", status_text(duty.status, duty.confidence))


def _criterion(criterion: Criterion, teller: Teller) -> Iterator[str]:
    yield from bullet("权重", f"{criterion.weight:g}")
    yield from bullet("根据", _text(criterion.basis))
    rows = [(f"{points.score:g}", teller.condition(points.when)) for points in criterion.points]
    yield from table(("得分", "条件（先成立者为准）"), [*rows, (f"{criterion.otherwise:g}", "其他情形")])


def _footing(rule: Entry | Item) -> Iterable[str]:
    yield from bullet("核实情况", status_text(rule.status, rule.confidence))
    yield from bullet("来源", escape(rule.provenance))
