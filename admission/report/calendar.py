"""Deadlines as an iCalendar file (RFC 5545): one all-day event for every duty that is still to be done."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import timedelta

from admission.lifecycle.results import DutyLine, Life
from admission.report.sheets import cite_text, say_department
from admission.report.words import say

__all__ = ["calendar"]

_OCTETS = 73
_OPEN = ("pending", "overdue", "unknown")
_ALARM_DAYS = 7


def calendar(life: Life, *, lang: str = "zh") -> bytes:
    """The calendar of one project: UTF-8, CRLF, lines folded at 75 octets; the same life gives the same bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//admission//lifecycle//ZH", "CALSCALE:GREGORIAN"]
    lines.append(f"X-WR-CALNAME:{_escaped(say('calendar', lang))}")
    for duty in life.duties:
        if duty.due is not None and duty.status in _OPEN and duty.owner != "authority":
            lines.extend(_event(duty, life, lang))
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line)).encode()


def _event(duty: DutyLine, life: Life, lang: str) -> Iterator[str]:
    assert duty.due is not None
    digest = hashlib.sha256(f"{life.project}|{duty.id}".encode()).hexdigest()[:32]
    department = say_department(duty.department, lang)
    text = say("event text", lang, why=duty.why, cite=cite_text(duty.cite, lang), department=department)
    yield "BEGIN:VEVENT"
    yield f"UID:{digest}@admission"
    yield f"DTSTAMP:{life.as_of:%Y%m%d}T000000Z"
    yield f"DTSTART;VALUE=DATE:{duty.due:%Y%m%d}"
    if duty.due < duty.due.max:
        yield f"DTEND;VALUE=DATE:{duty.due + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{_escaped(say('event', lang, title=duty.title, project=life.project))}"
    yield f"DESCRIPTION:{_escaped(text)}"
    yield f"CATEGORIES:{duty.status.upper()}"
    yield "TRANSP:TRANSPARENT"
    yield "BEGIN:VALARM"
    yield "ACTION:DISPLAY"
    yield f"DESCRIPTION:{_escaped(duty.title)}"
    yield f"TRIGGER:-P{_ALARM_DAYS}D"
    yield "END:VALARM"
    yield "END:VEVENT"


def _escaped(text: str) -> str:
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def _folded(line: str) -> Iterator[str]:
    """The line in parts of at most 75 octets, never through a character."""
    part, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > _OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + character, size + octets
    yield part
