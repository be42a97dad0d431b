from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from admission.cli.page import WIDTH, Page, cells, shorten, visible, wrap

TEXT = st.text(st.sampled_from("长江岸线（《，。》）“”1公里 abc-d ≥·\u0301"), max_size=200)


@pytest.mark.parametrize(
    ("text", "width"),
    [("abc", 3), ("长江", 4), ("“长”", 6), ("a\u0301", 1), ("", 0), ("\u200b", 0), ("≤ 1 公里", 9)],
)
def test_width_in_cells(text: str, width: int) -> None:
    assert cells(text) == width


@given(TEXT, st.integers(8, 40))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cells(line) <= width and cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_no_line_begins_with_a_closing_mark() -> None:
    assert wrap("禁止新建化工项目，扩建", 16) == ["禁止新建化工项", "目，扩建"]


def test_no_line_ends_with_an_opening_mark() -> None:
    assert wrap("建设性质（含）", 10) == ["建设性质", "（含）"]


def test_words_stay_whole_unless_wider_than_a_line() -> None:
    assert wrap("依据 CN-YRPL-2020-26", 18) == ["依据", "CN-YRPL-2020-26"]
    assert wrap("CN-YRPL-2020-26", 8) == ["CN-YRPL-", "2020-26"]


def test_blanks_at_a_line_end_are_dropped() -> None:
    assert wrap("  ab   cd", 4) == ["ab", "cd"]
    assert wrap("", 10) == [""]


@given(TEXT, st.integers(6, 30))
def test_shortened_text_fits(text: str, width: int) -> None:
    assert cells(shorten(text, width)) <= width


def test_text_that_fits_is_not_shortened() -> None:
    assert shorten("通用设备制造业", 14) == "通用设备制造业"
    assert shorten("锅炉及原动设备制造，金属", 12) == "锅炉及原动…"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb", "a b"),
        ("\x1b[31mred", "\ufffd[31mred"),
        ("a\u202eb", "a\ufffdb"),
        ("\x9b2J", "\ufffd2J"),
        ("项目", "项目"),
    ],
)
def test_nothing_steers_the_terminal(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_paragraphs_hang_under_their_lead() -> None:
    page = Page(20)
    page.add("甲乙丙丁戊己庚辛壬癸", lead="1. ", indent=2)
    assert page.plain == "  1. 甲乙丙丁戊己庚\n     辛壬癸\n"


def test_gaps_are_single() -> None:
    page = Page(10)
    page.gap()
    page.add("甲")
    page.gap()
    page.heading("乙")
    page.rule()
    assert page.plain == f"甲\n\n乙\n\n{'-' * 10}\n\n"


def test_styles_honour_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    page = Page(WIDTH)
    page.add("结论 [bold]", style="bold red")
    page.add("长" * 60)
    coloured = page.styled()
    assert "\x1b[1;31m" in coloured
    assert "结论 [bold]" in coloured
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in page.styled()
    assert page.plain.splitlines()[1] == "长" * 40
