"""The figures of an audit as tables for a page; each that can be drawn says how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from admission.audit.labels import LEVELS, word
from admission.service.web.words import count, percent

__all__ = ["FigureTable", "headline", "tables"]

Json = Mapping[str, Any]
_STATES = ("held", "expired", "missing", "unknown")


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A table; its columns `drawn` (positions from 1) make a chart of the kind `chart`, `links` go with the rows."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    chart: Literal["pie", "bar", "stacked", ""] = ""
    drawn: tuple[int, ...] = (1,)
    note: str = ""
    links: tuple[str, ...] = ()


def headline(figures: Json) -> list[tuple[str, str, str]]:
    """What stands above all: name, figure, what it is of."""
    rate, problems = figures["eia_execution"], figures["problems"]
    left = sum(problems.get(state, 0) for state in ("new", "open", "reopened"))
    rejected = figures["verdicts"]["reject"]
    return [
        ("审计企业", f"{count(figures['enterprises'])} 家", f"{figures['as_of']} 的规则"),
        (
            "环评执行率",
            percent(rate["rate"]),
            f"已办 {rate['done']}，未办 {rate['not_done']}，未知 {rate['unknown']}",
        ),
        ("未销号问题", f"{count(left)} 个", f"其中新增 {problems.get('new', 0)}，反弹 {problems.get('reopened', 0)}"),
        ("不予入园", f"{count(rejected)} 家", f"需人工研判 {figures['verdicts']['review']} 家"),
        (
            "资料不足",
            f"{count(figures['verdicts']['incomplete'])} 家",
            f"待补充 {count(figures['findings']['unknown'])} 项",
        ),
        ("填写问题", f"{count(figures['errors'])} 处", "按未知处理"),
    ]


def tables(figures: Json) -> list[FigureTable]:
    """Every table of the figures, in reading order."""
    return [
        _verdicts(figures),
        _ledger(figures),
        _rates(figures),
        _permits(figures),
        _departments(figures),
        _sectors(figures),
        *(_levels(kind, title, figures) for kind, title in (("eia", "环评类别"), ("permit", "排污许可类别"))),
        _amounts(figures),
    ]


def _verdicts(figures: Json) -> FigureTable:
    found = {name: number for name, number in figures["verdicts"].items() if number or name != "contradicts"}
    links = tuple(f"enterprises?verdict={name}" for name in found)
    return FigureTable("结论", ("结论", "企业数"), tuple((word(n), k) for n, k in found.items()), "pie", links=links)


def _ledger(figures: Json) -> FigureTable:
    states = ("new", "open", "reopened", "closed")
    rows = tuple((word(state), figures["problems"].get(state, 0)) for state in states)
    return FigureTable("问题台账", ("状态", "问题数"), rows, "bar", links=tuple(f"ledger?status={s}" for s in states))


def _rates(figures: Json) -> FigureTable:
    named = {"环评审批与备案": figures["eia_execution"]}
    named |= {word(stage): rate for stage, rate in figures["three_simultaneities"].items()}
    rows = tuple(
        (name, r["done"], r["not_done"], r["unknown"], r["due"], percent(r["rate"])) for name, r in named.items()
    )
    heads = ("事项", "已办", "未办", "未知", "应办", "执行率")
    return FigureTable(
        "环评与三同时执行", heads, rows, "stacked", (1, 2, 3), "执行率只按已知的算：已办 ÷（已办＋未办）。"
    )


def _permits(figures: Json) -> FigureTable:
    rows = tuple(
        (LEVELS["permit"].get(level, word(level)), *(counts[state] for state in _STATES))
        for level, counts in figures["permits"].items()
    )
    return FigureTable("排污许可", ("管理类别", "持证", "过期", "无证", "未知"), rows, "stacked", (1, 2, 3, 4))


def _departments(figures: Json) -> FigureTable:
    kinds = ("problem", "review", "unknown")
    rows = _sorted((name, *(found.get(kind, 0) for kind in kinds)) for name, found in figures["by_department"].items())
    links = tuple(f"ledger?department={quote(row[0])}" for row in rows)
    return FigureTable("按部门", ("部门", "问题", "需研判", "待补充"), rows, "bar", (1, 2), links=links)


def _sectors(figures: Json) -> FigureTable:
    verdicts = tuple(name for name in figures["verdicts"] if any(f.get(name) for f in figures["by_sector"].values()))
    found = sorted(figures["by_sector"].items(), key=lambda item: (-sum(item[1].get(v, 0) for v in verdicts), item[0]))
    rows = tuple(
        (word(name), *(counts.get(v, 0) for v in verdicts), counts.get("problem", 0)) for name, counts in found
    )
    heads = ("行业", *map(word, verdicts), "问题")
    drawn = tuple(range(1, len(verdicts) + 1))
    links = tuple(f"enterprises?sector={quote(name)}" for name, _ in found)
    return FigureTable("按行业", heads, rows, "stacked", drawn, links=links)


def _levels(kind: str, title: str, figures: Json) -> FigureTable:
    rows = tuple((LEVELS[kind].get(level, word(level)), number) for level, number in figures["classes"][kind].items())
    return FigureTable(title, ("类别", "企业数"), rows, "pie")


def _amounts(figures: Json) -> FigureTable:
    air = figures["air"]
    named = {"氮氧化物": air["nox"], "挥发性有机物": air["vocs"]}
    named |= {"一般工业固体废物": figures["solid_waste"], "危险废物": figures["hazardous_waste"]}
    rows = tuple(
        (name, count(float(v["t_per_year"])), v.get("stated", 0), v.get("unknown", 0)) for name, v in named.items()
    )
    return FigureTable("污染物与固体废物", ("项目", "合计（吨/年）", "已填报家数", "未知家数"), rows)


def _sorted(rows: Any) -> tuple[tuple[Any, ...], ...]:
    found: Sequence[tuple[Any, ...]] = list(rows)
    return tuple(sorted(found, key=lambda row: (-sum(row[1:-1]), row[0])))
