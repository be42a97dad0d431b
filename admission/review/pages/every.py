"""The page of rules that concern a project whatever its industry."""

from __future__ import annotations

from collections.abc import Iterator

from admission.review.pages.documents import Library
from admission.review.pages.markdown import escape, href, link, table
from admission.review.pages.naming import is_bound
from admission.review.pages.wording import status_text
from admission.review.subjects import Subject
from admission.rulebook import Entry
from admission.rulebook.workbook_layout import CHOICES

__all__ = ["every_page"]

_PAGE = "every.md"


def every_page(library: Library) -> str:
    """List clauses, duties and criteria that no industry code rules out, then the catalogues by kind of work."""
    lines = ["# 不论什么行业都要看的条款", "", f"{link('按行业查', href(_PAGE, 'index.md'))}", ""]
    for edition in library.editions:
        rules = [rule for rule in library.rules_of(edition) if rule.kind != "entry"]
        free = [rule for rule in rules if rule.kind != "item" or not is_bound(rule, library.bench.rulebook)]
        if free:
            title = link(edition.title.zh, href(_PAGE, library.header_page(edition)))
            lines += [f"## {title}", "", f"{library.teller.scope(edition)}，{len(free)} 条", ""]
            lines += [_line(rule, library) for rule in free] + [""]
    lines += _works(library)
    lines += _implied(library)
    return "\n".join(lines)


def _line(subject: Subject, library: Library) -> str:
    rule = subject.owned.rule
    text = library.link(_PAGE, subject)
    if subject.kind == "item":
        unsure = "" if rule.status == "verified" else f"（{status_text(rule.status)}）"
        return f"- {CHOICES['effect'][rule.effect]}：{text}{unsure}"
    if subject.kind == "duty":
        return f"- {text}（{escape(rule.before.zh)}）"
    return f"- {text}（权重 {rule.weight:g}）"


def _works(library: Library) -> Iterator[str]:
    """Kind of work → the catalogue entries that it alone brings in."""
    found: dict[str, list[Subject]] = {}
    for subject in library.subjects:
        if subject.kind == "entry":
            for activity in subject.owned.rule.activities:
                found.setdefault(activity, []).append(subject)
    rows = []
    for activity, rules in found.items():
        listed = "<br>".join(f"{_catalogue(rule)}{library.link(_PAGE, rule)}" for rule in rules)
        rows.append((library.teller.activities([activity]), listed))
    if rows:
        yield "## 按工作内容查名录\n\n有下列工作内容的，不论行业代码，都适用所列名录条目。"
        yield from table(("工作内容", "名录条目"), sorted(rows))


def _implied(library: Library) -> Iterator[str]:
    """Entries that apply because of what a component does, or because no other entry does."""
    rows = []
    for subject in library.subjects:
        rule = subject.owned.rule
        if isinstance(rule, Entry) and (rule.implied_by or rule.industries_other):
            when = library.teller.condition(rule.implied_by, rule.sensitive_areas)
            other = "行业未列入本名录其他条目" if rule.industries_other else ""
            rows.append(
                (f"{_catalogue(subject)}{library.link(_PAGE, subject)}", "；或".join(filter(None, [when, other])))
            )
    if rows:
        yield "## 按事实适用的名录条目"
        yield from table(("名录条目", "何时适用"), rows)


def _catalogue(subject: Subject) -> str:
    return "环评" if subject.owned.edition.catalogue == "eia" else "排污许可"
