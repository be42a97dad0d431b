"""The pages of the rule documents: one per rule file, in parts where a file is long."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import PurePosixPath

from admission.review.bench import Bench
from admission.review.pages.markdown import bullet, escape, href, link, table
from admission.review.pages.sections import heading, section
from admission.review.pages.wording import Teller, cite_text, period_text, status_text
from admission.review.subjects import Subject
from admission.rulebook import Edition
from admission.rulebook.checks import LAYERS

__all__ = ["Library"]

_LARGEST = 120_000
_KINDS = ("catalogue", "list", "duty", "score")
_RULES = "rules"


class Library:
    """Every rule with the page it stands on; `editions` are the catalogues, then lists, duties and scores."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.teller = Teller(bench)
        self.subjects: Sequence[Subject] = tuple(bench.rules.values())
        self.editions: Sequence[Edition] = tuple(
            sorted(bench.rulebook.editions.values(), key=lambda one: (_KINDS.index(one.kind), LAYERS.index(one.layer)))
        )
        self._sections = {subject.id: section(subject, self.teller) for subject in self.subjects}
        self._parts = dict(self._divided())
        self.page_of: Mapping[str, str] = {rule.id: page for page, rules in self._parts.items() for rule in rules}

    def link(self, page: str, subject: Subject, text: str = "") -> str:
        """A link from `page` to a rule."""
        return link(text or heading(subject), href(page, self.page_of[subject.id], subject.id))

    def header_page(self, edition: Edition) -> str:
        """The page that says what an edition is."""
        return _page(self.bench.places.editions[edition.edition].place("edition").file)

    @cached_property
    def pages(self) -> Mapping[str, str]:
        """The pages of all documents."""
        headers = {self.header_page(edition): edition for edition in self.editions}
        return {
            page: "\n".join(self._text(page, headers.get(page))) for page in dict.fromkeys([*headers, *self._parts])
        }

    def rules_of(self, edition: Edition) -> list[Subject]:
        """The rules of an edition; catalogue entries in the order of their numbers."""
        found = [subject for subject in self.subjects if subject.owned.edition is edition]
        return sorted(found, key=_number)

    def _divided(self) -> Iterator[tuple[str, list[Subject]]]:
        """Page → its rules: those of one edition in one file, as many as a page holds."""
        files: dict[tuple[str, str], list[Subject]] = {}
        for subject in self.subjects:
            files.setdefault((subject.file, subject.owned.edition.edition), []).append(subject)
        taken: dict[str, int] = {}
        for (file, _), rules in files.items():
            for part in self._chunks(rules):
                taken[file] = taken.get(file, 0) + 1
                yield _page(file, taken[file]), part

    def _chunks(self, rules: Sequence[Subject]) -> Iterator[list[Subject]]:
        size, part = 0, list[Subject]()
        for rule in rules:
            length = len(self._sections[rule.id].encode())
            if part and size + length > _LARGEST:
                yield part
                size, part = 0, []
            size += length
            part.append(rule)
        yield part

    def _text(self, page: str, edition: Edition | None) -> Iterator[str]:
        rules = self._parts.get(page, [])
        if edition is not None:
            yield from self._header(page, edition)
        else:
            owner = rules[0].owned.edition
            yield f"# {escape(owner.title.zh)}：{_span(rules)}"
            yield f"\n{link('本文件的说明和全部条目', href(page, self.header_page(owner)))} · {self._home(page)}\n"
        if edition is not None and rules:
            yield "\n## 条款\n"
        yield from (self._sections[rule.id] for rule in rules)

    def _home(self, page: str) -> str:
        return link("按行业查", href(page, "index.md"))

    def _header(self, page: str, edition: Edition) -> Iterator[str]:
        yield f"# {escape(edition.title.zh)}\n\n`{edition.edition}` · {self._home(page)}\n"
        yield from bullet("文件", cite_text(edition.cite(None)))
        yield from bullet("适用", self.teller.scope(edition))
        yield from bullet("有效期", period_text(edition.effective))
        yield from bullet("核实情况", status_text(edition.status))
        yield from bullet("来源", escape(edition.provenance))
        yield from bullet("条款", f"{len(self.rules_of(edition))} 条")
        if edition.notes:
            yield "\n## 说明\n"
            yield from (f"{number}. {escape(note.zh)}" for number, note in enumerate(edition.notes, 1))
        elsewhere = [rule for rule in self.rules_of(edition) if self.page_of[rule.id] != page]
        if elsewhere:
            yield "\n## 全部条目\n"
            yield from table(("条目", "编号"), ((self.link(page, rule), f"`{rule.id}`") for rule in elsewhere))


def _page(file: str, part: int = 1) -> str:
    """`rules/eia/2021/27-medicine.yaml` → `eia/2021/27-medicine.md`."""
    path = PurePosixPath(file)
    inside = path.relative_to(_RULES) if path.parts[0] == _RULES and len(path.parts) > 1 else path
    return str(inside.with_name(f"{path.stem}{f'-part{part}' if part > 1 else ''}.md"))


def _number(subject: Subject) -> int:
    entry = getattr(subject.owned.rule, "entry", "")
    return int(entry) if entry.isdecimal() else 0


def _span(rules: Sequence[Subject]) -> str:
    """`第69至70、75项`; for rules without numbers, from the first to the last."""
    numbers = sorted(_number(rule) for rule in rules)
    if not numbers[0]:
        return escape(f"{heading(rules[0])}等 {len(rules)} 条")
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"第{'、'.join(f'{run[0]}至{run[-1]}' if len(run) > 1 else str(run[0]) for run in runs)}项"
