"""Phrases of the audit commands, Chinese and English; part of `words.PHRASES`."""

from __future__ import annotations

__all__ = ["AUDIT_PHRASES"]

AUDIT_PHRASES: dict[str, tuple[str, str]] = {
    "auditing": ("已研判 {count} 家企业", "{count} enterprises done"),
    "audit head": ("批量审计：{count} 家企业，{as_of}", "Audit of {count} enterprises, {as_of}"),
    "audit verdict": ("{verdict}：{count} 家", "{verdict}: {count}"),
    "audit contradicts": ("填报自相矛盾，未作结论：{count} 家", "contradict themselves, no verdict: {count}"),
    "audit findings": (
        "问题 {problem} 个，需人工研判 {review} 个，待补充资料 {unknown} 个",
        "{problem} problems, {review} to be judged by a person, {unknown} undecided for want of facts",
    ),
    "audit ledger": (
        "问题台账：新增 {new}，未整改 {open}，反弹 {reopened}，已销号 {closed}",
        "Ledger: {new} new, {open} still open, {reopened} reopened, {closed} closed",
    ),
    "audit rate": (
        "环评应办 {due} 家：已办 {done}，未办 {not_done}，未知 {unknown}；执行率 {rate}",
        "EIA due for {due}: {done} done, {not_done} not, {unknown} unknown; rate {rate}",
    ),
    "audit errors": (
        "{count} 处填写问题，已按未知处理；前 {shown} 处：",
        "{count} cells, headings or rows could not be used and count as unknown; the first {shown}:",
    ),
    "audit error": ("{place}：{reason}", "{place}: {reason}"),
    "audit written": ("结果已写入 {file}", "Written to {file}"),
    "impact head": ("{before} → {after}", "{before} → {after}"),
    "impact none": ("没有企业的结论或类别改变。", "No verdict and no class changes."),
    "impact count": ("结论或类别改变的企业：{count} 家", "Enterprises whose verdict or class changes: {count}"),
    "impact move": (
        "{changed}：{before} → {after}，{count} 家",
        "{changed}: {before} → {after}, {count} enterprises",
    ),
    "impact problems": (
        "另有 {count} 家企业的问题或待研判事项改由别的条款规定",
        "For {count} enterprises problems or questions stand under other clauses",
    ),
    "impact clauses": ("起作用的条款：", "The clauses that make the difference:"),
    "impact clause": ("{rule}（{since} 起）：{count} 处", "{rule} (from {since}): {count}"),
    "contradicts": ("填报自相矛盾", "contradicts itself"),
    "changed verdict": ("结论", "verdict"),
    "changed eia": ("环评类别", "EIA class"),
    "changed permit": ("排污许可类别", "permit class"),
    "no rate": ("不能计算（没有已知的办理情况）", "cannot be computed (nothing known)"),
}
