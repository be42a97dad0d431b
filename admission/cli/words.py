"""Labels and phrases of the command line in Chinese and English.

Every verdict, outcome, effect, class … has a label in both languages, and every phrase takes the
same values in both; this is checked when the module is imported.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from string import Formatter
from typing import get_args

from admission.cli.ask_words import ASK_PHRASES
from admission.cli.audit_words import AUDIT_PHRASES
from admission.cli.decision_words import DECISION_PHRASES
from admission.cli.record_words import RECORD_PHRASES
from admission.cli.review_words import REVIEW_PHRASES
from admission.cli.service_words import SERVICE_PHRASES
from admission.report.labels import CLASSES, DUTY_STATUS, LABELS, LANGUAGES, Pair, departments, label
from admission.rulebook import Catalogue, Period
from admission.screening.decision import DutyResult

__all__ = ["CLASSES", "DUTY_STATUS", "LABELS", "LANGUAGES", "PHRASES", "departments", "label", "period_text", "say"]

PHRASES: Mapping[str, Pair] = {
    **ASK_PHRASES,
    **AUDIT_PHRASES,
    **REVIEW_PHRASES,
    **RECORD_PHRASES,
    **SERVICE_PHRASES,
    **DECISION_PHRASES,
    # wrong input
    "missing": ("找不到文件；应为可读的文件；请检查路径", "file not found; expected a readable file; check the path"),
    "directory": (
        "是文件夹；应为文件；请写出其中的文件，如 {path}/*.yaml",
        "is a folder; expected a file; name the files in it, e.g. {path}/*.yaml",
    ),
    "unreadable": (
        "没有读取权限；应为可读的文件；请检查权限",
        "may not be read; expected a readable file; check its mode",
    ),
    "input failed": (
        "读取失败：{reason}；应为可读的文件；请检查",
        "cannot be read: {reason}; expected a readable file; check it",
    ),
    "no stdin": (
        "标准输入已关闭；应有内容；请用管道传入或写文件名",
        "standard input is closed; expected content; pipe it in",
    ),
    "cannot write": (
        "无法写入：{reason}；应为可写的位置；请换一个",
        "cannot write: {reason}; expected a writable place; choose another",
    ),
    "folder": ("是文件夹", "is a folder"),
    "no rules": (
        "没有规则文件；应有版本说明和指标字典；请检查 --rules",
        "holds no rules; expected editions and a vocabulary; check --rules",
    ),
    "no fact": (
        "指标字典缺少 {name}；研判离不开它；请把 rules/vocabulary 一并给出",
        "the vocabulary lacks {name}; screening needs it; give rules/vocabulary as well",
    ),
    "failed": (
        "程序内部错误（{error}）；不应出现；请附上输入反馈，设 ADMISSION_DEBUG=1 可见详情",
        "internal error ({error}); this should not happen; report it with the input, ADMISSION_DEBUG=1 shows details",
    ),
    # industry
    "code": ("代码", "Code"),
    "name": ("名称", "Name"),
    "path": ("上级", "Above"),
    "no industry": (
        "GB/T 4754-2017 中没有与“{words}”相符的行业；请换几个字，或写 2 至 4 位代码",
        "no industry of GB/T 4754-2017 fits '{words}'; try other Chinese words or a code of 2 to 4 digits",
    ),
    "hazard": ("危险特性", "Hazard"),
    "no waste": (
        "{list}中没有与“{words}”相符的废物；请换几个字，或写类别（HW49）或 8 位代码",
        "nothing in the list fits '{words}' ({list}); try other words, a category (HW49) or a code of 8 digits",
    ),
    "waste list": (
        "{list}，{first}至{last}有效；其他日期请对照当日有效的名录。T,I：前者为主，后者可能有；T/C：有其一或几种。",
        "{list}, in force {first} to {last}; on other days check the list of the day. T,I: the first is the main"
        " property, the others are possible; T/C: one or more of them.",
    ),
    # rules
    "kind eia": ("环评名录条目", "EIA catalogue entries"),
    "kind permit": ("排污许可名录条目", "permit catalogue entries"),
    "kind list": ("清单条目", "list clauses"),
    "kind duty": ("义务", "duties"),
    "kind score": ("评分项", "score criteria"),
    "kind life": ("全过程义务", "life-cycle duties"),
    "kind question": ("须由人回答的问题", "questions for a person"),
    "kind penalty": ("罚则", "penalty ranges"),
    "kind change": ("重大变动情形", "material changes"),
    "kind fact": ("指标", "facts"),
    "counts": ("{kind} {count}", "{kind}: {count}"),
    "edition line": ("{title}（{layer}，{count} 条）", "{title} ({layer}, {count})"),
    "period": ("{start}起", "from {start}"),
    "period closed": ("{start}至{end}", "{start} to {end}"),
    "source": ("来源：{source}", "Source: {source}"),
    "facts not listed": ("指标用 --kind fact 列出。", "List the facts with --kind fact."),
    "nothing listed": ("没有符合的规则。", "No rule fits."),
    "rules fine": ("规则没有问题。", "The rules are in order."),
    "rules hash": ("规则库 sha256：{sha256}", "Rulebook sha256: {sha256}"),
    "editions": ("版本", "editions"),
    "parks": ("园区", "parks"),
    "no list": (
        "没有编号为“{name}”的清单；应为 {known}；请更正，或用 --template --park 导出空表",
        "there is no list '{name}'; expected one of {known}; correct it, or export an empty one with --template --park",
    ),
    "mixed list": (
        "版本 {name} 里不只有清单条目；应只有 items；请直接改 YAML 文件",
        "edition {name} holds more than list items; expected items only; edit the YAML file instead",
    ),
    "exported": ("已写入 {file}，{count} 条。", "Wrote {file}: {count} items."),
    "template made": (
        "已写入 {file}：空表，请从“文件”表填起。",
        "Wrote {file}: an empty list; start with the first sheet.",
    ),
    "imported": ("已写入 {file}，{count} 条，全部通过检查。", "Wrote {file}: {count} items, all in order."),
    "unfilled": (
        "跳过只有编号和维度的第 {rows} 行。",
        "Rows {rows} hold no more than an id and a dimension and were passed over.",
    ),
    "chinese only": ("{count} 处没有英文，英文输出用中文。", "{count} texts have no English; the Chinese stands in."),
    "replaces": (
        "规则库中已有 {edition}：请用这个文件替换原来的文件，两者不能并存。",
        "The rulebook has {edition}: put this file in place of the old one; they cannot stand together.",
    ),
    "gone": (
        "原有的 {ids} 不见了：编号不得再用，请在 retired.yaml 登记停用日期和原因。",
        "{ids} are gone: enter them in retired.yaml with day and reason, an id is never used again.",
    ),
    "use list": (
        "使用：admission screen 项目.yaml --rules shipped --rules {file}",
        "To use it: admission screen project.yaml --rules shipped --rules {file}",
    ),
    "not found": (
        "没有编号、名称、别名或中文名为“{name}”的规则或指标；相近的有：{nearest}",
        "no rule or fact is called '{name}'; nearest: {nearest}",
    ),
    "show cite": ("依据", "Basis"),
    "show url": ("网址", "URL"),
    "show edition": ("版本", "Edition"),
    "show effect": ("效力", "Effect"),
    "show department": ("部门", "Department"),
    "show when": ("条件", "Condition"),
    "show must": ("须满足", "Must hold"),
    "show judgement": ("须由人回答", "A person answers"),
    "show remedy": ("整改", "Remedy"),
    "show reading": ("理解", "Reading"),
    "show refines": ("细化", "Refines"),
    "show status": ("核实情况", "Status"),
    "confidence": ("{status}，把握：{confidence}", "{status}, confidence {confidence}"),
    "confidence high": ("高", "high"),
    "confidence medium": ("中", "medium"),
    "confidence low": ("低", "low"),
    "show period": ("有效期", "In force"),
    "show source": ("来源", "Source"),
    "show industries": ("行业", "Industries"),
    "show excluded": ("不含行业", "Except"),
    "other industries": ("未列入本名录其他条目的行业", "industries under no other entry"),
    "show activities": ("工作内容", "Kinds of work"),
    "show implied": ("也适用于", "Applies as well if"),
    "show scope": ("适用范围", "Only if"),
    "show areas": ("环境敏感区", "Sensitive areas"),
    "level text": ("{level}：{text}", "{level}: {text}"),
    "show before": ("时间", "When"),
    "show done": ("完成标志", "Done by"),
    "show weight": ("权重", "Weight"),
    "show basis": ("根据", "Basis of the points"),
    "points": ("{score} 分：{when}", "{score}: {when}"),
    "otherwise": ("{score} 分：其他情形", "{score}: otherwise"),
    "counts duties": (
        "填了节点的，按三同时各项义务计：已办 100 分，逾期 0 分，尚不能判断的为 0 至 100 分，未到期的按上列，取平均",
        "with milestones, the duties of the three simultaneities count alike: done 100, overdue 0, undecided 0 to 100, "
        "not yet due the points above",
    ),
    "show type": ("类型", "Type"),
    "show unit": ("单位", "Unit"),
    "show range": ("合理范围", "Plausible range"),
    "range": ("{low} 至 {high}", "{low} to {high}"),
    "open end": ("不限", "open"),
    "show meaning": ("含义", "Meaning"),
    "show ask": ("怎么问", "How to ask"),
    "show proof": ("查什么", "Proof"),
    "show members": ("选项", "Options"),
    "show aliases": ("别名", "Aliases"),
    "show define": ("推算", "Follows from"),
    "show used": ("用于", "Used by"),
    "used by none": ("没有规则用到", "no rule"),
    "internal": ("由系统计算，不可填报", "computed by the system, never stated"),
}


def say(key: str, lang: str, **values: object) -> str:
    """A phrase in `zh` or `en`, filled in."""
    return PHRASES[key][LANGUAGES.index(lang)].format(**values)


def period_text(period: Period, lang: str) -> str:
    """`2021-03-01 起` or `2021-03-01 至 2026-08-14`."""
    if period.end is None:
        return say("period", lang, start=period.start)
    return say("period closed", lang, start=period.start, end=period.end)


def _fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _gaps() -> Iterable[str]:
    for kind, labels in LABELS.items():
        yield from (f"{kind.__name__}.{member}" for member in kind if member not in labels)
    yield from (f"classes of {kind}" for kind in Catalogue if "none" not in CLASSES.get(kind, {}))
    states = get_args(DutyResult.model_fields["status"].annotation)
    yield from (f"duty {state}" for state in states if state not in DUTY_STATUS)
    yield from (key for key, (zh, en) in PHRASES.items() if not (zh and en) or _fields(zh) != _fields(en))


def _check_complete() -> None:
    if missing := list(_gaps()):
        raise AssertionError(f"labels or phrases are missing or differ: {missing}")


_check_complete()
