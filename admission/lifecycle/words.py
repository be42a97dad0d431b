"""Sentences of the life cycle, Chinese and English."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date

from admission.lifecycle.instances import Instance
from admission.lifecycle.situation import Situation

__all__ = ["event_label", "phrase", "why"]

_PHRASES: Mapping[str, tuple[str, str]] = {
    "met": ("{act}已办，{limit}", "done on {act}; {limit}"),
    "late": ("应不晚于{due}，{act}才办，逾期", "due by {due}, done on {act}: late"),
    "early": ("不得早于{floor}，{act}即办，时间不足", "not before {floor}, but done on {act}: too early"),
    "overdue": (
        "应不晚于{due}，至{as_of}未见办理记录（未填写的节点视为未办；已办请补填日期）",
        "due by {due}, not recorded by {as_of} (not recorded counts as not done; if it was done, state the day)",
    ),
    "pending": ("尚未办理，{limit}", "not done yet; {limit}"),
    "lapsed": ("期限{due}已过，此后办理须先重新审核", "the period ended on {due}: a new review comes first"),
    "unknown": ("尚不能判断，缺：{missing}", "cannot be told yet; missing: {missing}"),
    "limit": ("期限{due}", "due by {due}"),
    "no limit": ("期限尚未起算", "no period runs yet"),
    "estimated": ("（跨年节假日未公布，按周一至周五估算）", " (holidays not published yet, Monday to Friday counted)"),
    "ask": ("“{event}”是哪一天？尚未办理的，日期写“未办”", "On which day was '{event}'? If it was not done, say so"),
    "ask undone": (
        "是否已办“{event}”？已办的请填日期，未办的写“未办”",
        "Was '{event}' done? State its day, or say that it was not done",
    ),
    "contradiction": (
        "“{earlier}”{earlier_day}晚于“{later}”{later_day}，请核对：{why}",
        "'{earlier}' on {earlier_day} is after '{later}' on {later_day}; check: {why}",
    ),
    "condition": ("适用条件", "whether it applies"),
}


def phrase(key: str, lang: str, **values: object) -> str:
    """One sentence, filled in."""
    return _PHRASES[key][0 if lang == "zh" else 1].format(**values)


def event_label(event: str, at: Situation) -> str:
    """The name of a milestone."""
    known = at.ruleset.rulebook.milestones.get(event)
    return event if known is None else known.zh if at.lang == "zh" else known.en


def why(item: Instance, states: Collection[str], at: Situation) -> str:
    """One sentence on why the duty has its state."""
    lang, due = at.lang, item.limit.day
    limit = phrase("limit", lang, due=due) if due else phrase("no limit", lang)
    if item.limit.estimated:
        limit += phrase("estimated", lang)
    values = {"act": item.act, "due": due, "as_of": at.as_of, "limit": limit, "floor": _floor(item)}
    for state in ("overdue", "late", "early"):
        if state in states:
            return phrase(state, lang, **values)
    if "unknown" in states:
        return phrase("unknown", lang, missing=_missing(item, at))
    if item.act is None and item.rule.voluntary and due is not None and due < at.as_of:
        return phrase("lapsed", lang, due=due)
    return phrase("pending" if item.act is None else "met", lang, **values)


def _floor(item: Instance) -> date | None:
    return item.floor.day if item.floor else None


def _missing(item: Instance, at: Situation) -> str:
    """The labels of the days and facts that would settle it."""
    names = [event_label(event, at) for event in item.asks]
    if item.applies is None:
        facts = at.ruleset.vocabulary.facts
        names += [facts[name].label.get(at.lang) for name in at.views.needs(item.rule.when)]
    separator = "、" if at.lang == "zh" else ", "
    return separator.join(dict.fromkeys(names)) or phrase("condition", at.lang)
