"""Audit and joint review in a real browser: from the upload to the ledger, three roles to one outcome, on a phone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from admission.record import open_problem, sign_opinion
from admission.record.reviewing import reviews
from tests.service.support import NOON
from tests.service.web.conftest import PHONE, Open, Site
from tests.service.web.office import TABLES, opened, recorded, reviewer
from tests.service.web.test_using import SIDEWAYS, assert_readable

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
PLANT = "年产12万台工业阀门项目"


def upload(page: Page) -> str:
    """The example tables of the audit, to their figures; the address."""
    page.goto("/audits")
    page.get_by_label("企业表", exact=False).first.set_input_files(TABLES / "enterprises.csv")
    page.locator("form[action='/audits/upload'] select[name=park]").select_option("shizhu")
    page.get_by_text("建设内容表、节点表、上一次审计").click()
    page.locator("input[name=components]").set_input_files(TABLES / "components.csv")
    page.locator("input[name=milestones]").set_input_files(TABLES / "milestones.csv")
    page.get_by_role("button", name="上传并审计").click()
    page.wait_for_url("**/audits/J*")
    page.locator(".w-figures").wait_for(timeout=60_000)
    return page.url


def test_an_audit_from_the_upload_to_a_problem_that_is_rectified(open_page: Open, pictures: Path) -> None:
    page = open_page()
    page.goto("/audits")
    assert_readable(page)
    address = upload(page)
    charts = page.locator(".w-chart canvas")
    charts.first.wait_for()
    assert charts.count() == 8
    assert page.locator(".w-chart:visible + .w-scroll table:visible").count() == 8
    assert "环评执行率" in page.locator(".w-figures").inner_text()
    assert_readable(page)
    page.screenshot(path=pictures / "audit.png")
    page.screenshot(path=pictures / "audit-full.png", full_page=True)
    page.get_by_role("link", name="不予入园").click()
    page.get_by_text("共 1 家").wait_for()
    page.goto(address)
    page.get_by_role("link", name="问题台账").click()
    page.get_by_label("责任部门").select_option("水利")
    page.get_by_role("button", name="查询").click()
    page.get_by_text("共 1 个问题").wait_for()
    assert_readable(page)
    page.screenshot(path=pictures / "ledger.png")
    page.get_by_role("link", name="复配化工（虚构）").click()
    page.get_by_text("判定过程").first.click()
    assert page.locator(".trace li").first.is_visible()
    assert_readable(page)
    page.screenshot(path=pictures / "enterprise.png")
    page.go_back()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="工作簿").click()
    assert waiting.value.suggested_filename.endswith("workbook.xlsx")
    page.get_by_label("选择 复配化工").check()
    page.get_by_label("整改期限").fill("2026-12-31")
    page.get_by_role("button", name="把所选问题转为整改任务").click()
    page.get_by_text("已转为整改任务 1 个").wait_for()
    page.get_by_role("link", name="整改中").click()
    page.get_by_label("责任人").fill("张三")
    page.get_by_role("button", name="交办").click()
    page.get_by_text("已记入台账。").wait_for()
    assert_readable(page)
    page.screenshot(path=pictures / "problem.png", full_page=True)


def sign(page: Page, address: str, position: str, reasons: str, conditions: str = "") -> None:
    page.goto(address)
    form = page.locator("form[action$='/evidence']")
    form.get_by_label(position, exact=True).check()
    form.get_by_label("理由").fill(reasons)
    form.get_by_label("附加条件").fill(conditions)
    form.get_by_role("button", name="签署").click()
    page.get_by_text("意见已签署，并记入台账。").wait_for()


def test_a_joint_review_by_three_roles(open_page: Open, site: Site, pictures: Path) -> None:
    service = site.service
    reviewer(service, "planner", "发改")
    decision = recorded(service, "valve-plant")
    clerk = open_page("clerk")
    clerk.goto(f"/decisions/{decision}")
    clerk.get_by_role("link", name="发起联合审查").click()
    assert_readable(clerk)
    clerk.get_by_role("button", name="发起联合审查").click()
    clerk.wait_for_url("**/reviews/R*")
    address = clerk.url
    clerk.get_by_role("button", name="办结").click()
    clerk.get_by_role("alert").wait_for()
    found = next(one for one in reviews(service.shared.store) if address.endswith(one.id))
    others = [seat.department for seat in found.seats if seat.department not in ("生态环境", "发改")]
    for name in others:
        sign_opinion(
            service.shared.store, found.id, department=name, position="agree", reasons="无意见", actor="test", at=NOON
        )
    environment, planning = open_page("reviewer"), open_page("planner")
    sign(
        environment,
        address,
        "有条件同意",
        "选址和产业定位符合要求，须落实废气收集",
        "环评批复前不得开工\n废气收集效率不低于九成",
    )
    assert_readable(environment)
    environment.screenshot(path=pictures / "review-department.png")
    environment.screenshot(path=pictures / "review-full.png", full_page=True)
    sign(planning, address, "同意", "符合产业政策，已备案")
    clerk.goto(address)
    clerk.get_by_text("有条件同意入园").first.wait_for()
    clerk.get_by_label("说明").fill("各部门均已签署")
    clerk.get_by_role("button", name="办结").click()
    clerk.get_by_text("审查已办结。").wait_for()
    assert "有条件同意入园" in clerk.locator(".w-facts").first.inner_text()
    assert clerk.locator(".w-trail li").count() == 2 + len(found.seats)
    assert_readable(clerk)
    clerk.screenshot(path=pictures / "review.png")
    clerk.goto("/reviews?state=all")
    assert_readable(clerk)
    clerk.screenshot(path=pictures / "reviews.png")


def test_rules_are_searched_and_compared(open_page: Open, pictures: Path) -> None:
    page = open_page("reviewer")
    page.goto("/rules")
    page.get_by_label("条款文字").fill("岸线 化工")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert_readable(page)
    page.screenshot(path=pictures / "rules.png")
    page.get_by_role("link", name="CN-YRPL-2020-26-2", exact=True).click()
    page.get_by_role("heading", name="长江干支流岸线").wait_for()
    assert_readable(page)
    page.screenshot(path=pictures / "rule.png")
    page.goto("/rules/CN-LIFE-EIA-APPROVAL")
    assert_readable(page)
    page.screenshot(path=pictures / "life-rule.png")
    page.goto("/rules/breaches")
    assert_readable(page)
    page.screenshot(path=pictures / "breaches.png")
    page.goto("/rules/compare?before=2026-08-14&after=2026-08-15&park=shizhu")
    page.get_by_text("新增 41 条").wait_for()
    assert_readable(page)
    page.screenshot(path=pictures / "rules-compare.png")


def test_nothing_runs_sideways_on_a_phone(open_page: Open, site: Site, pictures: Path) -> None:
    found = opened(site.service, "herbal-extraction")
    given = {"title": "未备案应急预案", "subject": "某企业", "department": "生态环境", "description": "检查时发现"}
    problem = open_problem(site.service.shared.store, **given, actor="clerk", at=NOON)
    page = open_page("clerk", viewport=PHONE)
    address = upload(page)
    for name, path in (
        ("audits", "/audits"),
        ("audit", address),
        ("ledger", f"{address}/ledger"),
        ("enterprises", f"{address}/enterprises"),
        ("enterprise", f"{address}/enterprises/6"),
        ("cells", f"{address}/cells"),
        ("impact", "/audits/impact"),
        ("reviews", "/reviews"),
        ("review", f"/reviews/{found.id}"),
        ("new-review", f"/reviews/new?decision={found.decision}"),
        ("choose-decision", "/reviews/new"),
        ("problems", "/problems"),
        ("problem", f"/problems/{problem.id}"),
        ("new-problem", "/problems/new"),
        ("rules", "/rules?q=岸线"),
        ("rule", "/rules/CN-EIA-2021-069"),
        ("life-rule", "/rules/CN-LIFE-EIA-APPROVAL"),
        ("breaches", "/rules/breaches"),
        ("compare", "/rules/compare?before=2026-08-14&after=2026-08-15"),
    ):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate(SIDEWAYS) <= 0, name
        assert_readable(page)
        page.screenshot(path=pictures / f"phone-{name}.png")


def test_printing_leaves_out_forms_and_keeps_tables(open_page: Open, site: Site, pictures: Path) -> None:
    found = opened(site.service, "precision-casting")
    page = open_page("reviewer")
    page.goto(f"/reviews/{found.id}")
    page.emulate_media(media="print")
    assert page.locator("form[action$='/evidence']").is_hidden()
    assert page.locator(".w-table").first.is_visible()
    assert page.locator(".w-trail").is_visible()
    (pictures / "review.pdf").write_bytes(page.pdf(format="A4"))


def test_without_scripts_an_audit_is_followed_too(open_page: Open) -> None:
    page = open_page("clerk", java_script_enabled=False)
    page.goto("/audits")
    page.get_by_label("企业表", exact=False).first.set_input_files(TABLES / "enterprises.csv")
    page.get_by_role("button", name="上传并审计").click()
    page.locator(".w-figures").wait_for(timeout=60_000)
    assert page.locator(".w-chart:visible").count() == 0
    assert page.locator(".w-charts table").count() == 9
