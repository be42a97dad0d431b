"""Reading what people write into forms: days, parks; what is wrong is told beside the form, all at once."""

from __future__ import annotations

from datetime import date

from admission.rulebook import Rulebook
from admission.vocabulary import parse_date

__all__ = ["day_of", "park_of"]


def day_of(text: str, problems: list[str], what: str) -> date | None:
    """The day somebody wrote, None for nothing; anything else is told in `problems`."""
    wanted = text.strip()
    day = parse_date(wanted) if wanted else None
    if wanted and day is None:
        problems.append(f"{what}“{wanted}”应写作 年-月-日，如 2026-11-24")
    return day


def park_of(text: str, rulebook: Rulebook) -> str | None:
    """The park chosen, None for none or one that the rulebook does not have."""
    return text if text in rulebook.parks else None
