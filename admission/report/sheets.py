"""What a handout says, before it is laid out: title, particulars, sections of text and tables, places to sign."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from admission.lifecycle.results import DutyLine, Life, PenaltyLine, PenaltyResult
from admission.report.words import CLASS_WORDS, say
from admission.rulebook import Cite
from admission.screening.decision import Breach

__all__ = [
    "Column",
    "Section",
    "Sheet",
    "Table",
    "cite_text",
    "dated",
    "notice_sheet",
    "polished",
    "process_sheet",
    "say_department",
    "steps_of",
]

_ENTERPRISE = ("enterprise", "park")
_QUESTIONS = 12
_HORIZON = timedelta(days=366)
"""How far ahead the reminder looks; what is due later stands in the calendar."""
_STATE = "中华人民共和国"
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its heading and its share of the width."""

    title: str
    share: float


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text; a cell may hold several lines."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, then lines of text, then the flow or a table; an annex has pages of its own after the signatures."""

    title: str
    text: tuple[str, ...] = ()
    table: Table | None = None
    flow: tuple[DutyLine, ...] = ()
    annex: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """One handout; `wide`: on a page turned sideways; `headline`: what it comes to, set apart (name, text)."""

    kind: str
    title: str
    lang: str
    particulars: tuple[tuple[str, str], ...]
    opening: tuple[str, ...]
    sections: tuple[Section, ...]
    signatures: tuple[tuple[str, ...], ...]
    footer: str
    wide: bool = False
    headline: tuple[str, str] | None = None


def cite_text(cite: Cite, lang: str) -> str:
    """`《…》第…条`, laws of the state by their short names."""
    if lang == "zh":
        return f"《{cite.document.removeprefix(_STATE)}》{cite.article or ''}"
    return f"{cite.document} {cite.article or ''}".rstrip()


def dated(text: str, lang: str) -> str:
    """`text` with its days written as an office writes them: 2026年3月1日."""
    if lang != "zh":
        return text
    return _ISO.sub(lambda found: f"{found[1]}年{int(found[2])}月{int(found[3])}日", text)


def polished(sheet: Sheet) -> Sheet:
    """The sheet with every day in the manner of its language."""

    def texts(lines: Iterable[str]) -> tuple[str, ...]:
        return tuple(dated(line, sheet.lang) for line in lines)

    sections = tuple(
        replace(
            section,
            text=texts(section.text),
            table=section.table and replace(section.table, rows=tuple(map(texts, section.table.rows))),
        )
        for section in sheet.sections
    )
    particulars = tuple((name, dated(text, sheet.lang)) for name, text in sheet.particulars)
    return replace(sheet, sections=sections, particulars=particulars, opening=texts(sheet.opening))


def steps_of(life: Life) -> tuple[DutyLine, ...]:
    """The steps of this project in order, one line for each."""
    found: dict[str, DutyLine] = {}
    for duty in life.duties:
        if duty.step is not None:
            found.setdefault(duty.rule, duty)
    return tuple(sorted(found.values(), key=lambda duty: (duty.step.order if duty.step else 0, duty.id)))


def process_sheet(life: Life, *, park: str, lang: str = "zh") -> Sheet:
    """企业环保手续办理流程: the steps of this project, drawn and listed."""
    steps = steps_of(life)
    columns = tuple(
        Column(say(f"column {key}", lang), share)
        for key, share in (
            ("number", 0.05),
            ("step", 0.16),
            ("deadline", 0.14),
            ("documents", 0.17),
            ("authority", 0.10),
            ("fee", 0.11),
            ("basis", 0.15),
            ("status", 0.12),
        )
    )
    rows = tuple(_step_row(number, duty, lang) for number, duty in enumerate(steps, 1))
    drawn, listed = Section(say("flow", lang), flow=steps), Section(say("steps", lang), table=Table(columns, rows))
    if not steps:
        drawn, listed = (
            replace(drawn, text=(say("no steps", lang),)),
            Section(say("steps", lang), text=(say("none", lang),)),
        )
    sections = (
        drawn,
        listed,
        *_open_section(life, lang, "three"),
        Section(say("notes" if _has_questions(life) else "notes three", lang), text=_notes(life, lang)),
    )
    sheet = Sheet(
        kind="flow",
        title=say("process title", lang),
        lang=lang,
        particulars=_particulars(life, park, lang),
        opening=(),
        sections=sections,
        signatures=((say("maker", lang, park=park), say("stamp", lang), say("handler", lang), say("day", lang)),),
        footer=say("footer", lang),
        wide=True,
    )
    return polished(sheet)


