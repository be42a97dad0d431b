"""The figures of `docs/quality.md`: cases, coverage and mutation score per file, and the survivors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from admission.review.bench import Bench
from admission.review.coverage import Coverage
from admission.review.mutants import FileScore, Mutant, percent

__all__ = ["quality_page"]

_BLOCK = re.compile(r"(<!-- generated: quality -->\n).*?(<!-- end generated -->)", re.DOTALL)
_NEW = """\
# 规则质量 · Quality of the rules

<!-- generated: quality -->
<!-- end generated -->
"""


def quality_page(page: str | None, bench: Bench, reached: Coverage, scores: Sequence[FileScore]) -> str:
    """`page` (None: a new one) with its generated block written anew; what people wrote around it stays."""
    block = "\n".join((*_table(bench, reached, scores), "", *_unreachable(bench, reached), "", *_survivors(scores), ""))
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


def _survivors(scores: Sequence[FileScore]) -> list[str]:
    """What no case notices, one line per rule and part of it."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for mutant in (mutant for score in scores for mutant in score.survivors):
        found.setdefault((str(mutant.place), mutant.rule, mutant.field), []).append(_words(mutant))
    if not found:
        return ["没有存活的变异。No mutant survives."]
    lines = [
        "| 位置 place | 规则 rule | 处 part | 没有案例发现的改动 change that no case notices |",
        "|---|---|---|---|",
    ]
    lines += [f"| {at} | {rule} | `{part}` | {'; '.join(words)} |" for (at, rule, part), words in found.items()]
    return lines


def _words(mutant: Mutant) -> str:
    return mutant.change.replace("|", "\\|")
