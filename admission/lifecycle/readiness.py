"""三同时 readiness: design, construction, operation, each with its duties, their state and a score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from admission.lifecycle.results import DutyLine, PhaseReadiness, Readiness
from admission.screening.decision import PhaseCount

__all__ = ["phase_count", "readiness"]

_FULL = 100
_TITLES: Mapping[str, tuple[str, str]] = {
    "design": ("同时设计", "designed together"),
    "construction": ("同时施工", "built together"),
    "operation": ("同时投产使用", "put into use together"),
}


def readiness(duties: Iterable[DutyLine], lang: str) -> Readiness:
    """The share of duties that are met, 0–100; an undecided one counts nothing below and in full above.

    A duty done late counts as met: what it asked for is there. Without any duty a phase is ready.
    """
    found = [duty for duty in duties if duty.phase is not None]
    phases = tuple(_phase(name, [d for d in found if d.phase == name], lang) for name in _TITLES)
    return Readiness(low=_share(found, low=True), high=_share(found, low=False), phases=phases)


def phase_count(phase: PhaseReadiness) -> PhaseCount:
    """How many duties of the phase stand how, as the fit score counts them."""
    return PhaseCount.model_validate({name: getattr(phase, name) for name in PhaseCount.model_fields})


def _phase(name: str, duties: list[DutyLine], lang: str) -> PhaseReadiness:
    count = Counter(duty.status for duty in duties)
    return PhaseReadiness.model_validate(
        {
            "phase": name,
            "title": _TITLES[name][0 if lang == "zh" else 1],
            "duties": tuple(duty.id for duty in duties),
            "met": count["met"],
            "pending": count["pending"],
            "overdue": count["overdue"],
            "unknown": count["unknown"],
            "low": _share(duties, low=True),
            "high": _share(duties, low=False),
        }
    )


def _share(duties: list[DutyLine], *, low: bool) -> float:
    if not duties:
        return float(_FULL)
    met = sum(duty.status == "met" or (duty.status == "unknown" and not low) for duty in duties)
    return round(_FULL * met / len(duties), 1)
