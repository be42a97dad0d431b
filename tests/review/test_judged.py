"""Every change of a shipped rule that no case notices was looked at, and the conclusions are written into the page."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from admission.errors import Place, ProblemsError
from admission.review import open_bench
from admission.review.coverage import coverage
from admission.review.judged import Conclusion, judged_path, outdated, read_judged
from admission.review.mutants import FileScore, Mutant, scores
from admission.review.mutation import mutate
from admission.review.quality import quality_page
from tests.review.benches import bench_of

PAGE = Path(__file__).resolve().parents[2] / "docs" / "quality.md"
MUTANT = Mutant("NAT-01", "when", "a | b → c", Place("base/lists.yaml", 3), "survived")
SCORE = FileScore("base/lists.yaml", 1, 0, (MUTANT,))
ONE = Conclusion(rule="NAT-01", part="when", change="a | b → c", zh="等价。", en="Equivalent.")


@cache
def survivors() -> tuple[Mutant, ...]:
    return tuple(mutant for score in scores(mutate(open_bench())) for mutant in score.survivors)


def test_every_survivor_of_the_shipped_rules_has_a_conclusion() -> None:
    judged = read_judged(judged_path(PAGE))
    unjudged = [m for m in survivors() if not any(one.concerns(m) for one in judged)]
    assert [(mutant.rule, mutant.field, mutant.change) for mutant in unjudged] == []


def test_no_conclusion_outlives_its_survivor() -> None:
    judged = read_judged(judged_path(PAGE))
    assert outdated(judged, survivors()) == ()
    assert len(judged) == len({(one.rule, one.part, one.change) for one in judged})


def test_the_page_shows_the_conclusions_of_the_file() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert all(one.zh in text and one.en in text for one in read_judged(judged_path(PAGE)))
    assert "未看过" not in text


def test_conclusions_are_merged_and_their_lack_shows() -> None:
    bench = bench_of("")
    with_one = quality_page(None, bench, coverage(bench), (SCORE,), (ONE,))
    assert "| base/lists.yaml:3 | NAT-01 | `when` | a \\| b → c | 等价。 Equivalent. |" in with_one
    without = quality_page(None, bench, coverage(bench), (SCORE,))
    assert "**未看过 not looked at**" in without
    assert "| NAT-01 |" in without


@pytest.mark.parametrize("other", [{"rule": "NAT-02"}, {"part": "must"}, {"change": "d"}])
def test_a_conclusion_is_about_one_change_of_one_part(other: dict[str, str]) -> None:
    assert ONE.concerns(MUTANT)
    assert not ONE.model_copy(update=other).concerns(MUTANT)
    assert outdated((ONE,), (MUTANT,)) == ()
    assert outdated((ONE,), ()) == (ONE,)


def test_what_is_wrong_in_the_file_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "quality.judged.yaml"
    assert read_judged(path) == ()
    path.write_text("judged:\n  - {rule: A, part: b, change: c, zh: 甲}\n  - {rules: A}\n", encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_judged(path)
    assert {problem.place.line for problem in caught.value.problems} == {2, 3}
    assert "en" in str(caught.value)
