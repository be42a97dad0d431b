"""The pages in a real browser: from the first word to the downloaded report."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx import Document

from tests.service.web.conftest import Open
from tests.service.web.walk import known_of, start, walk

pytestmark = pytest.mark.browser


def test_the_valve_plant_from_its_name_to_the_report(open_page: Open, pictures: Path) -> None:
    page = open_page()
    page.screenshot(path=pictures / "home-empty.png")
    page.goto("/briefs/new")
    page.get_by_label("项目名称").fill("年产12万台工业阀门项目")
    page.get_by_role("searchbox").press_sequentially("阀门")
    page.locator("input[value='3443']").wait_for()
    page.screenshot(path=pictures / "new.png")
    start(page, "年产12万台工业阀门项目", "阀门", "3443")
    page.screenshot(path=pictures / "interview.png", full_page=True)
    known = known_of("valve-plant")
    assert walk(page, known) < 60
    page.screenshot(path=pictures / "interview-done.png", full_page=True)
    assert page.get_by_role("heading", name="入园时能定的都问完了").is_visible()
    page.get_by_role("button", name="出具研判结果").click()
    page.wait_for_url("**/decisions/*")
    assert page.locator(".result .big").inner_text() == "有条件入园"
    assert "环境影响报告表" in page.locator(".facts").inner_text()
    assert "登记管理" in page.locator(".facts").inner_text()
    page.screenshot(path=pictures / "result.png")
    page.screenshot(path=pictures / "result-full.png", full_page=True)
    page.locator(".bounds, .score").first.scroll_into_view_if_needed()
    page.screenshot(path=pictures / "result-score.png")
    page.evaluate("document.querySelector('.drawing').scrollIntoView()")
    page.screenshot(path=pictures / "result-duties.png")
    with page.expect_download() as waiting:
        page.locator("a[href$='/report.docx']").click()
    saved = waiting.value
    assert saved.suggested_filename == "研判报告-年产12万台工业阀门项目.docx"
    words = "\n".join(cell.text for table in Document(saved.path()).tables for row in table.rows for cell in row.cells)
    assert "有条件入园" in words
    assert "3443 阀门和旋塞制造" in words


def test_the_chemical_blender_is_turned_away_and_told_what_would_help(open_page: Open, pictures: Path) -> None:
    page = open_page()
    start(page, "年产5000吨涂料及清洗剂复配项目", "涂料制造", "2641")
    walk(page, known_of("chemical-blender"))
    page.screenshot(path=pictures / "rejected-interview.png", full_page=True)
    page.get_by_role("button", name="出具研判结果").click()
    page.wait_for_url("**/decisions/*")
    assert page.locator(".result .big").inner_text() == "不予入园"
    assert "《长江保护法》第二十六条第二款" in page.locator("main").inner_text()
    page.locator("details.trace summary").first.click()
    assert "厂界距最近长江支流岸线距离" in page.locator("details.trace").first.inner_text()
    assert page.get_by_text("由 400 米 改为 1001 米").is_visible() or "改为" in page.locator(".remedies").inner_text()
    page.evaluate("window.scrollTo(0, 0)")
    page.screenshot(path=pictures / "rejected.png")
    page.screenshot(path=pictures / "rejected-full.png", full_page=True)
    page.emulate_media(media="print")
    (pictures / "rejected-print.pdf").write_bytes(page.pdf(format="A4"))
    page.emulate_media(media="screen")
    page.goto("/")
    page.screenshot(path=pictures / "home.png")
    page.goto("/decisions")
    page.screenshot(path=pictures / "records.png")
