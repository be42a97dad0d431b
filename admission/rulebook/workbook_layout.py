"""What a list looks like as a workbook: sheets, headings, drop-downs, and how to fill them in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "CHOICES",
    "CONTENT",
    "DEPARTMENTS",
    "DOCUMENT_FIELDS",
    "DOCUMENT_SHEET",
    "ENGLISH",
    "FACTS_SHEET",
    "FACT_HEADINGS",
    "HELP",
    "HELP_SHEET",
    "HINT",
    "ITEMS_SHEET",
    "ITEM_FIELDS",
    "SKELETON",
    "SUBJECT",
    "Field",
]

DOCUMENT_SHEET = "文件"
ITEMS_SHEET = "条目"
HELP_SHEET = "填写说明"
FACTS_SHEET = "指标"
SUBJECT, CONTENT, ENGLISH, HINT = "项目", "内容", "英文", "填写说明"
FACT_HEADINGS = ("规范名", "中文名", "类型", "单位", "选项", "含义")

CHOICES: Mapping[str, Mapping[str, str]] = {
    "effect": {"prohibit": "禁止", "restrict": "限制", "require": "要求", "encourage": "鼓励"},
    "dimension": {
        "spatial_layout": "空间布局约束",
        "pollutant_discharge": "污染物排放管控",
        "environmental_risk": "环境风险防控",
        "resource_efficiency": "资源利用效率",
        "industry_policy": "产业政策",
    },
    "stage": {"admission": "入园时", "design": "环评与设计", "operation": "建设运行"},
    "unmet": {"conditional": "有条件入园", "reject": "不予入园"},
    "status": {"verified": "已核实", "unverified": "未核实"},
    "confidence": {"high": "高", "medium": "中", "low": "低"},
    "layer": {"national": "国家", "city": "市级", "park": "园区"},
}
"""Path of a field → member → what the drop-down says."""

DEPARTMENTS = (
    "生态环境",
    "发改",
    "经信",
    "规自",
    "水利",
    "应急",
    "住建",
    "林业",
    "农业农村",
    "市场监管",
    "交通",
    "管委会",
)


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the clauses, or one row of the document.

    `path` is the dotted path in the model. A `key` is text without surrounding white space, a
    `text` is kept to the letter, `lines` holds several keys, one a line, a `label` is a text in
    Chinese and English side by side.
    """

    path: str
    heading: str
    width: int
    hint: str
    kind: Literal["key", "text", "condition", "choice", "date", "lines", "label"] = "text"
    required: bool = False


_KEY, _PROSE, _LONG = 16, 32, 44

ITEM_FIELDS: tuple[Field, ...] = (
    Field("id", "编号", 22, "永久唯一，如 PARK-SHIZHU-SL-01。删去的编号不得再用。", "key", required=True),
    Field("title.zh", "标题", _PROSE, "一句话说清这一条管什么。", required=True),
    Field("article", "条款", _KEY, "在文件中的位置，如：第三条第二款、表5序号12。", "key", required=True),
    Field("effect", "效力", 8, "禁止、限制、要求、鼓励，选一个。", "choice", required=True),
    Field("dimension", "维度", _KEY, "选一个。", "choice", required=True),
    Field("department", "部门", 20, "选一个；有多个部门时手工填写，用顿号“、”隔开。", "key", required=True),
    Field("stage", "何时落实", 12, "空着按入园时。环评与设计、建设运行阶段才落实的，未填报时列为入园条件。", "choice"),
    Field("when", "触发条件", _LONG, "何时适用本条，写法见“填写说明”。一律适用时写 true。", "condition", required=True),
    Field("must", "应满足的条件", _LONG, "只用于效力为“要求”的条目：要做到什么。", "condition"),
    Field("unmet", "不满足时", 12, "只用于效力为“要求”的条目；空着按有条件入园。", "choice"),
    Field("judgement.zh", "需人工回答的问题", _PROSE, "条件写不出来、须由人判断时填写；不与“应满足的条件”并用。"),
    Field("remedy.zh", "整改办法", _PROSE, "企业怎样改可以符合本条。"),
    Field("explanation.zh", "理解说明", _LONG, "条文怎样变成条件，作了哪些取舍。"),
    Field("refines", "细化的上位条目", 22, "上位清单中的条目编号，多个时每行一个。", "lines"),
    Field("effective.from", "生效日", 12, "与文件的施行日不同时才填，如 2026-11-24。", "date"),
    Field("effective.to", "失效日", 12, "最后一个有效日；没有就空着。", "date"),
    Field(
        "status", "核实状态", 10, "逐字对过原文才选“已核实”；“未核实”的条目不会单独否决项目。", "choice", required=True
    ),
    Field("confidence", "把握", 8, "条件写得准不准：高、中、低。", "choice", required=True),
    Field("provenance", "出处", _PROSE, "在哪里读到的：文件、页码、网址、日期。", required=True),
    Field("title.en", "标题（英文）", _PROSE, "可空；空着时英文输出用中文标题。"),
    Field("judgement.en", "需人工回答的问题（英文）", _PROSE, "可空，同上。"),
    Field("remedy.en", "整改办法（英文）", _PROSE, "可空，同上。"),
    Field("explanation.en", "理解说明（英文）", _LONG, "可空，同上。"),
)

