"""A small vocabulary that reads like the real one, for tests of wording and of error messages."""

from __future__ import annotations

from admission.logic.nodes import Expr
from admission.logic.parse import parse
from admission.logic.types import check
from admission.vocabulary import Fact, FactType, Label, Member, Vocabulary
from admission.vocabulary.codes import IndustryCode, IndustryCodes

__all__ = ["WORDS", "condition"]


def _fact(name: str, kind: str, zh: str, en: str, unit: str | None = None, **members: str) -> Fact:
    return Fact(
        name=name,
        type=FactType(kind),
        label=Label(zh=zh, en=en),
        unit=unit,
        members={key: Member(zh=text.split("/")[0], en=text.split("/")[1]) for key, text in members.items()},
        internal=True,
    )


class _Words(Vocabulary):
    """Internal facts need no questions, but are not proposed: here they are."""

    def nearest(self, key: str, limit: int = 3) -> tuple[str, ...]:
        stated = [fact.model_copy(update={"internal": False}) for fact in self.facts.values()]
        return Vocabulary(stated).nearest(key, limit)


_CODES = (
    ("C", "制造业", 1, None),
    ("33", "金属制品业", 2, "C"),
    ("339", "铸造及其他金属制品制造", 3, "33"),
    ("3391", "黑色金属铸造", 4, "339"),
    ("3392", "有色金属铸造", 4, "339"),
    ("34", "通用设备制造业", 2, "C"),
    ("344", "泵、阀门、压缩机及类似机械制造", 3, "34"),
    ("3443", "阀门和旋塞制造", 4, "344"),
    ("26", "化学原料和化学制品制造业", 2, "C"),
    ("2614", "有机化学原料制造", 4, "26"),
)

WORDS = _Words(
    (
        _fact("industry", "code", "国民经济行业代码", "Industry codes"),
        _fact(
            "nature",
            "set",
            "建设性质",
            "Nature of construction",
            new="新建/New build",
            expansion="扩建/Expansion",
            alteration="改建/Alteration",
            technical_upgrade="技术改造/Technical upgrade",
        ),
        _fact(
            "sensitive_areas",
            "set",
            "涉及的环境敏感区",
            "Sensitive areas touched",
            s1_nature_reserve="自然保护区/Nature reserve",
            s1_drinking_water_source="饮用水水源保护区/Drinking-water source",
        ),
        _fact(
            "furnace_type",
            "enum",
            "炉型",
            "Furnace type",
            cupola="冲天炉/Cupola",
            induction="中频炉/Induction",
            arc="电弧炉/Arc",
        ),
        _fact("has_electroplating", "bool", "有电镀工艺", "Has electroplating"),
        _fact("is_chemical_project", "bool", "属化工项目", "Is a chemical project"),
        _fact("is_new_build", "bool", "全新建设项目", "Wholly new build"),
        _fact("only_low_voc_coating", "bool", "仅使用低挥发性涂料", "Only low-VOC coating"),
        _fact(
            "solvent_coating_t_per_year",
            "number",
            "年用溶剂型涂料量（含稀释剂）",
            "Solvent-based coating a year",
            "t/a",
        ),
        _fact(
            "site_solvent_coating_t_per_year",
            "number",
            "全厂年用溶剂型涂料量",
            "Solvent-based coating, whole site",
            "t/a",
        ),
        _fact("distance_to_bank_m", "number", "距长江支流岸线", "Distance to the tributary bank", "m"),
        _fact("total_investment_wan_yuan", "number", "总投资", "Total investment", "万元"),
        _fact("recovery_percent", "number", "回收率", "Recovery", "%"),
        _fact("shift_count", "number", "班次", "Shifts"),
        _fact("approval_date", "date", "批复日期", "Approval date"),
        _fact("start_date", "date", "开工日期", "Start of construction"),
        _fact("enterprise_name", "text", "企业名称", "Enterprise"),
        _fact("former_name", "text", "曾用名", "Former name"),
    ),
    IndustryCodes.of(IndustryCode(*code) for code in _CODES),
    {"t/a": ("t/年", "吨/年", "tpa"), "m": ("米",), "万元": ("wan yuan", "万元人民币")},
)


def condition(text: str) -> Expr:
    """`text` parsed and checked against `WORDS`."""
    tree = parse(text)
    check(tree, WORDS)
    return tree
