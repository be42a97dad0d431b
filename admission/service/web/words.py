"""Chinese words for what the pages show, and how they write times, amounts and shares."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from admission.audit.labels import COLUMNS, LEVELS, VALUES
from admission.record.ledger import STATES
from admission.record.times import CHINA
from admission.rulebook import Cite, Period
from admission.rulebook.workbook_layout import CHOICES

__all__ = [
    "FILTERS",
    "KIND_WORDS",
    "cite_text",
    "count",
    "days_left",
    "moment",
    "percent",
    "period_text",
    "say",
    "status_text",
]

KIND_WORDS: Mapping[str, str] = {
    "eia": "环评名录",
    "permit": "排污许可名录",
    "list": "清单条款",
    "duty": "义务",
    "score": "评分",
    "life": "全过程义务",
    "question": "人工研判问题",
    "penalty": "罚则",
    "change": "重大变动情形",
}
"""Kind of a rule → what it is called."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    **CHOICES,
    **LEVELS,
    "": VALUES,
    "kind": KIND_WORDS,
    "column": COLUMNS,
    "problem": dict(STATES.items()),
    "position": {"agree": "同意", "conditional": "有条件同意", "object": "不同意"},
    "result": {"agreed": "同意入园", "agreed_with_conditions": "有条件同意入园", "not_agreed": "不同意入园"},
    "job": {
        "waiting": "排队中",
        "running": "正在审计",
        "done": "已完成",
        "failed": "未能完成",
        "cancelled": "已取消",
        "expired": "已过期",
    },
    "policy": {"unanimous": "一致同意", "lead": "牵头部门决定"},
    "silence": {"waits": "逾期未签的部门继续等待", "agrees": "逾期未签视为同意"},
    "role": {"clerk": "经办人", "reviewer": "部门审查人", "administrator": "管理员", "machine": "系统接口"},
    "step": {
        "review.opened": "发起联合审查",
        "review.opinion": "签署意见",
        "review.judgement": "答复研判问题",
        "review.closed": "办结",
        "problem.opened": "立案",
        "problem.assigned": "交办",
        "problem.evidence": "提交整改材料",
        "problem.rectified": "报告整改完成",
        "problem.rechecked": "复查",
        "problem.closed": "销号",
        "problem.reopened": "重新立案",
    },
}


def say(value: object, group: str = "") -> str:
    """The Chinese word for a value of a group, or the value itself; sets joined by `;` word by word."""
    words = _WORDS.get(group, VALUES)
    return "、".join(str(words.get(part, part)) for part in str(value).split(";"))


def moment(at: str | datetime | None) -> str:
    """`2026-11-24 12:00`, the time in China; empty without one."""
    if at is None:
        return ""
    found = datetime.fromisoformat(at) if isinstance(at, str) else at
    return f"{found.astimezone(CHINA):%Y-%m-%d %H:%M}"


def period_text(period: Period) -> str:
    """`2021-03-01 起` or `2021-03-01 至 2026-08-14`."""
    return f"{period.start} 起" if period.end is None else f"{period.start} 至 {period.end}"


def cite_text(cite: Cite | Mapping[str, Any]) -> str:
    """`《文件》（文号）条款`."""
    found = cite if isinstance(cite, Cite) else Cite.model_validate(cite)
    number = f"（{found.number}）" if found.number else ""
    return f"《{found.document}》{number}{found.article or ''}"


def status_text(status: str, confidence: str | None = None) -> str:
    """`已核实，把握高`."""
    return CHOICES["status"][status] + (f"，把握{CHOICES['confidence'][confidence]}" if confidence else "")


def percent(share: float | None) -> str:
    """`66.7%`; what cannot be calculated is said so."""
    return "不能计算" if share is None else f"{share:.1%}"


def count(number: float | None) -> str:
    """`12,345` or `1.25`; a dash for what is not known."""
    return "—" if number is None else f"{number:,.6g}" if isinstance(number, float) else f"{number:,}"


def days_left(day: date, today: date) -> str:
    """`还有 3 天`, `今天`, `已逾期 2 天`."""
    days = (day - today).days
    return "今天到期" if days == 0 else f"还有 {days} 天" if days > 0 else f"已逾期 {-days} 天"


FILTERS = {
    "say": say,
    "moment": moment,
    "period": period_text,
    "source": cite_text,
    "status_text": status_text,
    "percent": percent,
    "count": count,
    "days_left": days_left,
}
"""What templates call them."""