DOCUMENT_FIELDS: tuple[Field, ...] = (
    Field("edition", "版本编号", 0, "永久唯一，如 PARK-SHIZHU-LIST-2026。", "key", required=True),
    Field("title", "标题", 0, "清单的名称。英文可空。", "label", required=True),
    Field("layer", "层级", 0, "国家、市级或园区。", "choice", required=True),
    Field("applies_to.park", "适用园区", 0, "园区编号，如 shizhu；层级为园区时必填。", "key"),
    Field("applies_to.city", "适用城市", 0, "如 chongqing；层级为市级时必填。", "key"),
    Field("applies_to.river_basin", "适用流域", 0, "如 yangtze；不限就空着。", "key"),
    Field("document", "文件名称", 0, "引用时写的文件全名；空着用标题。"),
    Field("number", "文号", 0, "没有就空着。"),
    Field("url", "网址", 0, "没有就空着。", "key"),
    Field("effective.from", "施行日", 0, "如 2026-11-24。", "date", required=True),
    Field("effective.to", "失效日", 0, "最后一个有效日；没有就空着。", "date"),
    Field("status", "核实状态", 0, "整份文件是否对过原文。", "choice", required=True),
    Field("provenance", "出处", 0, "文本从哪里来：发文单位、网址、日期。", required=True),
    Field("notes", "备注", 0, "可空；多条备注时多写几行“备注”。", "label"),
)

SKELETON: tuple[tuple[str, str, str], ...] = (
    ("SL", "spatial_layout", "哪里不能放、什么行业不能进：岸线和红线距离、分区、禁止和限制引入的行业与工艺。"),
    ("PD", "pollutant_discharge", "排什么、排多少、排到哪里：总量、排放标准、污水纳管、废气收集治理、固废去向。"),
    ("ER", "environmental_risk", "出了事怎么办：危险化学品、应急预案、事故池、防渗、下游敏感点。"),
    ("RE", "resource_efficiency", "用多少：能耗、水耗、清洁能源、土地投资强度、中水回用。"),
)
"""The four dimensions of an admission list (准入清单四维度): id part, member, what belongs there."""

HELP: tuple[tuple[str, str], ...] = (
    ("表怎么填", "“文件”表说明这份清单是什么文件，“条目”表每行一条。深色列名必填。其他工作表和空行不影响导入。"),
    ("不要改", "工作表名“文件”“条目”和列名不要改；列的先后可以调整。不要用公式。"),
    ("编号", "永久唯一，与规则库里所有编号都不重复。删去的条目，编号不得再用；新条目用新编号。"),
    (
        "效力",
        "禁止、限制：触发条件成立就命中。要求：触发条件说明何时适用，“应满足的条件”说明要做到什么。鼓励：只提示，不豁免。",
    ),
    ("条件", "写一行条件，名称用“指标”表里的规范名（不用中文名）。没有填报的指标按“不清楚”处理，系统会追问。"),
    ("条件：是或否", "直接写规范名；相反的写 not。例：has_boiler and not uses_coal"),
    ("条件：数字", "用 > >= < <= = 比较，单位以“指标”表为准。例：land_area_mu >= 30"),
    ("条件：行业", "under(industry, '34') 表示行业代码在 34 之下；可写多个代码，全部用半角引号。"),
    ("条件：选项", "any_of(nature, 'new', 'expansion') 表示含其中任一项；单选的写 furnace_type = 'cupola'。"),
    ("条件：组合", "and（并且）、or（或者）、not（不是），用半角括号分组。完整写法见 docs/conditions.md。"),
    ("由人判断", "“严格控制”一类写不成条件的条款：触发条件写何时要问，“需人工回答的问题”写问什么，交人研判。"),
    ("核实状态", "没有逐字对过原文的条目填“未核实”：它只提示人工研判，不会单独否决项目。"),
    ("日期", "写 2026-11-24，或用 Excel 的日期。"),
    ("英文", "英文各列可以空着，英文输出就用中文。"),
    ("导入", "admission rules import xlsx 清单.xlsx -o 清单.yaml。有误时逐条指出单元格，一次列全，什么也不写。"),
)
