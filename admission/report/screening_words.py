"""Words of the screening report (研判报告), Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["numbered", "told"]

_WORDS: Mapping[str, tuple[str, str]] = {
    "title": ("建设项目入园准入研判报告", "Admission screening report"),
    "number": ("编　　号", "Number"),
    "number blank": ("〔　　　　〕　　　号", "____________"),
    "project": ("项目名称", "Project"),
    "park": ("拟入园区", "Park"),
    "no park": ("未指定（只对照全国规则）", "not named (national rules only)"),
    "as of": ("研判日期", "As of"),
    "components": ("建设内容", "Works"),
    "component": ("{name}（{kind}）", "{name} ({kind})"),
    "unidentified": ("行业未填", "industry not stated"),
    "eia": ("环评类别", "EIA document"),
    "permit": ("排污许可", "Permit"),
    "score": ("契合度", "Fit score"),
    "points": ("{low}（满分 100）", "{low} of 100"),
    "span": ("{low}—{high}（满分 100，尚有事项未填）", "{low}–{high} of 100, some facts are missing"),
    "no score": ("没有适用的评分规则", "no criteria for this park"),
    "verdict": ("研判结论", "Verdict"),
    "open class": ("待定（{classes}）", "open ({classes})"),
    "or": ("或", " or "),
    "opening": (
        "依据研判日期有效的法律法规、产业政策、负面清单和园区准入要求（共 {count} 条），对照填报的资料，逐条研判如下。",
        "Held against the {count} clauses in force on this day: laws, industrial policy, negative lists, "
        "park requirements.",
    ),
    "because": ("主要依据", "Why"),
    "nothing hit": (
        "未发现触及禁止、限制条款的情形。",
        "No clause that prohibits or restricts applies.",
    ),
    "clear count": (
        "另有 {count} 条已核对，未触及或者不适用；{met} 条要求已满足。",
        "{count} more clauses are clear or do not apply; {met} requirements are met.",
    ),
    "missing": ("资料不足、尚不能判定的条款", "Clauses that cannot be decided yet"),
    "classes": ("环评和排污许可类别", "EIA document and permit"),
    "no entries": ("名录中没有对应的项目类别。", "No entry of the catalogues concerns the project."),
    "conditions": ("入园后各阶段须落实的条件", "Conditions of the later stages"),
    "conditions text": (
        "下列 {count} 条在环评设计和建设运行阶段落实，作为入园条件，见附表。",
        "The {count} clauses of the annex are answered in EIA, design and operation: conditions of admission.",
    ),
    "duties": ("须办理的环保手续", "What has to be filed"),
    "duties if": ("若调整后获准入园，须办理的环保手续", "What would have to be filed if it were admitted"),
    "no duties": ("没有其他手续。", "Nothing else has to be filed."),
    "criteria": ("契合度评分", "Fit score by criterion"),
    "remedies": ("整改路径", "What would lift the rejection"),
    "remedies text": (
        "以下任一做法，可使项目不再触及{cites}：",
        "Any one of these lifts {cites}:",
    ),
    "no remedies": (
        "没有找到只调整可变事项即可入园的办法。",
        "No change of what an investor can change was found.",
    ),
    "change": ("{fact}：由“{before}”改为“{after}”", "{fact}: from “{before}” to “{after}”"),
    "unknown": ("未知", "unknown"),
    "questions": ("需补充的资料", "What is still to be stated"),
    "breaches": ("涉嫌违法的情形", "Suspected breaches"),
    "since": ("{title}（自{since}起）：{why}", "{title} (since {since}): {why}"),
    "question": ("{ask}（可查：{proof}）", "{ask} (see: {proof})"),
    "more": ("另有 {count} 项，见系统。", "{count} more in the system."),
    "notes": ("说明", "Notes"),
    "note day": (
        "本报告按研判日期有效的规则和所填资料生成；资料或者规则有变化的，应重新研判。",
        "Made from the rules of the day and the facts as stated; screen again when they change.",
    ),
    "note unverified": (
        "标有“未核实”的条款尚未与原文核对，只提示人工研判，不单独作为否决依据。",
        "Clauses marked “unverified” were not read at the source: they ask for a person, they never reject.",
    ),
    "note receipt": (
        "研判凭证：{park}，{day}；规则 {rules}；事实 {facts}；{engine}。凭此可重新计算、核对结果。",
        "Receipt: {park}, {day}; rules {rules}; facts {facts}; {engine}. The result can be computed again from it.",
    ),
    "annex": ("附表　各阶段须落实的条件", "Annex: conditions of the later stages"),
    "maker": ("研判单位：{park}", "Screened by: {park}"),
    "stamp": ("（盖章）", "(stamp)"),
    "handler": ("研判人：", "Screened by:"),
    "reviewer": ("审核人：", "Checked by:"),
    "day": ("　　　年　　月　　日", "Date:"),
    "checker": ("审核意见：", "Opinion:"),
    "footer": (
        "本报告供入园准入审查使用，不替代环评审批、排污许可等行政许可。",
        "For the admission review of the park; it replaces no licence.",
    ),
    "unverified": ("〔未核实〕", " [unverified]"),
    "column number": ("序号", "No."),
    "column clause": ("条款", "Clause"),
    "column result": ("判定", "Result"),
    "column reason": ("理由", "Reason"),
    "column department": ("部门", "Authority"),
    "column needs": ("还缺什么", "What is missing"),
    "column entry": ("名录项目", "Entry"),
    "column component": ("建设内容", "Work"),
    "column class": ("类别", "Class"),
    "column matter": ("手续", "Matter"),
    "column deadline": ("时限", "When"),
    "column basis": ("依据", "Basis"),
    "column state": ("情况", "State"),
    "column criterion": ("指标", "Criterion"),
    "column weight": ("权重", "Weight"),
    "column points": ("得分", "Points"),
    "column stage": ("阶段", "Stage"),
    "entry": ("第{entry}项 {title}", "entry {entry}, {title}"),
    "remedy": ("整改：{remedy}", "Remedy: {remedy}"),
    "weight": ("{weight}%", "{weight} %"),
    "by": ("（{day}前）", "(by {day})"),
    "semicolon": ("；", "; "),
    "comma": ("、", ", "),
}
_NUMERALS = "一二三四五六七八九十"


def told(key: str, lang: str, **values: object) -> str:
    """One phrase, filled in."""
    return _WORDS[key][0 if lang == "zh" else 1].format(**values)


def numbered(position: int, title: str, lang: str) -> str:
    """A heading with its number: 一、主要依据."""
    return f"{_NUMERALS[position - 1]}、{title}" if lang == "zh" else f"{position}. {title}"
