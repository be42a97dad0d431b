"""Using the pages: by keyboard, on a phone, without scripts, with mistakes; contrast; who may not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.service.web.conftest import PHONE, Open, Site
from tests.service.web.walk import start

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
HIGH_POLLUTION = "是否使用《高污染燃料目录》所列的燃料？"

# the contrast of every visible text with the nearest opaque ground behind it, as WCAG 2 counts it
CONTRAST = """() => {
  const channel = v => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const ground = element => {
    for (let e = element; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c;
    }
    return [255, 255, 255];
  };
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || !element.checkVisibility() || element.closest('.hidden, .skip')) continue;
    const style = getComputedStyle(element);
    const ink = parse(element.closest('svg') ? style.fill : style.color);
    const [a, b] = [light(ink), light(ground(element))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) bad.push(`${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 20)}`);
  }
  return bad;
}"""
SIDEWAYS = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def assert_readable(page: Page) -> None:
    assert page.evaluate(CONTRAST) == []
    assert page.evaluate("() => [...document.images].filter(image => !image.alt).length") == 0
    unnamed = page.evaluate(
        "() => [...document.querySelectorAll('input:not([type=hidden]), select')]"
        ".filter(e => !e.labels?.length && !e.getAttribute('aria-label')).map(e => e.name)"
    )
    assert unnamed == []


def begin(page: Page, name: str = "某阀门项目") -> None:
    start(page, name, "阀门", "3443")


def finish(page: Page) -> None:
    page.get_by_role("button", name="就此出具研判结果").click()
    page.wait_for_url("**/decisions/*")


def test_everything_by_keyboard(open_page: Open) -> None:
    page = open_page()
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "跳到正文"
    page.get_by_role("link", name="新建研判").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/briefs/new")
    assert page.evaluate("() => document.activeElement.name") == "name"
    page.keyboard.type("键盘项目")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("阀门")
    page.locator("input[value='3443']").wait_for()
    page.keyboard.press("Tab")  # the button beside it
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_url("**/briefs/B*")
    assert page.evaluate("() => document.activeElement.value") == "是"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_text("已答 2 项").wait_for()
    page.wait_for_function("() => document.activeElement.closest('fieldset') !== null")


def test_back_correct_skip_and_not_known(open_page: Open) -> None:
    page = open_page()
    begin(page)
    address = page.url
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_role("alert").inner_text().startswith("请至少回答一项")
    page.get_by_label("不清楚").first.check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("heading", name="不清楚的事项（1）").wait_for()
    assert "查能源消耗清单；可问生态环境部门" in page.locator("aside").inner_text()
    assert page.get_by_text(HIGH_POLLUTION).count() == 0
    page.get_by_role("button", name="返回上一步").click()
    page.get_by_text(HIGH_POLLUTION).wait_for()
    page.get_by_role("button", name="以后再答").click()
    page.get_by_text(HIGH_POLLUTION).wait_for(state="detached")
    page.goto(address)  # saved, and resumed
    assert page.get_by_text(HIGH_POLLUTION).count() == 0
    page.get_by_text("已答 1 项").click()
    page.get_by_role("link", name="修改：国民经济行业代码").click()
    page.get_by_role("searchbox").press_sequentially("黑色金属铸造")
    page.locator("input[value='3391']").check()
    page.locator("input[value='3443']").uncheck()
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已答 1 项").click()
    assert "3391 黑色金属铸造" in page.locator("aside").inner_text()
    page.goto("/")
    assert page.get_by_role("link", name="某阀门项目").first.is_visible()


def test_a_bad_answer_is_explained_where_it_stands(open_page: Open, site: Site) -> None:
    page = open_page()
    begin(page)
    page.goto(page.url + "/answers?key=industry|")
    page.locator("input[value='3443']").uncheck()
    page.locator(".unsure input").check()
    page.get_by_role("button", name="删去这个答案").click()
    page.wait_for_url("**/briefs/B*")
    assert "国民经济行业" in page.locator("legend").first.inner_text()
    page.get_by_role("searchbox").fill("没有这样的行业吧")
    page.get_by_role("button", name="下一步").click()
    assert "没有查到" in page.locator("fieldset .problem").inner_text()


def test_the_bounds_narrow_visibly(open_page: Open) -> None:
    page = open_page()
    begin(page)
    assert page.locator(".bounds .step.reject").is_visible()
    assert page.locator(".bounds s").count() == 3
    first = page.locator("fieldset.question").first
    first.get_by_label("是", exact=True).check()
    page.get_by_role("button", name="下一步").click()
    page.get_by_text("已答 2 项").wait_for()
    assert page.locator(".step.closing").count() + page.locator(".step.closed").count() >= 3


@pytest.mark.parametrize("path", ["/login", "/", "/briefs/new", "/decisions", "interview", "result"])
def test_a_phone_does_not_scroll_sideways_and_everything_is_readable(
    open_page: Open, path: str, pictures: Path
) -> None:
    page = open_page(None if path == "/login" else "clerk", viewport=PHONE, is_mobile=True, has_touch=True)
    if path.startswith("/"):
        page.goto(path)
    else:
        begin(page)
        if path == "result":
            finish(page)
    assert page.evaluate(SIDEWAYS) <= 0
    assert_readable(page)
    page.screenshot(path=pictures / f"phone-{path.strip('/').replace('/', '-') or 'home'}.png")
    for summary in page.locator("summary").all()[:6]:
        summary.click()
    assert page.evaluate(SIDEWAYS) <= 0
    page.set_viewport_size({"width": 1280, "height": 900})
    assert_readable(page)


def test_without_scripts(open_page: Open) -> None:
    page = open_page(java_script_enabled=False)
    page.goto("/briefs/new")
    page.get_by_label("项目名称").fill("没有脚本")
    page.get_by_label("重庆石柱工业园区").check()
    page.get_by_role("searchbox").fill("阀门")
    page.get_by_role("button", name="查找").click()
    page.locator("input[value='3443']").check()
    page.get_by_role("button", name="开始问答").click()
    page.get_by_label("否", exact=True).first.check()
    page.get_by_role("button", name="下一步").click()
    assert page.get_by_text("已答 2 项").is_visible()
    page.get_by_role("button", name="就此出具研判结果").click()
    assert page.locator(".result .big").inner_text() == "资料不足"


def test_the_form_says_everything_that_is_missing(open_page: Open) -> None:
    page = open_page()
    page.goto("/briefs/new")
    page.get_by_role("button", name="开始问答").click()
    assert [text.inner_text() for text in page.get_by_role("alert").all()] == [
        "请填写项目名称。",
        "请选择园区；还没有定，就选“还没有定”。",
    ]


def test_a_wrong_password_and_an_address_that_does_not_exist(open_page: Open, site: Site) -> None:
    page = open_page(None)
    page.goto("/login")
    page.get_by_label("用户名").fill("clerk")
    page.get_by_label("密码").fill("wrong wrong wrong")
    page.get_by_role("button", name="登录").click()
    assert "用户名或密码不对" in page.get_by_role("alert").inner_text()


def test_a_reviewer_and_another_clerk_see_no_brief_of_mine(open_page: Open, site: Site) -> None:
    page = open_page()
    begin(page, "我的项目")
    path = page.url.removeprefix(site.address)
    reviewer = site.service.browser("reviewer")
    assert reviewer.get(path).status_code == 403
    assert "我的项目" not in reviewer.get("/").text
    assert site.service.browser("administrator").get(path).status_code == 200


def test_all_papers_can_be_taken(open_page: Open) -> None:
    page = open_page()
    begin(page, "取纸质件的项目")
    finish(page)
    id = re.sub(r".*/", "", page.url)
    for name, head in (("report.docx", b"PK"), ("process.docx", b"PK"), ("notice.docx", b"PK"), ("receipt.json", b"{")):
        answered = page.request.get(f"/decisions/{id}/{name}")
        assert answered.status == 200
        assert answered.body().startswith(head)
        assert "attachment" in answered.headers["content-disposition"]
    if page.get_by_role("link", name="PDF").count():
        assert page.request.get(f"/decisions/{id}/report.pdf").body().startswith(b"%PDF")
    else:
        assert "没有安装 LibreOffice" in page.locator("main").inner_text()
    assert page.request.get(f"/decisions/{id}/nothing.docx").status in (404, 422)
