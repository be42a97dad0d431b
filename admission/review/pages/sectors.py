"""The index by industry: what an investor in each division and group has to expect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from admission.review.pages.documents import Library
from admission.review.pages.life import LIFE_PAGES
from admission.review.pages.markdown import anchor, escape, href, link, table
from admission.review.pages.naming import named_codes
from admission.review.pages.wording import period_text, status_text
from admission.review.subjects import Subject
from admission.rulebook import Edition
from admission.rulebook.workbook_layout import CHOICES

__all__ = ["index_page", "sector_pages"]

_DIVISION, _GROUP = 2, 3
_LONGEST = 300
_INDEX = "index.md"
_KINDS = {"catalogue": "名录", "list": "清单", "duty": "义务", "score": "评分"}


def index_page(library: Library) -> str:
    """All documents, then all divisions and groups that some rule names."""
    lines = ["# 规则一览", "", "条款、条件、依据和案例都从规则数据生成；条件就是程序判定用的条件，写成文字。", ""]
    lines += ["规则改动后用 `admission rules pages -o docs/rules` 重新生成。", ""]
    lines += ["## 规则文件", *_documents(library), f"- {link('不论什么行业都要看的条款', 'every.md')}", ""]
    lines += ["## 全过程规则", "", "从立项到关停的义务、期限、违法情形和罚则。", ""]
    lines += [*(f"- {link(title, page)}" for page, title in LIFE_PAGES.items()), ""]
    lines += ["## 按行业查", "", "行业按《国民经济行业分类》（GB/T 4754-2017）；只列有条款点名的大类和中类。", ""]
    codes, section = library.teller.codes, ""
    for sector in _sectors(library):
        letter = next(iter(codes.path(sector.division)), "") if codes.exists(sector.division) else ""
        if letter != section:
            section = letter
            lines += ["", f"### {escape(library.teller.industry(letter))}", ""]
        groups = (
            link(library.teller.industry(group), href(_INDEX, sector.page, group))
            for group in sector.groups
            if group != sector.division
        )
        division = link(library.teller.industry(sector.division), sector.page)
        lines.append("：".join(filter(None, [f"- **{division}**", "、".join(groups)])))
    return "\n".join(lines)


def sector_pages(library: Library) -> Mapping[str, str]:
    """One page per division."""
    return {sector.page: "\n".join(sector.text()) for sector in _sectors(library)}


def _documents(library: Library) -> Iterator[str]:
    rows = []
    for edition in library.editions:
        title = link(edition.title.zh, library.header_page(edition))
        count = str(len(library.rules_of(edition)))
        state = status_text(edition.status)
        scope = library.teller.scope(edition)
        rows.append((title, _KINDS[edition.kind], scope, period_text(edition.effective), state, count))
    yield from table(("文件", "种类", "适用", "有效期", "核实情况", "条数"), rows)


def _sectors(library: Library) -> Iterator[_Sector]:
    named = {subject.id: named_codes(subject, library.bench.rulebook) for subject in library.subjects}
    divisions = sorted({code[:_DIVISION] for codes in named.values() for code in codes})
    for division in divisions:
        rules = {
            subject.id: tuple(code for code in named[subject.id] if code.startswith(division))
            for subject in library.subjects
        }
        yield _Sector(library, division, {rule: codes for rule, codes in rules.items() if codes})


@dataclass(frozen=True)
class _Sector:
    """One division; `named` is rule id → the prefixes of the division it names."""

    library: Library
    division: str
    named: Mapping[str, tuple[str, ...]]

    @property
    def page(self) -> str:
        return f"sectors/{self.division}.md"

    @cached_property
    def rules(self) -> list[Subject]:
        order = {edition.edition: position for position, edition in enumerate(self.library.editions)}
        found = (self.library.bench.rules[name] for name in self.named)
        return sorted(found, key=lambda subject: order[subject.owned.edition.edition])

    @property
    def groups(self) -> list[str]:
        """The groups named, after the division itself where it is named whole."""
        return sorted({code[:_GROUP] for codes in self.named.values() for code in codes})

    def text(self) -> Iterator[str]:
        """The table by group, then what each rule means for the sector."""
        name = escape(self.library.teller.industry(self.division))
        home = link("按行业查", href(self.page, _INDEX))
        every = link("不论什么行业都要看的条款", href(self.page, "every.md"))
        yield f"# {name}：会遇到哪些条款\n"
        yield f"{home} · 本页只列点名本行业的条款，另看{every}。结论以填报后的研判为准。\n"
        yield "## 按中类查"
        yield from table(("行业", "环评名录", "排污许可名录", "点名的其他条款"), map(self._row, self.groups))
        for edition in self.library.editions:
            yield from self._document(edition)

    def _row(self, group: str) -> tuple[str, ...]:
        whole = "（整个大类）" if group == self.division else ""
        name = f'<a id="{anchor(group)}"></a>{escape(self.library.teller.industry(group))}{whole}'
        columns: dict[str, list[str]] = {"eia": [], "permit": [], "": []}
        for subject in self.rules:
            codes = [code for code in self.named[subject.id] if code[:_GROUP] == group]
            if codes:
                columns[subject.owned.edition.catalogue or ""].append(self._mention(subject, group, codes))
        return (name, *("<br>".join(cells) or "—" for cells in columns.values()))

    def _mention(self, subject: Subject, group: str, codes: list[str]) -> str:
        rule = subject.owned.rule
        if subject.kind == "entry":
            text = link(f"第{rule.entry}项", href(self.page, self.page, subject.id))
        else:
            text = link(rule.title.zh, href(self.page, self.page, subject.id))
        if subject.kind == "item":
            text = f"{CHOICES['effect'][rule.effect]}：{text}"
        return text if group in codes else f"{text}（仅 {'、'.join(codes)}）"

    def _document(self, edition: Edition) -> Iterator[str]:
        rules = [subject for subject in self.rules if subject.owned.edition is edition]
        if rules:
            title = link(edition.title.zh, href(self.page, self.library.header_page(edition)))
            yield f"\n## {title}\n\n{self.library.teller.scope(edition)}，{period_text(edition.effective)}\n"
        for subject in rules:
            yield f'<a id="{anchor(subject.id)}"></a>\n\n### {self.library.link(self.page, subject)}\n'
            yield f"- **行业**：{self.library.teller.industries(self.named[subject.id])}"
            yield from self._meaning(subject)
            yield ""

    def _meaning(self, subject: Subject) -> Iterator[str]:
        rule, tell = subject.owned.rule, self.library.teller
        if subject.kind == "entry":
            edition = subject.owned.edition
            excluded = tell.industries(code[1:] for code in rule.industries if code.startswith(f"-{self.division}"))
            yield from [f"- **不含**：{excluded}"] if excluded else []
            for level in edition.levels:
                if level in rule.levels:
                    yield f"- **{tell.level(edition, level)}**：{escape(rule.levels[level].text)}"
            return
        if subject.kind == "criterion":
            yield f"- **评分**：权重 {rule.weight:g}"
            return
        if subject.kind == "item":
            yield f"- **效力**：{CHOICES['effect'][rule.effect]}（{status_text(rule.status)}）"
        condition = tell.condition(rule.when)
        yield f"- **条件**：{condition}" if len(condition) <= _LONGEST else "- **条件**：较长，见条款"
        if subject.kind == "item" and rule.remedy is not None:
            yield f"- **整改**：{escape(rule.remedy.zh)}"
