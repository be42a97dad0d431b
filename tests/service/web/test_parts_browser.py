"""A project of two components in a real browser, to its result."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.web.conftest import PHONE, Open
from tests.service.web.test_using import SIDEWAYS, assert_readable
from tests.service.web.walk import start

pytestmark = pytest.mark.browser


def test_two_components_are_asked_apart_and_decided_together(open_page: Open, pictures: Path) -> None:
    page = open_page()
    start(page, "阀门及铸件项目", "阀门", "3443")
    address = page.url
    page.get_by_role("link", name="分开填").click()
    page.get_by_label("已填的是哪一项").fill("阀门车间")
    page.get_by_label("新的一项叫什么").fill("铸造车间")
    page.get_by_role("searchbox").press_sequentially("黑色金属铸造")
    page.locator("input[value='3391']").check()
    page.get_by_role("button", name="添加").click()
    page.get_by_role("heading", name="铸造车间").wait_for()
    assert_readable(page)
    page.screenshot(path=pictures / "parts.png")
    page.set_viewport_size(PHONE)
    assert page.evaluate(SIDEWAYS) <= 0
    page.screenshot(path=pictures / "phone-parts.png")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_role("link", name="回到问答").click()
    page.wait_for_url(address)
    assert page.locator("legend .of-part").count() == page.locator("legend").count()
    page.screenshot(path=pictures / "interview-parts.png")
    page.get_by_label("不清楚", exact=True).first.check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="不清楚的事项（1）").wait_for()
    page.get_by_role("button", name="就此出具研判结果").click()
    page.wait_for_url("**/decisions/*")
    assert {"阀门车间", "铸造车间"} <= set(" ".join(page.locator("main").all_inner_texts()).replace("：", " ").split())
    assert_readable(page)
