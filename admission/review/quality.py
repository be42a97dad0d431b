"""The figures of `docs/quality.md`: cases, coverage and mutation score per file, and the survivors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from admission.review.bench import Bench
from admission.review.coverage import Coverage
from admission.review.judged import Conclusion
from admission.review.mutants import FileScore, Mutant, percent

__all__ = ["quality_page"]

_BLOCK = re.compile(r"(<!-- generated: quality -->\n).*?(<!-- end generated -->)", re.DOTALL)
_NEW = """\
# 规则质量 · Quality of the rules

<!-- generated: quality -->
<!-- end generated -->
"""


def quality_page(
    page: str | None,
    bench: Bench,
    reached: Coverage,
    scores: Sequence[FileScore],
    judged: Sequence[Conclusion] = (),
) -> str:
    """`page` (None: a new one) with its generated block written anew; what people wrote around it stays.

    `judged` are the conclusions about changes that survive; they stand beside them.
    """
    block = "\n".join(
        (*_table(bench, reached, scores), "", *_unreachable(bench, reached), "", *_survivors(scores, judged), "")
    )
    return _BLOCK.sub(lambda match: match[1] + block + match[2], page if page is not None else _NEW)


def _table(bench: Bench, reached: Coverage, scores: Sequence[FileScore]) -> list[str]:
    covered = {file.file: file for file in reached.files}
    cases = Counter(bench.rules[name].file for case in bench.cases for name in {e.rule for e in case.expect})
    lines = [
        "| 文件 file | 案例 cases | 覆盖 coverage | 变异 mutants | 被发现 killed | 等价 equivalent | 得分 score |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for score in scores:
        own = covered.get(score.file)
        covered_by = "—" if own is None else percent(own.reached, own.total)
        figures = (cases[score.file], covered_by, score.total, score.killed, score.equivalent)
        lines.append(f"| `{score.file}` | {' | '.join(map(str, figures))} | {percent(score.killed, score.total)} |")
    killed, total = sum(score.killed for score in scores), sum(score.total for score in scores)
    whole = percent(reached.reached, reached.total)
    equivalent = sum(score.equivalent for score in scores)
    figures = (len(bench.cases), whole, total, killed, equivalent)
    lines.append(f"| **合计 total** | {' | '.join(map(str, figures))} | {percent(killed, total)} |")
    return lines


def _unreachable(bench: Bench, reached: Coverage) -> list[str]:
    """How many points no code leads to, and in which rules they are."""
    table, count = bench.rulebook.vocabulary.codes.title, len(reached.unreachable)
    rules = "、".join(dict.fromkeys(f"`{point.rule}`" for point in reached.unreachable))
    return [
        f"{table} 的任何代码都走不到的分支：{count} 处，不计入覆盖率{f'，在 {rules}' if count else ''}。",
        f"Unreachable with any code of {table}: {count}, not counted.",
    ]


def _survivors(scores: Sequence[FileScore], judged: Sequence[Conclusion]) -> list[str]:
    """What no case notices and what was concluded about it; changes of one part concluded alike share a line."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for mutant in (mutant for score in scores for mutant in score.survivors):
        key = (str(mutant.place), mutant.rule, mutant.field, _conclusion(mutant, judged))
        found.setdefault(key, []).append(_cell(mutant.change))
    if not found:
        return ["没有存活的变异。No mutant survives."]
    lines = [
        "| 位置 place | 规则 rule | 处 part | 没有案例发现的改动 change that no case notices | 结论 conclusion |",
        "|---|---|---|---|---|",
    ]
    for (at, rule, part, conclusion), words in found.items():
        lines.append(f"| {at} | {rule} | `{part}` | {'; '.join(words)} | {conclusion} |")
    return lines


def _conclusion(mutant: Mutant, judged: Sequence[Conclusion]) -> str:
    found = next((one for one in judged if one.concerns(mutant)), None)
    return "**未看过 not looked at**" if found is None else _cell(f"{found.zh} {found.en}")


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