def _step_row(number: int, duty: DutyLine, lang: str) -> tuple[str, ...]:
    step = duty.step
    deadline = duty.before if duty.due is None else f"{duty.before}\n{say('by', lang, day=duty.due)}"
    status = say(f"status {duty.status}", lang)
    if duty.done is not None:
        status = say("done", lang, day=duty.done) + (f"\n{say('late', lang)}" if duty.late else "")
    return (
        str(number),
        duty.title,
        deadline,
        step.documents if step else "",
        say_department(duty.department, lang),
        step.fee if step else "",
        "\n".join(cite_text(cite, lang) for cite in duty.cites[:2]),
        status,
    )


def say_department(text: str, lang: str) -> str:
    """`生态环境、住建` as departments are addressed."""
    words = [say(f"department {part}", lang) for part in text.split("、")]
    return "、".join(words) if lang == "zh" else ", ".join(words)


def _particulars(life: Life, park: str, lang: str) -> tuple[tuple[str, str], ...]:
    found = [
        (say("project", lang), life.project),
        (say("park", lang), park or say("no park", lang)),
        (say("as of", lang), str(life.as_of)),
    ]
    if life.subject == "project":
        found += [
            (say("eia class", lang), _classes("eia", life.eia, lang)),
            (say("permit class", lang), _classes("permit", life.permit, lang)),
        ]
    return tuple(found)


def _classes(kind: str, levels: Sequence[str], lang: str) -> str:
    words = [CLASS_WORDS[kind, level][0 if lang == "zh" else 1] for level in levels]
    if len(words) == 1:
        return words[0]
    return say("open class", lang, classes=say("or", lang).join(words))


def _notes(life: Life, lang: str) -> tuple[str, ...]:
    notes = [say("note day", lang), say("note order", lang), say("note fee", lang)]
    if any(duty.estimated for duty in life.duties):
        notes.append(say("note estimate", lang))
    return tuple(f"{number}. {text}" for number, text in enumerate(notes, 1))


def _has_questions(life: Life) -> bool:
    return bool(life.questions)


def _open_section(life: Life, lang: str, number: str) -> tuple[Section, ...]:
    """What has to be stated or checked."""
    if not life.questions:
        return ()
    asks = tuple(dict.fromkeys(question.ask for question in life.questions))
    lines = tuple(f"{n}. {ask}" for n, ask in enumerate(asks[:_QUESTIONS], 1))
    return (Section(say(f"questions {number}", lang), text=lines),)


def notice_sheet(life: Life, *, park: str, lang: str = "zh") -> Sheet:
    """工作提醒告知单: what is broken, overdue or due, with clause and date, and a place to sign."""
    sections = [_broken(life, lang), _due(life, lang), *_open_section(life, lang, "three")]
    sheet = Sheet(
        kind="notice",
        title=say("notice title", lang),
        lang=lang,
        particulars=(
            (say("number", lang), say("number blank", lang)),
            (say("addressee", lang), life.project),
            *_particulars(life, park, lang)[1:],
        ),
        opening=(say("notice opening", lang, project=life.project, day=life.as_of),),
        sections=tuple(section for section in sections if section is not None),
        signatures=(
            (say("issuer", lang, park=park), say("stamp", lang), say("handler", lang), say("day", lang)),
            (say("recipient", lang, project=life.project), say("stamp", lang), say("receiver", lang), say("day", lang)),
        ),
        footer=say("footer", lang),
    )
    return polished(sheet)


