"""The pages of the rules: complete, linked, small enough to open, and those of `docs/rules` up to date.

`ADMISSION_WRITE_DOCS=1 pytest tests/review/test_pages.py` writes `docs/rules` anew.
"""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from admission.cli.app import app
from admission.review import Bench, open_bench
from admission.review.pages import MARK, rule_pages
from admission.review.pages.markdown import escape, href
from admission.review.pages.naming import is_bound, named_codes

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs" / "rules"
LARGEST = 150_000
LINK = re.compile(r"(?<!\\)\]\(([^()]+)\)")
ANCHOR = re.compile(r'<a id="([^"]+)">')


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Any]:
    monkeypatch.setenv("ADMISSION_CACHE", str(tmp_path_factory.mktemp("cache")))
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def bench() -> Bench:
    return open_bench()


@pytest.fixture(scope="module")
def pages(bench: Bench) -> Mapping[str, str]:
    return rule_pages(bench)


def test_the_pages_of_docs_are_up_to_date(cli: Callable[..., Any], tmp_path: Path) -> None:
    folder = DOCS if os.environ.get("ADMISSION_WRITE_DOCS") else tmp_path
    assert cli("rules", "pages", "-o", folder).exit_code == 0
    made, kept = (
        {path.relative_to(root).as_posix(): path.read_text(encoding="utf-8") for path in root.rglob("*.md")}
        for root in (folder, DOCS)
    )
    differing = sorted(path for path in made.keys() | kept.keys() if made.get(path) != kept.get(path))
    assert differing == [], "run admission rules pages -o docs/rules"


def test_the_same_rules_give_the_same_pages(bench: Bench, pages: Mapping[str, str]) -> None:
    assert rule_pages(bench) == pages


def test_no_page_is_too_large(pages: Mapping[str, str]) -> None:
    assert {path: len(text.encode()) for path, text in pages.items() if len(text.encode()) > LARGEST} == {}


def test_every_rule_stands_on_one_page_with_its_condition(bench: Bench, pages: Mapping[str, str]) -> None:
    stated = [name for text in pages.values() for name in re.findall(r"^`([^`]+)`$", text, re.MULTILINE)]
    life = bench.rulebook.life
    kinds = (life.duties, life.judgements, life.penalties, life.material_change)
    assert sorted(stated) == sorted([*bench.rules, *(rule.id for found in kinds for rule in found)])


def test_every_link_leads_somewhere(pages: Mapping[str, str]) -> None:
    places = {path: set(ANCHOR.findall(text)) for path, text in pages.items()}
    for path, text in pages.items():
        assert len(ANCHOR.findall(text)) == len(places[path]), path
        for address in LINK.findall(text):
            target, _, place = address.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) if target else path
            assert target in places, (path, address)
            assert not place or place in places[target], (path, address)


def test_a_valve_maker_finds_its_entries(pages: Mapping[str, str]) -> None:
    (row,) = [line for line in pages["sectors/34.md"].splitlines() if line.startswith('| <a id="344">')]
    assert "[第69项](#cn-eia-2021-069) | [第83项](#cn-pwx-2019-083)" in row
    assert "鼓励：[泵阀、仪器仪表制造（首位产业）]" in row
    assert "[344 泵、阀门、压缩机及类似机械制造](sectors/34.md#344)" in pages["index.md"]


def test_an_entry_shows_its_cells_conditions_and_cases(pages: Mapping[str, str]) -> None:
    text = pages["eia/2021/34-35-machinery.md"]
    assert "| 环境影响报告书 | 有电镀工艺；年用溶剂型涂料（含稀释剂）≥10吨 | 有电镀工艺，或年用溶剂型涂料量" in text
    for name in ("行业", "理解", "依据", "核实情况", "来源", "案例"):
        assert f"- **{name}**：" in text


def test_what_is_excepted_is_not_named(bench: Bench) -> None:
    rule = bench.rules["PARK-SHIZHU-POS-06"]
    assert named_codes(rule, bench.rulebook) == tuple(map(str, range(13, 44)))
    assert is_bound(rule, bench.rulebook)
    assert not is_bound(bench.rules["CN-YRPL-2020-26-2"], bench.rulebook)


def test_generated_pages_no_longer_made_are_removed(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "old.md").write_text(f"{MARK}\n", encoding="utf-8")
    (tmp_path / "own.md").write_text("# 手写\n", encoding="utf-8")
    result = cli("rules", "pages", "-o", tmp_path)
    assert result.exit_code == 0
    assert "写入" in result.stdout
    assert not (tmp_path / "old.md").exists()
    assert (tmp_path / "own.md").exists()


def test_a_folder_that_cannot_be_made_is_told(cli: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("", encoding="utf-8")
    result = cli("rules", "pages", "-o", tmp_path / "taken")
    assert result.exit_code == 1
    assert "taken" in result.stderr
    assert "Traceback" not in result.stderr


def test_text_stays_text() -> None:
    assert escape("a_b\n< 3 |c| *d*") == r"a\_b \< 3 \|c\| \*d\*"
    assert href("eia/2021/a.md", "index.md") == "../../index.md"
    assert href("a.md", "a.md", "CN-1/x") == "#cn-1-x"
