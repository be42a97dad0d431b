"""The pages of the life-cycle rules: duties, questions for a person, penalty ranges, material changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from admission.review.pages.markdown import anchor, bullet, escape, href, link
from admission.review.pages.wording import Teller, cite_text, status_text
from admission.rulebook.life_model import LifeDuty, LifeJudgement, Limit, MaterialItem, PenaltyRange
from admission.rulebook.model import DutyCite

__all__ = ["LIFE_PAGES", "life_pages"]

_FOLDER = "three_simultaneities"
_DUTIES, _QUESTIONS = f"{_FOLDER}/life-duties.md", f"{_FOLDER}/life-questions.md"
_PENALTIES, _CHANGES = f"{_FOLDER}/life-penalties.md", f"{_FOLDER}/life-material-change.md"
LIFE_PAGES: Mapping[str, str] = {
    _DUTIES: "全过程义务",
    _QUESTIONS: "须由人回答的问题",
    _PENALTIES: "罚则",
    _CHANGES: "重大变动情形",
}
"""Page → its title."""
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


def life_pages(teller: Teller) -> Mapping[str, str]:
    """Page → text; none for rules without a life cycle."""
    life, writer = teller.rulebook.life, _Writer(teller)
    if not life.duties:
        return {}
    texts = {
        _DUTIES: map(writer.duty, life.duties),
        _QUESTIONS: map(writer.question, life.judgements),
        _PENALTIES: map(writer.penalty, life.penalties),
        _CHANGES: map(writer.change, life.material_change),
    }
    home = link("规则一览", href(_DUTIES, "index.md"))
    return {
        page: "\n".join([f"# {LIFE_PAGES[page]}\n\n{home}\n", *("\n".join(lines) for lines in found)])
        for page, found in texts.items()
    }


class _Writer:
    """Says what a life-cycle rule says; every line is Markdown."""

    def __init__(self, teller: Teller) -> None:
        self._teller = teller
        self._life = teller.rulebook.life

    def duty(self, rule: LifeDuty) -> Iterator[str]:
        """A duty with its trigger, its period and what follows when it is not kept."""
        yield from self._head(rule.id, rule.title.zh)
        yield from bullet("由谁", _OWNERS[rule.owner])
        yield from bullet("三同时", _PHASES[rule.phase] if rule.phase else "")
        yield from self._arises(rule)
        yield from bullet("每次", self._events([rule.each] if rule.each else []))
        yield from bullet("除非", self._events(rule.unless))
        yield from bullet("办理", self._events(rule.do))
        yield from bullet("时间", escape(rule.before.zh))
        yield from bullet("期限", self._limit(rule.limit))
        yield from bullet("不得早于", self._limit(rule.floor))
        yield from bullet("凭证", escape(rule.evidence.zh))
        yield from bullet("部门", escape(rule.department))
        for broken in rule.breaches:
            title = self._life.breach_kinds[broken.breach].title.zh
            yield from bullet("违反", f"{escape(title)}（{'、'.join(_ON[state] for state in broken.on)}）")
        yield from self._fines(rule.penalty)
        yield from bullet("理解", escape(rule.explanation.zh) if rule.explanation else "")
        yield from bullet("不同口径", escape(rule.disputed.zh) if rule.disputed else "")
        yield from self._tail(rule.cite, rule.status, rule.confidence, rule.provenance, rule.covers)

    def question(self, rule: LifeJudgement) -> Iterator[str]:
        """A clause for a person."""
        yield from self._head(rule.id, rule.title.zh)
        yield from bullet("问题", escape(rule.question.zh))
        yield from bullet("后果", escape(rule.entails.zh))
        yield from self._arises(rule)
        yield from bullet("部门", escape(rule.department))
        yield from self._fines(rule.penalty)
        yield from self._tail(rule.cite, rule.status, rule.confidence, rule.provenance, rule.covers)

    def penalty(self, item: PenaltyRange) -> Iterator[str]:
        """A range of one norm."""
        every: list[LifeDuty | LifeJudgement] = [*self._life.duties, *self._life.judgements]
        rules = [rule for rule in every if rule.penalty == item.penalty]
        yield from self._head(item.id, rules[0].title.zh if rules else item.penalty)
        parts = (_TARGETS[item.target], _DOCUMENTS[item.document], _GRAVITIES[item.gravity])
        yield from bullet("对", "，".join(filter(None, parts)))
        yield from bullet("情形", escape(item.circumstance.zh) if item.circumstance else "")
        yield from bullet("幅度", _amount(item) + ("（可以）" if item.at_discretion else ""))
        yield from bullet("按日计罚", "是" if item.daily else "")
        pages = (_DUTIES if isinstance(rule, LifeDuty) else _QUESTIONS for rule in rules)
        links = [link(rule.title.zh, href(_PENALTIES, page, rule.id)) for rule, page in zip(rules, pages, strict=True)]
        yield from bullet("用于", "、".join(links))
        yield from bullet("依据", cite_text(item.cite, item.cite.effective))
        yield from bullet("把握", status_text("verified", item.confidence))
        yield from bullet("来源", escape(item.provenance))
        yield ""

    def change(self, item: MaterialItem) -> Iterator[str]:
        """An item of the list of material changes."""
        yield from self._head(item.id, f"第{item.item}项 {item.title.zh}")
        yield from bullet("类别", escape(item.category.zh))
        yield from bullet("属重大变动的条件", self._teller.condition(item.when))
        yield from self._tail((item.cite,), item.status, item.confidence, item.provenance, ())

    def _head(self, name: str, title: str) -> Iterator[str]:
        yield f'<a id="{anchor(name)}"></a>\n\n### {escape(title)}\n\n`{name}`\n'

    def _arises(self, rule: LifeDuty | LifeJudgement) -> Iterator[str]:
        yield from bullet("条件", "" if rule.when == "true" else self._teller.condition(rule.when))
        yield from bullet("起因", self._events(rule.trigger.any) if rule.trigger else "")

    def _events(self, names: Iterable[str]) -> str:
        return escape("、".join(self._teller.rulebook.milestones[name].zh for name in names))

    def _limit(self, limit: Limit | None) -> str:
        if limit is None:
            return ""
        if limit.before:
            return f"{self._events(limit.before)}前"
        if limit.yearly:
            return f"每年 {'、'.join(limit.yearly)}，自{self._events(limit.after)}起"
        unit = _UNITS[limit.unit or ""]
        if limit.ahead is not None:
            return f"{self._events(limit.of)}前 {limit.ahead} {unit}"
        number = limit.within if limit.within is not None else f"每 {limit.every}"
        notes = ("（满期当日即逾期）" if limit.exclusive else "") + ("（起算日计入）" if limit.first_day_counts else "")
        return f"{self._events(limit.after)}后 {number} {unit}{notes}"

    def _fines(self, penalty: str | None) -> Iterator[str]:
        if penalty is not None:
            ranges = self._life.ranges_of.get(penalty, ())
            links = [link(item.id, href(_DUTIES, _PENALTIES, item.id)) for item in ranges]
            yield from bullet("罚则", "、".join(links))

    def _tail(
        self, cites: Iterable[DutyCite], status: str, confidence: str, provenance: str, covers: Iterable[str]
    ) -> Iterator[str]:
        yield "- **依据**（按行为日期引用）："
        yield from (f"  - {cite_text(cite, cite.effective)}" for cite in cites)
        yield from bullet("核实情况", status_text(status, confidence))
        yield from bullet("对应参考规则", escape("、".join(covers)))
        yield from bullet("来源", escape(provenance))
        yield ""


def _amount(item: PenaltyRange) -> str:
    factor = _PERCENT if item.unit == "fraction" else 1
    low, high = item.low * factor, item.high * factor
    return _AMOUNTS[item.unit].format(low=low, high=high, base=_BASES[item.base] if item.base else "")
