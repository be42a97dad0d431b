"""A whole day of work without a mouse: the interview to its paper, an audit to a problem, a review to its signature."""

from __future__ import annotations

from typing import Any

import pytest

from tests.service.web.conftest import Open, Site
from tests.service.web.keys import Keys
from tests.service.web.office import TABLES, opened
from tests.service.web.walk import known_of

pytestmark = pytest.mark.browser


def test_the_interview_of_the_valve_plant(open_page: Open) -> None:
    page = open_page()
    keys = Keys(page)
    keys.follow("跳到正文")
    assert page.evaluate("() => document.activeElement.id") == "main"
    keys.follow("新建研判")
    page.wait_for_url("**/briefs/new")
    page.keyboard.type("年产12万台工业阀门项目")
    keys.pick("park", "shizhu")
    keys.reach("input[type=search]")
    page.keyboard.type("阀门")
    page.locator("input[value='3443']").wait_for()
    keys.reach("input[value='3443']")
    keys.press("Space")
    keys.follow("开始问答")
    page.wait_for_url("**/briefs/B*")
    assert keys.walk(known_of("valve-plant")) < 60
    keys.follow("出具研判结果")
    page.wait_for_url("**/decisions/*")
    assert page.locator(".result .big").inner_text() == "有条件入园"
    with page.expect_download() as waiting:
        keys.follow("Word")
    assert waiting.value.suggested_filename.endswith(".docx")


def test_an_audit_from_the_upload_to_a_problem(open_page: Open) -> None:
    page = open_page()
    keys, choosers = Keys(page), list[Any]()

    def choose(chooser: Any) -> None:  # a method of a list is nothing that Playwright can wrap
        choosers.append(chooser)

    page.on("filechooser", choose)
    keys.follow("批量审计")
    page.wait_for_url("**/audits")
    keys.reach("input[name=table]")
    keys.press("Space")
    while not choosers:
        page.wait_for_timeout(50)
    table = (TABLES / "enterprises.csv").read_text(encoding="utf-8").replace("复配化工", "键盘化工")  # no other test's
    choosers[0].set_files({"name": "enterprises.csv", "mimeType": "text/csv", "buffer": table.encode()})
    keys.choose("form[action='/audits/upload'] select[name=park]", "shizhu")
    keys.follow("上传并审计")
    page.wait_for_url("**/audits/J*")
    page.locator(".w-figures").wait_for(timeout=60_000)
    keys.follow("问题台账")
    page.wait_for_url("**/ledger")
    keys.choose("select[name=department]", "水利")
    keys.follow("查询")
    page.get_by_text("共 1 个问题").wait_for()
    keys.reach("input[name=fingerprints]")
    keys.press("Space")
    keys.follow("把所选问题转为整改任务")
    page.get_by_text("已转为整改任务 1 个").wait_for()
    keys.follow("整改中")
    page.wait_for_url("**/problems/*")
    keys.reach("input[name=owner]")
    page.keyboard.type("李四")
    keys.follow("交办")
    page.get_by_text("已记入台账。").wait_for()


def test_signing_a_review(open_page: Open, site: Site) -> None:
    review = opened(site.service, "chilli-processing")
    page = open_page("reviewer")
    keys = Keys(page)
    keys.follow("联合审查")
    page.wait_for_url("**/reviews")
    keys.reach(f"a[href='/reviews/{review.id}']")
    keys.press("Enter")
    page.wait_for_url(f"**/reviews/{review.id}")
    keys.pick("position", "agree")
    keys.reach("textarea[name=reasons]")
    page.keyboard.type("选址和产业定位符合要求")
    keys.follow("签署")
    page.get_by_text("意见已签署，并记入台账。").wait_for()
