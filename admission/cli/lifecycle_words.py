"""Phrases of `admission lifecycle`, Chinese and English; both take the same values, checked on import."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

__all__ = ["PHRASES", "tell"]

PHRASES: Mapping[str, tuple[str, str]] = {
    "comma": ("、", ", "),
    "no flow of a park": (
        "办理流程面向项目，园区本身没有办理步骤；园区的义务请用 --handout notice",
        "the process sheet is for projects; a park has no such steps, use --handout notice for its duties",
    ),
    "park itself": ("对象：园区本身", "Subject: the park itself"),
    "readiness": ("三同时落实度 {score}（{phases}）", "Three simultaneities: {score} ({phases})"),
    "phase": ("{title} {met}/{all}", "{title} {met}/{all}"),
    "contradictions": ("日期矛盾（按未知处理，请更正）", "Contradictory dates (treated as unknown; correct them)"),
    "contradiction": (
        "{earlier} {earlier_day} 晚于 {later} {later_day}：{why}",
        "{earlier} {earlier_day} is after {later} {later_day}: {why}",
    ),
    "breaches": ("违法情形", "Breaches"),
    "no breach": ("由已填的节点看，没有发现", "Nothing found, as far as the milestones show"),
    "breach": ("{title}：自 {since} 起{until}", "{title}: since {since}{until}"),
    "until": ("，至 {day}", ", until {day}"),
    "goes on": ("，持续中", ", going on"),
    "disputed": ("有不同口径：{text}", "Norms differ: {text}"),
    "basis": ("依据：{cites}", "Basis: {cites}"),
    "range": ("{head}：{amount}（{cite}）", "{head}: {amount} ({cite})"),
    "amount": ("{low}–{high} 万元", "{low}–{high} wan yuan (10k CNY)"),
    "share": ("{base}的 {low}%–{high}%", "{low}–{high} % of the {base}"),
    "multiple": ("{base}的 {low}–{high} 倍", "{low}–{high} times the {base}"),
    "that is": ("，即 {low}–{high} 万元", ", that is {low}–{high} wan yuan (10k CNY)"),
    "base total_investment": ("总投资额", "total investment"),
    "base fee": ("所收费用", "fee"),
    "base disposal_cost": ("所需处置费用", "cost of disposal"),
    "law pre_code": ("法典施行前", "before the Code"),
    "law code": ("法典施行后", "since the Code"),
    "law None": ("轻重尚不能判断", "cannot be told yet"),
    "target unit": ("单位", "unit"),
    "target person": ("责任人员", "persons"),
    "target agency": ("编制单位", "consultant"),
    "gravity serious": ("情节严重", "serious"),
    "gravity overdue": ("逾期不改正", "not corrected"),
    "gravity refuse": ("拒不改正", "refusing"),
    "gravity per_time": ("每次", "each time"),
    "document report": ("报告书项目", "EIA report"),
    "document form": ("报告表项目", "EIA form"),
    "document registration": ("登记表项目", "registration"),
    "conflict": (
        "两个并存的规范幅度不同：同一行为择高，以执法机关认定为准",
        "Norms in force together differ: one act is fined under the higher; the authority decides",
    ),
    "lighter": ("行为时与决定时法律不同，从旧兼从轻：{law}", "The law changed since the act; lighter law: {law}"),
    "daily": ("拒不改正的，自 {day} 起可按日连续处罚", "Fines by the day may run from {day}"),
    "barred": ("处罚时效已过（{day}，造成后果的 {harm}）", "Barred since {day} (with harm {harm})"),
    "not barred": ("处罚时效至 {day}（造成后果的至 {harm}）", "May be fined until {day} (with harm {harm})"),
    "perhaps barred": (
        "时效：未造成后果的至 {day}，造成后果的至 {harm}",
        "Prescription: {day} without harm, {harm} with harm",
    ),
    "overdue": ("逾期未办", "Overdue"),
    "due": ("待办事项", "To do"),
    "duty": ("{title}：{due}{who}", "{title}: {due}{who}"),
    "by": ("{day} 前", "by {day}"),
    "estimated": ("（节假日未公布，估算）", " (holidays not published, estimated)"),
    "authority": ("（审批部门的期限）", " (the authority's own period)"),
    "detail": ("{cite} · {department}", "{cite} · {department}"),
    "more": ("另有 {count} 项，见 --format json", "{count} more in --format json"),
    "counts": (
        "义务 {all} 项：已办 {met}（其中逾期办理 {late}），待定 {unknown}",
        "{all} duties: {met} met ({late} of them late), {unknown} undecided",
    ),
    "changes": ("重大变动逐项判定", "Material change, item by item"),
    "item": ("第{item}项 {title}：{why}", "item {item} {title}: {why}"),
    "not material": ("其余 {count} 项不属重大变动", "{count} other items are not material"),
    "hits": ("人工认定的问题", "Found by a person"),
    "hit": ("{title}。{entails}", "{title}. {entails}"),
    "reviews": (
        "另有 {count} 个须由人回答的问题，见 --format json 的 judgements",
        "{count} questions for a person: see judgements in --format json",
    ),
    "questions": ("需补充的信息", "To be stated"),
    # admission rules list and show
    "show law": ("罚则", "range"),
    "show when": ("适用", "applies when"),
    "show trigger": ("起因", "arises with"),
    "show question": ("问题", "question"),
    "show entails": ("后果", "entails"),
    "show department": ("部门", "department"),
    "show cite": ("依据", "basis"),
    "show penalty": ("罚则", "range"),
    "show status": ("状态", "status"),
    "show source": ("出处", "source"),
    "show do": ("办理", "done by"),
    "show before": ("期限", "when"),
    "show evidence": ("证据", "proof"),
    "show breach": ("违反即", "else"),
    "show explanation": ("说明", "note"),
    "unit wan_yuan": ("{low}–{high} 万元", "{low}–{high} wan yuan (10k CNY)"),
    "unit fraction": ("总投资额的 {low}%–{high}%", "{low}–{high} % of the total investment"),
    "unit multiple": ("相应费用的 {low}–{high} 倍", "{low}–{high} times the fee or cost"),
}


def _fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


_UNEVEN = [key for key, (zh, en) in PHRASES.items() if _fields(zh) != _fields(en)]
if _UNEVEN:
    raise AssertionError(f"phrases differ between languages: {_UNEVEN}")


def tell(key: str, lang: str, **values: object) -> str:
    """One phrase, filled in."""
    return PHRASES[key][0 if lang == "zh" else 1].format(**values)
