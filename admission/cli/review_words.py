"""Phrases of the commands that review the rules, Chinese and English; part of `words.PHRASES`."""

from __future__ import annotations

__all__ = ["REVIEW_PHRASES"]

REVIEW_PHRASES: dict[str, tuple[str, str]] = {
    "notice": ("提示：{text}", "Notice: {text}"),
    "cases": ("案例：{passed} 个相符，{failed} 个不符", "Cases: {passed} as expected, {failed} not"),
    "cases of file": ("{file}：{passed} 个相符，{failed} 个不符", "{file}: {passed} as expected, {failed} not"),
    "case differs": ("{rule}：应为 {expected}，得到 {found}", "{rule}: expected {expected}, found {found}"),
    "not asked": ("没有询问 {missing}；询问的是 {asked}", "not asked for: {missing}; asked: {asked}"),
    "in all": ("合计", "in all"),
    "truth true": ("成立", "true"),
    "truth false": ("不成立", "false"),
    "truth unknown": ("待定", "undecided"),
    "branch": ("{rule} {field}：没有案例使其{truth}：{part}", "{rule} {field}: never {truth}: {part}"),
    "no case rule": ("{rule}：没有案例{value}", "{rule}: no case{value}"),
    "no case outcome": ("{rule}：没有案例的结果是 {value}", "{rule}: no case comes out as {value}"),
    "no case period": ("{rule}：没有案例在有效期外（{value}）", "{rule}: no case outside its period ({value})"),
    "pages written": ("写入 {count} 页到 {folder}", "{count} pages written to {folder}"),
    "unreachable": (
        "{table} 的任何代码都走不到的分支：{count} 处，不计。",
        "Unreachable with any code of {table}: {count}; these do not count.",
    ),
    "equivalent": (
        "另有 {count} 个改动不影响结果，不计。",
        "{count} more changes make no difference and do not count.",
    ),
}
