"""Chinese words for the columns and values of the workbook."""

from __future__ import annotations

from collections.abc import Mapping

from admission.rulebook import Cite

__all__ = ["COLUMNS", "LEVELS", "VALUES", "cited", "lines", "word"]

_WIDE = "\u2e80"
"""From here on characters are twice as wide."""

LEVELS: Mapping[str, Mapping[str, str]] = {
    "eia": {"report": "报告书", "form": "报告表", "registration": "登记表", "none": "不纳入环评管理"},
    "permit": {"key": "重点管理", "simplified": "简化管理", "registration": "登记管理", "none": "不纳入排污许可管理"},
}
"""Class → what it is called, by catalogue."""

VALUES: Mapping[str, str] = {
    "admit": "准予入园",
    "conditional": "有条件入园",
    "incomplete": "资料不足",
    "review": "需人工研判",
    "reject": "不予入园",
    "contradicts": "填报自相矛盾",
    "undecided": "尚不能确定",
    "hit": "命中",
    "clear": "不涉及",
    "unknown": "待定",
    "met": "已满足",
    "unmet": "未满足",
    "not_applicable": "不适用",
    "prohibit": "禁止",
    "restrict": "限制",
    "require": "要求",
    "encourage": "鼓励",
    "spatial_layout": "空间布局约束",
    "pollutant_discharge": "污染物排放管控",
    "environmental_risk": "环境风险防控",
    "resource_efficiency": "资源利用效率",
    "industry_policy": "产业政策",
    "new": "新增",
    "open": "未整改",
    "closed": "已销号",
    "reopened": "反弹",
    "done": "已办",
    "not_done": "未办",
    "due": "应办",
    "may_be_due": "是否应办不清",
    "held": "持证",
    "expired": "过期",
    "missing": "无证",
    "problem": "问题",
    "problem_findings": "问题",
    "notice": "提示",
    "design": "同时设计",
    "construction": "同时施工",
    "operation": "同时投产使用",
    "acceptance": "竣工验收",
    "breach": "违法情形",
    "disputed": "违法情形（规定不一）",
    "overdue": "逾期",
    "pending": "未到期",
    "going_on": "持续",
    "ended": "已终止",
    "changes_reject": "结论（可能不予入园）",
    "changes_review": "结论（可能需研判）",
    "changes_conditional": "结论（可能附条件）",
    "changes_incomplete": "结论",
    "changes_admit": "结论",
    "changes_eia": "环评类别",
    "changes_permit": "排污许可类别",
    "yes": "有",
    "no": "无",
    "stated": "已填报",
    "rate": "执行率",
    "eia_done": "环评已办",
    "eia_not_done": "环评未办",
    "eia_unknown": "环评办理情况未知",
}
"""Values of a result → Chinese."""

COLUMNS: Mapping[str, str] = {
    "row": "行号",
    "enterprise": "企业",
    "components": "建设内容数",
    "component": "建设内容",
    "verdict": "结论",
    "possible_verdicts": "可能的结论",
    "eia": "环评类别",
    "eia_possible": "可能的环评类别",
    "permit": "排污许可类别",
    "permit_possible": "可能的排污许可类别",
    "rule": "规则编号",
    "title": "条款内容",
    "outcome": "判定",
    "effect": "条款性质",
    "severity": "严重程度",
    "dimension": "维度",
    "department": "责任部门",
    "citation": "依据",
    "needs": "待补充",
    "status": "状态",
    "found_on": "首次发现",
    "seen_on": "最近一次发现",
    "deadline": "整改期限",
    "closed_on": "销号日期",
    "fingerprint": "问题编号",
    "fact": "待补充指标",
    "ask": "怎么问",
    "unit": "单位",
    "proof": "看什么材料",
    "clauses": "关系到的条款数",
    "changes": "能改变什么",
    "enterprises": "涉及企业数",
    "first": "先问（项）",
    "after": "随后可能要问（项）",
    "later": "设计、运行阶段再问（项）",
    "duties": "待定的义务（项）",
    "overdue": "逾期义务",
    "breaches": "违法情形",
    "breach": "违法情形",
    "duty": "义务编号",
    "duty_title": "义务",
    "due": "期限",
    "since": "自",
    "until": "至（空：持续）",
    "disputed": "规定不一",
    "fine": "一般罚款幅度（万元）",
    "law": "适用法律",
    "barred": "已过追责时效",
    "barred_after": "追责时效至",
    "daily_fine_from": "按日计罚起算",
    "table": "表",
    "column": "列",
    "cell": "单元格",
    "value": "填写内容",
    "reason": "原因",
    "code": "问题代码",
    "sector": "行业",
    "nox_t_per_year": "氮氧化物（t/a）",
    "voc_t_per_year": "VOCs（t/a）",
    "contradicts": "自相矛盾",
    "hit": "命中条款",
    "unmet": "未满足条款",
    "review": "需研判条款",
    "unknown": "待定条款",
}
"""Columns of result tables → Chinese headings."""


def word(value: object, catalogue: str = "") -> str:
    """The Chinese word for a value, sets joined by `;` word by word; the value itself where there is none."""
    words = LEVELS.get(catalogue.removesuffix("_possible"), VALUES)
    return "、".join(words.get(part, part) for part in str(value).split(";"))


def cited(cite: Cite) -> str:
    """A citation in one line: document and article."""
    return f"{cite.document} {cite.article}" if cite.article else cite.document


def lines(text: str, width: int) -> int:
    """How many lines a text takes in a column of a sheet, `width` narrow characters wide."""
    room = width - 2
    if 2 * len(text) <= room:
        return 1
    return -(-sum(1 + (char >= _WIDE) for char in text) // room)
