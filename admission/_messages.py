"""The sentences behind every problem code: what is wrong, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from admission import _more_messages

__all__ = ["NONE", "Phrase", "ProblemCode", "listed", "message", "shortened"]

_LONGEST = 60


class Phrase(str):
    """A value of a sentence that reads differently in each language.

    It is the Chinese text, and carries the English one as `en`; `message` templates pick the
    right one.
    """

    __slots__ = ("en",)
    en: str

    def __new__(cls, zh: str, en: str) -> Phrase:
        phrase = super().__new__(cls, zh)
        phrase.en = en
        return phrase

    def __str__(self) -> str:
        return self

    def __reduce__(self) -> tuple[type[Phrase], tuple[str, str]]:
        return Phrase, ("".join(self), self.en)


NONE = Phrase("无", "none")


def listed(items: Iterable[str], otherwise: str = NONE) -> str:
    """`a、b` in Chinese, `a, b` in English; `otherwise` when there are none."""
    words = list(items)
    if not words:
        return otherwise
    return Phrase("、".join(words), ", ".join(word.en if isinstance(word, Phrase) else word for word in words))


def shortened(text: str) -> str:
    """At most 60 characters of what somebody wrote."""
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


class _English(str):
    """A template that fills in the English side of each `Phrase`."""

    __slots__ = ()

    def format(self, *args: object, **kwargs: object) -> str:
        english = {key: value.en if isinstance(value, Phrase) else value for key, value in kwargs.items()}
        return super().format(*args, **english)


class ProblemCode(StrEnum):
    """Reason codes; stable, for programs to match on."""

    # files and text
    FILE_MISSING = "file-missing"
    FILE_EMPTY = "file-empty"
    FILE_TOO_LARGE = "file-too-large"
    ENCODING = "encoding"
    NOT_TEXT = "not-text"
    NOT_WORKBOOK = "not-workbook"
    WORKBOOK_CELL = "workbook-cell"
    SYNTAX = "syntax"
    DUPLICATE_KEY = "duplicate-key"
    ALIAS_OR_TAG = "alias-or-tag"
    TOO_DEEP = "too-deep"
    NOT_A_MAPPING = "not-a-mapping"
    NOT_A_LIST = "not-a-list"
    NOT_ONE_PROJECT = "not-one-project"
    # documents
    WRONG_LEVEL = "wrong-level"
    SAME_NAME = "same-name"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    WRONG_TYPE = "wrong-type"
    WRONG_UNIT = "wrong-unit"
    OUT_OF_RANGE = "out-of-range"
    UNKNOWN_MEMBER = "unknown-member"
    UNKNOWN_CODE = "unknown-code"
    BAD_DATE = "bad-date"
    STATED_TWICE = "stated-twice"
    INTERNAL_FACT = "internal-fact"
    CONTRADICTION = "contradiction"
    WORK_ELSEWHERE = "work-elsewhere"
    UNKNOWN_EVENT = "unknown-event"
    UNKNOWN_PARK = "unknown-park"
    # conditions
    CONDITION_SYNTAX = "condition-syntax"
    CONDITION_NODE = "condition-node"
    CONDITION_FACT = "condition-fact"
    CONDITION_TYPE = "condition-type"
    CONDITION_MEMBER = "condition-member"
    CONDITION_UNIT = "condition-unit"
    CONDITION_CODE = "condition-code"
    # rulebook
    SCHEMA = "schema"
    DUPLICATE_ID = "duplicate-id"
    RETIRED_ID = "retired-id"
    UNKNOWN_EDITION = "unknown-edition"
    UNKNOWN_REFERENCE = "unknown-reference"
    CYCLE = "cycle"
    DUPLICATE_NAME = "duplicate-name"
    LOOSER_LAYER = "looser-layer"
    OVERLAPPING_EDITIONS = "overlapping-editions"
    PERIOD = "period"
    WEIGHTS = "weights"
    # review of the rules
    CITATION = "citation"
    UNCITED_DAYS = "uncited-days"
    EDITION_GAP = "edition-gap"
    DUPLICATE_RULE = "duplicate-rule"
    UNREACHABLE = "unreachable"
    NO_CASES = "no-cases"
    # records
    ENTRY_TEXT = "entry-text"
    NOT_RECORDED = "not-recorded"
    STEP_STATE = "step-state"
    STEP_MISSING = "step-missing"
    STEP_DEPARTMENT = "step-department"
    STEP_JUDGEMENT = "step-judgement"
    STEP_OPINION = "step-opinion"
    STEP_VERDICT = "step-verdict"
    STEP_DAY = "step-day"
    USER_TAKEN = "user-taken"
    USER_PASSWORD = "user-password"


_ZH: dict[ProblemCode, tuple[str, str, str]] = {
    ProblemCode.FILE_MISSING: ("找不到文件", "应为可读的文件", "请检查路径：{detail}"),
    ProblemCode.FILE_EMPTY: ("文件是空的", "应有项目资料或规则内容", "请填写后再试"),
    ProblemCode.FILE_TOO_LARGE: ("文件太大：{size} 字节", "上限 {limit} 字节", "请拆分，或用 admission audit 批量处理"),
    ProblemCode.ENCODING: ("文件编码不是 UTF-8（像是 {guess}）", "应为 UTF-8", "请另存为 UTF-8 编码"),
    ProblemCode.NOT_TEXT: (
        "不是文字文件（像是 {guess}）",
        "应为 UTF-8 编码的 YAML 或 JSON",
        "表格请用 admission audit，其他文件请把内容写成 YAML",
    ),
    ProblemCode.NOT_WORKBOOK: ("读不出 Excel 工作簿：{detail}", "应为 .xlsx 文件", "请用 Excel 或 WPS 另存为 .xlsx"),
    ProblemCode.WORKBOOK_CELL: ("{detail}", "应为{expected}", "{advice}"),
    ProblemCode.SYNTAX: ("语法错误：{detail}", "应为合法的 {format}", "请检查缩进、冒号、引号和括号"),
    ProblemCode.DUPLICATE_KEY: ("键 {key} 重复（首次出现在第 {first} 行）", "同一层中每个键只写一次", "请删去其中一个"),
    ProblemCode.ALIAS_OR_TAG: ("使用了 YAML 的 {detail}", "只用普通的键、值和列表", "请直接写出内容"),
    ProblemCode.TOO_DEEP: ("嵌套超过 {limit} 层", "至多 {limit} 层", "请简化结构"),
    ProblemCode.NOT_A_MAPPING: (
        "得到“{actual}”",
        "应为“键: 值”（半角冒号，后有空格）",
        "请参照 examples/projects/",
    ),
    ProblemCode.NOT_A_LIST: ("得到“{actual}”", "应为列表，每项以“- ”开头", "请参照 examples/projects/"),
    ProblemCode.NOT_ONE_PROJECT: (
        "文件中有 {count} 个项目",
        "此处应恰有一个",
        "请改用 read_projects 或 admission screen",
    ),
    ProblemCode.WRONG_LEVEL: ("“{key}”写错了位置", "它是{role}", "请移到{target}"),
    ProblemCode.SAME_NAME: ("两个建设内容都叫“{name}”（另见第 {first} 行）", "名称应各不相同", "请改其中一个"),
    ProblemCode.UNKNOWN_KEY: ("不认识的{kind}“{key}”", "应为已有的名称", "相近的有：{nearest}"),
    ProblemCode.MISSING_KEY: ("缺少 {key}", "必须填写 {key}", "{advice}"),
    ProblemCode.WRONG_TYPE: ("得到“{actual}”", "应为{expected}", "请写成 {example}，不清楚就留空"),
    ProblemCode.WRONG_UNIT: ("单位“{actual}”不对", "应以 {unit} 计", "请换算成 {unit} 后只写数字"),
    ProblemCode.OUT_OF_RANGE: ("数值 {actual} 超出合理范围", "应在 {low} 至 {high}{unit} 之间", "请核对数值与单位"),
    ProblemCode.UNKNOWN_MEMBER: ("没有选项“{actual}”", "应为：{members}", "相近的有：{nearest}"),
    ProblemCode.UNKNOWN_CODE: ("{table} 没有代码“{actual}”", "应为 {expected}", "{nearest}"),
    ProblemCode.BAD_DATE: ("日期“{actual}”不存在或写法不对", "应为 年-月-日，如 2026-11-24", "请更正"),
    ProblemCode.STATED_TWICE: ("与“{other}”是同一填报项，写了两次", "每项只写一次", "请删去其中一个"),
    ProblemCode.INTERNAL_FACT: ("“{key}”由系统计算", "不应填写", "请删去"),
    ProblemCode.CONTRADICTION: (
        "填报为“{stated}”，但由其他填报项得出“{derived}”（{rule}）",
        "两者应一致",
        "请核对后更正其中一项",
    ),
    ProblemCode.WORK_ELSEWHERE: (
        "属于“{work}”，而该工作内容由 {others} 申报",
        "应填在申报该工作内容的建设内容中",
        "请移到那里；本建设内容也有的，请在其 activity 中加上 {id}",
    ),
    ProblemCode.UNKNOWN_EVENT: (
        "没有节点“{actual}”",
        "应为填报模板“节点”表中的名称，或编号",
        "相近的有：{nearest}",
    ),
    ProblemCode.UNKNOWN_PARK: ("没有园区“{actual}”", "应为：{members}", "请更正，或用 --park 指定"),
    ProblemCode.CONDITION_SYNTAX: ("条件无法解析：{detail}", "应为 SQL 布尔表达式", "请检查括号、引号和运算符"),
    ProblemCode.CONDITION_NODE: ("条件中不允许使用 {node}", "只用条件语言列出的写法", "见 docs/conditions.md"),
    ProblemCode.CONDITION_FACT: ("条件引用了未登记的指标 {name}", "应为指标字典中的规范名", "相近的有：{nearest}"),
    ProblemCode.CONDITION_TYPE: ("类型不符：{detail}", "{expected}", "请核对指标类型"),
    ProblemCode.CONDITION_MEMBER: ("{name} 没有选项“{member}”", "应为：{members}", "相近的有：{nearest}"),
    ProblemCode.CONDITION_UNIT: ("单位不符：{left} 与 {right}", "比较或相加的两边单位应相同", "请换算"),
    ProblemCode.CONDITION_CODE: ("{table} 没有代码“{code}”", "应为 {expected}", "{nearest}"),
    ProblemCode.SCHEMA: ("{detail}", "", "请参照 CONTRIBUTING.md 的规则格式"),
    ProblemCode.DUPLICATE_ID: ("编号 {id} 重复（另见 {other}）", "编号永久唯一", "请换一个新编号"),
    ProblemCode.RETIRED_ID: ("编号 {id} 已停用：{reason}", "停用的编号不得再用", "请换一个新编号"),
    ProblemCode.UNKNOWN_EDITION: ("没有版本 {id} 的 edition.yaml", "同一目录应有该版本的说明", "已有：{known}"),
    ProblemCode.UNKNOWN_REFERENCE: ("引用了不存在的 {kind} {id}", "应为已有的编号", "相近的有：{nearest}"),
    ProblemCode.CYCLE: ("推算指标互相依赖：{path}", "推算不能成环", "请改写其中一个 define"),
    ProblemCode.DUPLICATE_NAME: ("名称“{name}”已被 {other} 使用", "名称、别名、中文名各自唯一", "请换一个名称"),
    ProblemCode.LOOSER_LAYER: ("{id} 比上位条款 {other} 宽松", "下位清单只能更严", "请改为同等或更严"),
    ProblemCode.OVERLAPPING_EDITIONS: (
        "{id} 与 {other} 的有效期重叠",
        "同一文件的各版本有效期不得重叠",
        "请更正起止日期",
    ),
    ProblemCode.PERIOD: ("有效期止日早于起日", "止日应不早于起日", "请更正"),
    ProblemCode.WEIGHTS: ("权重合计 {total}", "应为 100", "请调整权重"),
    **{ProblemCode(code): sentences for code, sentences in _more_messages.ZH.items()},
}

_EN: dict[ProblemCode, tuple[str, str, str]] = {
    ProblemCode.FILE_MISSING: ("file not found", "expected a readable file", "check the path: {detail}"),
    ProblemCode.FILE_EMPTY: ("the file is empty", "expected a project document or rules", "fill it in and try again"),
    ProblemCode.FILE_TOO_LARGE: (
        "the file has {size} bytes",
        "the limit is {limit}",
        "split it, or use admission audit",
    ),
    ProblemCode.ENCODING: ("not UTF-8 (looks like {guess})", "expected UTF-8", "save the file as UTF-8"),
    ProblemCode.NOT_TEXT: (
        "not a text file (looks like {guess})",
        "expected YAML or JSON in UTF-8",
        "use admission audit for tables, write other content as YAML",
    ),
    ProblemCode.NOT_WORKBOOK: ("no workbook to read: {detail}", "expected an .xlsx file", "save it as .xlsx in Excel"),
    ProblemCode.WORKBOOK_CELL: ("{detail}", "expected {expected}", "{advice}"),
    ProblemCode.SYNTAX: (
        "syntax error: {detail}",
        "expected valid {format}",
        "check indentation, colons, quotes and brackets",
    ),
    ProblemCode.DUPLICATE_KEY: (
        "key {key} stands twice (first on line {first})",
        "expected each key once",
        "delete one of them",
    ),
    ProblemCode.ALIAS_OR_TAG: (
        "uses a YAML {detail}",
        "expected plain keys, values and lists",
        "write the content out",
    ),
    ProblemCode.TOO_DEEP: ("nested deeper than {limit}", "expected at most {limit} levels", "simplify the structure"),
    ProblemCode.NOT_A_MAPPING: (
        "got '{actual}'",
        "expected `key: value`, a space after the colon",
        "see examples/projects/",
    ),
    ProblemCode.NOT_A_LIST: (
        "got '{actual}'",
        "expected a list, each item starting with `- `",
        "see examples/projects/",
    ),
    ProblemCode.NOT_ONE_PROJECT: (
        "the file has {count} projects",
        "expected exactly one",
        "use read_projects or admission screen",
    ),
    ProblemCode.WRONG_LEVEL: ("'{key}' stands in the wrong place", "it is {role}", "move it to {target}"),
    ProblemCode.SAME_NAME: (
        "two components are called '{name}' (see line {first})",
        "expected different names",
        "rename one of them",
    ),
    ProblemCode.UNKNOWN_KEY: (
        "unknown {kind} '{key}'",
        "expected an existing name",
        "nearest: {nearest}",
    ),
    ProblemCode.MISSING_KEY: ("{key} is missing", "{key} is required", "{advice}"),
    ProblemCode.WRONG_TYPE: ("got '{actual}'", "expected {expected}", "write {example}, or leave it out if unknown"),
    ProblemCode.WRONG_UNIT: (
        "unit '{actual}' does not fit",
        "expected {unit}",
        "convert to {unit} and write only the number",
    ),
    ProblemCode.OUT_OF_RANGE: (
        "{actual} is outside the plausible range",
        "expected {low} to {high}{unit}",
        "check the number and its unit",
    ),
    ProblemCode.UNKNOWN_MEMBER: ("no option '{actual}'", "expected one of: {members}", "nearest: {nearest}"),
    ProblemCode.UNKNOWN_CODE: ("{table} has no code '{actual}'", "expected {expected}", "{nearest}"),
    ProblemCode.BAD_DATE: ("'{actual}' is not a date", "expected year-month-day such as 2026-11-24", "correct it"),
    ProblemCode.STATED_TWICE: ("is the same fact as '{other}', stated twice", "expected each fact once", "delete one"),
    ProblemCode.INTERNAL_FACT: ("'{key}' is computed by the system", "it cannot be stated", "delete it"),
    ProblemCode.CONTRADICTION: (
        "stated '{stated}', but other facts give '{derived}' ({rule})",
        "expected the two to agree",
        "check and correct one of them",
    ),
    ProblemCode.WORK_ELSEWHERE: (
        "belongs to the work '{work}', which {others} declares",
        "expected in the component that declares that work",
        "move it there, or add {id} to the activity of this component if it has such work too",
    ),
    ProblemCode.UNKNOWN_EVENT: (
        "no milestone '{actual}'",
        "expected a name of the input template, or an id",
        "nearest: {nearest}",
    ),
    ProblemCode.UNKNOWN_PARK: (
        "no park '{actual}'",
        "expected one of: {members}",
        "correct it, or name one with --park",
    ),
    ProblemCode.CONDITION_SYNTAX: (
        "the condition does not parse: {detail}",
        "expected a SQL boolean expression",
        "check brackets, quotes and operators",
    ),
    ProblemCode.CONDITION_NODE: (
        "{node} is not part of the condition language",
        "expected the forms of docs/conditions.md",
        "rewrite the condition",
    ),
    ProblemCode.CONDITION_FACT: (
        "the condition uses an undeclared fact {name}",
        "expected a canonical name of the vocabulary",
        "nearest: {nearest}",
    ),
    ProblemCode.CONDITION_TYPE: ("types do not fit: {detail}", "expected {expected}", "check the fact's type"),
    ProblemCode.CONDITION_MEMBER: (
        "{name} has no member '{member}'",
        "expected one of: {members}",
        "nearest: {nearest}",
    ),
    ProblemCode.CONDITION_UNIT: ("units differ: {left} and {right}", "expected the same unit on both sides", "convert"),
    ProblemCode.CONDITION_CODE: (
        "{table} has no code '{code}'",
        "expected {expected}",
        "{nearest}",
    ),
    ProblemCode.SCHEMA: ("{detail}", "", "see the rule format in CONTRIBUTING.md"),
    ProblemCode.DUPLICATE_ID: ("id {id} stands twice (also {other})", "ids are unique for ever", "choose a new id"),
    ProblemCode.RETIRED_ID: ("id {id} is retired: {reason}", "a retired id is never used again", "choose a new id"),
    ProblemCode.UNKNOWN_EDITION: ("no edition.yaml for {id}", "expected one in the same folder", "known: {known}"),
    ProblemCode.UNKNOWN_REFERENCE: ("refers to {kind} {id}, which does not exist", "", "nearest: {nearest}"),
    ProblemCode.CYCLE: ("derived facts depend on each other: {path}", "expected no cycle", "rewrite one define"),
    ProblemCode.DUPLICATE_NAME: (
        "name '{name}' is taken by {other}",
        "names, aliases and labels are each unique",
        "choose another name",
    ),
    ProblemCode.LOOSER_LAYER: (
        "{id} is looser than the higher clause {other}",
        "a lower list may only be stricter",
        "make it as strict or stricter",
    ),
    ProblemCode.OVERLAPPING_EDITIONS: (
        "{id} overlaps {other} in time",
        "editions of one document do not overlap",
        "correct the dates",
    ),
    ProblemCode.PERIOD: ("the period ends before it begins", "expected to >= from", "correct it"),
    ProblemCode.WEIGHTS: ("the weights add up to {total}", "expected 100", "adjust the weights"),
    **{ProblemCode(code): sentences for code, sentences in _more_messages.EN.items()},
}


def message(code: ProblemCode, lang: str) -> tuple[str, str, str]:
    """The three sentence templates of `code` in `zh` or `en`."""
    if lang != "en":
        return _ZH[code]
    what, expected, advice = _EN[code]
    return _English(what), _English(expected), _English(advice)