def _broken(life: Life, lang: str) -> Section:
    """Breaches, and duties overdue that are not among them."""
    named = {breach.duty for breach in life.breaches}
    rows = [_breach_row(breach, lang) for breach in life.breaches]
    rows += [
        (
            duty.title,
            duty.why,
            "\n".join(cite_text(cite, lang) for cite in duty.cites[:2]),
            _penalty(duty.penalty, lang) or say("no range", lang),
        )
        for duty in life.duties
        if duty.status == "overdue" and duty.id not in named and duty.owner in _ENTERPRISE
    ]
    if not rows:
        return Section(say("broken", lang), text=(say("nothing broken", lang),))
    columns = (("number", 0.08), ("matter", 0.13), ("facts", 0.27), ("basis", 0.23), ("penalty", 0.29))
    return Section(say("broken", lang), table=_table(columns, rows, lang))


def _table(columns: Iterable[tuple[str, float]], rows: Iterable[tuple[str, ...]], lang: str) -> Table:
    heads = tuple(Column(say(f"column {key}", lang), share) for key, share in columns)
    return Table(heads, tuple((str(number), *row) for number, row in enumerate(rows, 1)))


def _breach_row(breach: Breach, lang: str) -> tuple[str, ...]:
    penalty = PenaltyResult.model_validate(breach.penalty)
    until = say("until", lang, day=breach.until) if breach.until else say("goes on", lang)
    facts = [
        f"{say('since', lang, day=breach.since)}{until}",
        breach.why,
        *([breach.disputed] if breach.disputed else []),
    ]
    return (
        breach.title,
        "\n".join(facts),
        "\n".join(cite_text(cite, lang) for cite in breach.cites),
        _penalty(penalty, lang) or say("no range", lang),
    )


def _due(life: Life, lang: str) -> Section:
    """What is to be done next, by day."""
    rows = [
        (
            duty.title,
            str(duty.due) if duty.due else duty.before,
            say_department(duty.department, lang),
            duty.step.documents if duty.step else duty.evidence,
            cite_text(duty.cite, lang),
        )
        for duty in life.duties
        if duty.status == "pending" and duty.owner in _ENTERPRISE and _is_near(duty, life.as_of)
    ]
    if not rows:
        return Section(say("due", lang), text=(say("nothing due", lang),))
    columns = (
        ("number", 0.08),
        ("matter", 0.22),
        ("deadline", 0.17),
        ("authority", 0.13),
        ("documents", 0.22),
        ("basis", 0.18),
    )
    return Section(say("due", lang), table=_table(columns, rows, lang))


def _is_near(duty: DutyLine, as_of: date) -> bool:
    """Due within a year, or the next step although no period runs yet."""
    return duty.next_step if duty.due is None else duty.due - as_of <= _HORIZON


def _penalty(found: PenaltyResult | None, lang: str) -> str:
    """The ranges for the enterprise, one a line; conflict and lighter law are said."""
    if found is None:
        return ""
    lines = [_range(item, lang) for item in found.ranges if item.target == "unit"]
    if found.conflicts:
        lines.append(say("conflict", lang))
    if found.act_law != found.decision_law and found.ranges:
        lighter = say(f"law {found.lighter}", lang) if found.lighter else say("lighter open", lang)
        lines.append(say("lighter", lang, law=lighter))
    return "\n".join(lines)


def _range(item: PenaltyLine, lang: str) -> str:
    if item.low_wan_yuan is not None and item.high_wan_yuan is not None:
        amount = say("amount", lang, low=_number(item.low_wan_yuan), high=_number(item.high_wan_yuan))
        if item.unit == "fraction":
            share = say("share", lang, low=_number(item.low * 100), high=_number(item.high * 100))
            amount = say("share in yuan", lang, share=share, amount=amount)
    elif item.unit == "fraction":
        amount = say("share", lang, low=_number(item.low * 100), high=_number(item.high * 100))
    else:
        amount = say("multiple", lang, low=_number(item.low), high=_number(item.high))
    gravity = say(f"gravity {item.gravity}", lang)
    document = say(f"document {item.document}", lang)
    return f"{document}{gravity}{amount}{say('bracket', lang, cite=cite_text(item.cite, lang))}"


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
