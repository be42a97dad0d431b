"""An empty input workbook for an audit: one column per fact that matters, with drop-downs, units and help."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from admission.audit.labels import lines
from admission.errors import MissingExtraError
from admission.logic import condition_key
from admission.logic.nodes import Case
from admission.rulebook import Entry, Ruleset
from admission.screening.answers import conditions
from admission.screening.facts import ACTIVITY, INDUSTRY
from admission.vocabulary import Fact, FactType

__all__ = ["facts_for", "template_workbook"]

_A3, _LINE = 8, 15.0
_ROWS = 5000
_LONGEST_LIST = 255
_HELP = "说明"
_OPTIONS = "选项"
_HELP_COLUMNS = {"指标": 30, "名称": 32, "单位": 10, "含义": 60, "怎么问": 50, "看什么材料": 30, "选项": 60}


def facts_for(ruleset: Ruleset, sectors: Sequence[str] = ()) -> tuple[Fact, ...]:
    """The facts to state for enterprises of some sectors (GB/T 4754 prefixes; all when empty).

    Those that a list reads, or a catalogue entry that can concern the sectors; facts that follow from others
    in any case are left out, not those that others can only confirm.
    """
    names: set[str] = set()
    for owned in ruleset.items:
        names.update(*(ruleset.reads(key) for key in conditions(owned.rule)))
    for catalogue in ruleset.catalogues.values():
        for entry in (owned.rule for owned in catalogue.entries):
            if _concerns(entry, tuple(sectors)):
                texts = (entry.implied_by, entry.scope, *(level.when for level in entry.levels.values()))
                keys = (condition_key(text, entry.sensitive_areas) for text in texts if text is not None)
                names.update(*(ruleset.reads(key) for key in keys))
    chosen = (fact for fact in ruleset.vocabulary.facts.values() if fact.name in names)
    return tuple(f for f in chosen if _is_stated(f, ruleset) and f.name not in (INDUSTRY, ACTIVITY))


def _is_stated(fact: Fact, ruleset: Ruleset) -> bool:
    """Is the fact one to state? Not what is always calculated; yes where the formula can only confirm it."""
    if fact.internal:
        return False
    return fact.define is None or isinstance(ruleset.conditions.tree(fact.define), Case)


def _concerns(entry: Entry, sectors: tuple[str, ...]) -> bool:
    """Can an entry concern one of the sectors? One without codes (only activities) always can."""
    named = tuple(code for code in entry.industries if not code.startswith("-"))
    if not sectors or not named or entry.implied_by:
        return True
    return any(code.startswith(sectors) or sector.startswith(code) for code in named for sector in sectors)


def template_workbook(ruleset: Ruleset, sectors: Sequence[str] = ()) -> bytes:
    """The workbook: sheets 企业, 建设内容, 节点, and 说明 with what every column means. Needs `admission[excel]`."""
    try:
        import xlsxwriter
    except ImportError as error:
        raise MissingExtraError("admission audit --template", "excel") from error
    facts = facts_for(ruleset, sectors)
    vocabulary = ruleset.vocabulary
    identity = (vocabulary.facts[INDUSTRY], vocabulary.facts[ACTIVITY])
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        writer = _TemplateWriter(book)
        milestones = [event.zh for event in ruleset.rulebook.milestones.values()]
        writer.sheet("企业", ("企业名称",), (*identity, *facts))
        writer.sheet("建设内容", ("企业名称", "建设内容"), (*identity, *(f for f in facts if f.scope == "component")))
        writer.milestones("节点", milestones)
        writer.help((*identity, *facts))
        writer.options()
    return stream.getvalue()


class _TemplateWriter:
    """Writes the sheets; long lists of options go to a sheet of their own."""

    def __init__(self, book: Any) -> None:
        self._book = book
        head = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#1F4E78", "font_color": "white"}
        self._head = book.add_format(head)
        self._text = book.add_format({"num_format": "@"})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._lists: dict[tuple[str, ...], int] = {}

    def sheet(self, name: str, keys: Sequence[str], facts: Sequence[Fact]) -> None:
        """A sheet with key columns and one column per fact."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, len(keys))
        self._on_paper(sheet)
        sheet.repeat_columns(0, len(keys) - 1)
        sheet.set_row(0, 48)
        for position, key in enumerate(keys):
            sheet.set_column(position, position, 26, self._text)
            sheet.write_string(0, position, key, self._head)
        for position, fact in enumerate(facts, len(keys)):
            unit = f" [{fact.unit}]" if fact.unit else ""
            sheet.set_column(position, position, 16, self._format(fact))
            sheet.write_string(0, position, f"{fact.label.zh}{unit}", self._head)
            sheet.write_comment(0, position, _comment(fact), {"x_scale": 2.5, "y_scale": 1.5})
            self._validate(sheet, position, fact)

    @staticmethod
    def _on_paper(sheet: Any) -> None:
        """Lying A3, the headings on every page."""
        sheet.set_landscape()
        sheet.set_paper(_A3)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&A&R第 &P 页，共 &N 页")

    def _format(self, fact: Fact) -> Any:
        if fact.type is FactType.DATE:
            return self._day
        return None if fact.type is FactType.NUMBER else self._text

    def _validate(self, sheet: Any, position: int, fact: Fact) -> None:
        rule: dict[str, Any] = {"ignore_blank": True}
        if fact.type is FactType.BOOL:
            rule |= {"validate": "list", "source": ["是", "否"]}
        elif fact.type in (FactType.ENUM, FactType.SET):
            rule |= {"validate": "list", "source": self._source(tuple(m.zh for m in fact.members.values()))}
            if fact.type is FactType.SET:
                rule |= {"error_type": "information", "error_message": "可填多项，用顿号分开；没有则填“无”。"}
        elif fact.type is FactType.NUMBER and fact.range is not None and None not in fact.range:
            low, high = fact.range
            rule |= {"validate": "decimal", "criteria": "between", "minimum": low, "maximum": high}
        else:
            return
        sheet.data_validation(1, position, _ROWS, position, rule)

    def _source(self, words: tuple[str, ...]) -> Any:
        if len(",".join(words)) <= _LONGEST_LIST and not any("," in word for word in words):
            return list(words)
        column = self._lists.setdefault(words, len(self._lists))
        from xlsxwriter.utility import xl_col_to_name

        letters = xl_col_to_name(column)
        return f"={_OPTIONS}!${letters}$1:${letters}${len(words)}"

    def milestones(self, name: str, events: Sequence[str]) -> None:
        """A sheet of dated events."""
        sheet = self._book.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        self._on_paper(sheet)
        for position, (key, width) in enumerate((("企业名称", 26), ("节点", 32), ("日期", 14))):
            sheet.set_column(position, position, width, self._day if key == "日期" else self._text)
            sheet.write_string(0, position, key, self._head)
        sheet.data_validation(1, 1, _ROWS, 1, {"validate": "list", "source": self._source(tuple(events))})

    def help(self, facts: Sequence[Fact]) -> None:
        """What every column means."""
        sheet = self._book.add_worksheet(_HELP)
        sheet.freeze_panes(1, 0)
        self._on_paper(sheet)
        sheet.fit_to_pages(1, 0)
        heads = (
            ("指标", 30),
            ("名称", 32),
            ("单位", 10),
            ("含义", 60),
            ("怎么问", 50),
            ("看什么材料", 30),
            ("选项", 60),
        )
        for position, (head, width) in enumerate(heads):
            sheet.set_column(position, position, width, self._wrapped)
            sheet.write_string(0, position, head, self._head)
        for row, fact in enumerate(facts, 1):
            texts = (fact.meaning, fact.ask, fact.proof)
            options = "、".join(member.zh for member in fact.members.values())
            cells = (fact.label.zh, fact.name, fact.unit or "", *(text.zh if text else "" for text in texts), options)
            sheet.set_row(row, _LINE * max(lines(cell, width) for cell, (_, width) in zip(cells, heads, strict=True)))
            for position, cell in enumerate(cells):
                sheet.write_string(row, position, cell, self._wrapped)

    def options(self) -> None:
        """The long lists, one a column; written last, when all are known."""
        sheet = self._book.add_worksheet(_OPTIONS)
        sheet.hide()
        for words, column in self._lists.items():
            for row, text in enumerate(words):
                sheet.write_string(row, column, text)


def _comment(fact: Fact) -> str:
    parts = [fact.ask.zh if fact.ask else "", fact.meaning.zh if fact.meaning else ""]
    if fact.type is FactType.SET:
        parts.append("可填多项，用顿号分开；没有则填“无”，不清楚就留空。")
    return "\n".join(filter(None, parts))
