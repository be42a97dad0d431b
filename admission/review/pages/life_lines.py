"""What each life-cycle rule says, line by line in Chinese; pages of every kind are made of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from admission.logic.sentence import to_sentence
from admission.rulebook import Rulebook
from admission.rulebook.life_model import LifeDuty, LifeJudgement, Limit, MaterialItem, PenaltyRange

__all__ = ["LifeLine", "LifeRule", "LifeTeller", "users_of"]

LifeRule = LifeDuty | LifeJudgement | PenaltyRange | MaterialItem
_ALWAYS = "true"
_UNITS = {"calendar_day": "日", "working_day": "个工作日", "month": "个月", "year": "年"}
_OWNERS = {"enterprise": "企业", "authority": "审批部门", "park": "园区"}
_PHASES = {"design": "同时设计", "construction": "同时施工", "operation": "同时投产使用"}
_ON = {"late": "逾期才办", "overdue": "到期未办", "early": "过早"}
_TARGETS = {"unit": "单位", "person": "责任人员", "agency": "技术机构"}
_GRAVITIES = {"normal": "", "serious": "情节严重", "overdue": "逾期不改", "refuse": "拒不改正", "per_time": "每次"}
_DOCUMENTS = {"report": "报告书", "form": "报告表", "registration": "登记表", "any": ""}
_BASES = {"total_investment": "总投资额", "fee": "收费", "disposal_cost": "处置费用"}
_AMOUNTS = {
    "wan_yuan": "{low:g}至{high:g} 万元",
    "fraction": "{base}的 {low:g} % 至 {high:g} %",
    "multiple": "{base}的 {low:g} 至 {high:g} 倍",
}
_PERCENT = 100


@dataclass(frozen=True, slots=True)
class LifeLine:
    """A name and what it says: a text, a condition as a sentence, or the rules it names; `breach`: which kind."""

    name: str
    text: str = ""
    condition: str = ""
    rules: tuple[LifeRule, ...] = ()
    breach: str = ""

    @property
    def says_something(self) -> bool:
        """Is it worth a line?"""
        return bool(self.text or self.condition or self.rules)


class LifeTeller:
    """Says what the life-cycle rules of a rulebook say; where a rule stands is not part of it."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._life = rulebook.life

    def lines(self, rule: LifeRule) -> list[LifeLine]:
        """What the rule says, in reading order, without what says nothing."""
        match rule:
            case LifeDuty():
                found = self._duty(rule)
            case LifeJudgement():
                found = self._question(rule)
            case PenaltyRange():
                found = self._penalty(rule)
            case MaterialItem():
                found = self._change(rule)
        return [line for line in found if line.says_something]

    def events(self, names: Iterable[str]) -> str:
        """Milestones by their names."""
        return "、".join(self._rulebook.milestones[name].zh for name in names)

    def range(self, item: PenaltyRange) -> tuple[str, str]:
        """For whom a range is, and how much: (`单位，报告书`, `20至100 万元`)."""
        parts = (_TARGETS[item.target], _DOCUMENTS[item.document], _GRAVITIES[item.gravity])
        return "，".join(filter(None, parts)), _amount(item) + ("（可以）" if item.at_discretion else "")

    def _duty(self, rule: LifeDuty) -> Iterator[LifeLine]:
        """With its trigger, its period and what follows when it is not kept."""
        yield LifeLine("由谁", _OWNERS[rule.owner])
        yield LifeLine("三同时", _PHASES[rule.phase] if rule.phase else "")
        yield from self._arises(rule)
        yield LifeLine("每次", self.events([rule.each] if rule.each else []))
        yield LifeLine("除非", self.events(rule.unless))
        yield LifeLine("办理", self.events(rule.do))
        yield LifeLine("时间", rule.before.zh)
        yield LifeLine("期限", self._limit(rule.limit))
        yield LifeLine("不得早于", self._limit(rule.floor))
        yield LifeLine("凭证", rule.evidence.zh)
        yield LifeLine("部门", rule.department)
        for broken in rule.breaches:
            title = self._life.breach_kinds[broken.breach].title.zh
            when = "、".join(_ON[state] for state in broken.on)
            yield LifeLine("违反", f"{title}（{when}）", breach=broken.breach)
        yield self._fines(rule.penalty)
        yield LifeLine("理解", rule.explanation.zh if rule.explanation else "")
        yield LifeLine("不同口径", rule.disputed.zh if rule.disputed else "")

    def _question(self, rule: LifeJudgement) -> Iterator[LifeLine]:
        """A clause for a person."""
        yield LifeLine("问题", rule.question.zh)
        yield LifeLine("后果", rule.entails.zh)
        yield from self._arises(rule)
        yield LifeLine("部门", rule.department)
        yield self._fines(rule.penalty)

    def _penalty(self, item: PenaltyRange) -> Iterator[LifeLine]:
        """A range of one norm."""
        whom, amount = self.range(item)
        yield LifeLine("对", whom)
        yield LifeLine("情形", item.circumstance.zh if item.circumstance else "")
        yield LifeLine("幅度", amount)
        yield LifeLine("按日计罚", "是" if item.daily else "")
        yield LifeLine("用于", rules=users_of(item, self._rulebook))

    def _change(self, item: MaterialItem) -> Iterator[LifeLine]:
        """An item of the list of material changes."""
        yield LifeLine("类别", item.category.zh)
        yield LifeLine("属重大变动的条件", condition=self._condition(item.when))

    def _arises(self, rule: LifeDuty | LifeJudgement) -> Iterator[LifeLine]:
        yield LifeLine("条件", condition="" if rule.when == _ALWAYS else self._condition(rule.when))
        yield LifeLine("起因", self.events(rule.trigger.any) if rule.trigger else "")

    def _condition(self, text: str) -> str:
        return to_sentence(self._rulebook.conditions.tree(text), self._rulebook.vocabulary)

    def _limit(self, limit: Limit | None) -> str:
        if limit is None:
            return ""
        if limit.before:
            return f"{self.events(limit.before)}前"
        if limit.yearly:
            return f"每年 {'、'.join(limit.yearly)}，自{self.events(limit.after)}起"
        unit = _UNITS[limit.unit or ""]
        if limit.ahead is not None:
            return f"{self.events(limit.of)}前 {limit.ahead} {unit}"
        number = limit.within if limit.within is not None else f"每 {limit.every}"
        notes = ("（满期当日即逾期）" if limit.exclusive else "") + ("（起算日计入）" if limit.first_day_counts else "")
        return f"{self.events(limit.after)}后 {number} {unit}{notes}"

    def _fines(self, penalty: str | None) -> LifeLine:
        return LifeLine("罚则", rules=self._life.ranges_of.get(penalty, ()) if penalty is not None else ())


def users_of(item: PenaltyRange, rulebook: Rulebook) -> tuple[LifeDuty | LifeJudgement, ...]:
    """The duties and questions whose breach a range follows."""
    every: list[LifeDuty | LifeJudgement] = [*rulebook.life.duties, *rulebook.life.judgements]
    return tuple(rule for rule in every if rule.penalty == item.penalty)


def _amount(item: PenaltyRange) -> str:
    factor = _PERCENT if item.unit == "fraction" else 1
    low, high = item.low * factor, item.high * factor
    return _AMOUNTS[item.unit].format(low=low, high=high, base=_BASES[item.base] if item.base else "")
