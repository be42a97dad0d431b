"""The pages of the life-cycle rules: duties, questions for a person, penalty ranges, material changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from admission.review.pages.life_lines import LifeLine, LifeRule, LifeTeller, users_of
from admission.review.pages.markdown import anchor, bullet, escape, href, link
from admission.review.pages.wording import Teller, cite_text, status_text
from admission.rulebook.life_model import LifeDuty, LifeJudgement, MaterialItem, PenaltyRange
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


def life_pages(teller: Teller) -> Mapping[str, str]:
    """Page → text; none for rules without a life cycle."""
    life, writer = teller.rulebook.life, _Writer(teller)
    if not life.duties:
        return {}
    texts = {
        _DUTIES: map(writer.asked, life.duties),
        _QUESTIONS: map(writer.asked, life.judgements),
        _PENALTIES: map(writer.penalty, life.penalties),
        _CHANGES: map(writer.change, life.material_change),
    }
    home = link("规则一览", href(_DUTIES, "index.md"))
    return {
        page: "\n".join([f"# {LIFE_PAGES[page]}\n\n{home}\n", *("\n".join(lines) for lines in found)])
        for page, found in texts.items()
    }


class _Writer:
    """Writes the lines of a life-cycle rule as Markdown."""

    def __init__(self, teller: Teller) -> None:
        self._rulebook = teller.rulebook
        self._teller = LifeTeller(teller.rulebook)

    def asked(self, rule: LifeDuty | LifeJudgement) -> Iterator[str]:
        """A duty, or a clause for a person."""
        page = _page(rule)
        yield from self._head(rule.id, rule.title.zh)
        yield from self._lines(rule, page)
        yield from self._tail(rule.cite, rule.status, rule.confidence, rule.provenance, rule.covers)

    def penalty(self, item: PenaltyRange) -> Iterator[str]:
        """A range of one norm."""
        rules = users_of(item, self._rulebook)
        yield from self._head(item.id, rules[0].title.zh if rules else item.penalty)
        yield from self._lines(item, _PENALTIES)
        yield from bullet("依据", cite_text(item.cite, item.cite.effective))
        yield from bullet("把握", status_text("verified", item.confidence))
        yield from bullet("来源", escape(item.provenance))
        yield ""

    def change(self, item: MaterialItem) -> Iterator[str]:
        """An item of the list of material changes."""
        yield from self._head(item.id, f"第{item.item}项 {item.title.zh}")
        yield from self._lines(item, _CHANGES)
        yield from self._tail((item.cite,), item.status, item.confidence, item.provenance, ())

    def _lines(self, rule: LifeRule, page: str) -> Iterator[str]:
        for line in self._teller.lines(rule):
            yield from bullet(line.name, self._said(line, page))

    def _said(self, line: LifeLine, page: str) -> str:
        links = [link(_name(rule), href(page, _page(rule), rule.id)) for rule in line.rules]
        return "、".join(links) or escape(line.text or line.condition)

    def _head(self, name: str, title: str) -> Iterator[str]:
        yield f'<a id="{anchor(name)}"></a>\n\n### {escape(title)}\n\n`{name}`\n'

    def _tail(
        self, cites: Iterable[DutyCite], status: str, confidence: str, provenance: str, covers: Iterable[str]
    ) -> Iterator[str]:
        yield "- **依据**（按行为日期引用）："
        yield from (f"  - {cite_text(cite, cite.effective)}" for cite in cites)
        yield from bullet("核实情况", status_text(status, confidence))
        yield from bullet("对应参考规则", escape("、".join(covers)))
        yield from bullet("来源", escape(provenance))
        yield ""


def _page(rule: LifeRule) -> str:
    match rule:
        case LifeDuty():
            return _DUTIES
        case LifeJudgement():
            return _QUESTIONS
        case PenaltyRange():
            return _PENALTIES
    return _CHANGES


def _name(rule: LifeRule) -> str:
    return rule.id if isinstance(rule, PenaltyRange) else rule.title.zh
