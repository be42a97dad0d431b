"""Pages of the rules: found by text, industry, status, day; one rule with its cases; two days, two editions."""

from __future__ import annotations

import re
from copy import copy
from datetime import date
from pathlib import Path

import pytest

from admission.errors import RulebookError
from admission.review.histories import read_histories
from admission.rulebook.life_rows import life_rows
from admission.rulebook.listing import every
from admission.rulebook.model import Retired
from admission.rulebook.rows import rows
from admission.rulebook.sources import read_history_sources
from admission.service.web.rule_compare import compare_days, compare_editions
from admission.service.web.rule_view import case_views
from tests.service.support import Service, running, shipped
from tests.service.web.office import page_of

YANGTZE = "CN-YRPL-2020-26-2"


@pytest.mark.parametrize(
    ("query", "inside", "outside"),
    [
        ("q=岸线 1公里 化工", YANGTZE, "CN-EIA-2021-069"),
        ("q=cn-yrpl-2020-26-2", YANGTZE, "CN-EIA-2021-069"),
        ("kind=eia&q=通用设备", "CN-EIA-2021-069", YANGTZE),
        ("status=unverified&q=长江 CN-YZ22-8A", "CN-YZ22-8A", YANGTZE),
        ("sector=2641&kind=eia", "CN-EIA-2021-044", "CN-EIA-2021-069"),
        ("sector=涂料制造&kind=eia", "CN-EIA-2021-044", "CN-EIA-2021-069"),
        ("on=2021-02-28&q=长江保护法", "没有符合条件的规则", YANGTZE),
        ("on=2021-03-01&q=长江保护法", YANGTZE, "没有符合条件"),
        ("department=水利&q=岸线 化工 扩建", YANGTZE, "CN-EIA-2021-069"),
        ("edition=CN-YRPL-2020", YANGTZE, "CN-EIA-2021-069"),
        ("kind=life&q=验收报告 公开", "CN-LIFE-ACCEPTANCE", "CN-LIFE-PERMIT-RENEWAL"),
        ("kind=question&q=数据 弄虚作假", "CN-LIFE-J-DATA-FRAUD", "CN-LIFE-J-ACC-1"),
        ("kind=penalty&on=2026-08-14&q=环评文件批复", "CN-PEN-001", "CN-PEN-002"),
        ("kind=penalty&on=2026-08-15&q=环评文件批复", "单位，报告书：20至100 万元", "CN-PEN-001"),
        ("kind=change&q=能力 30%", "CN-MATERIAL-2", "CN-MATERIAL-1 "),
        ("kind=life&department=住建", "CN-LIFE-DRAINAGE-PERMIT", "CN-LIFE-EIA-APPROVAL"),
        ("q=未批先建 kind&kind=life", "没有符合条件的规则", "CN-LIFE-EIA-APPROVAL"),
        ("q=未批先建&kind=life", "CN-LIFE-EIA-APPROVAL", "CN-LIFE-ACCEPTANCE"),
    ],
)
def test_rules_are_found(shared_service: Service, query: str, inside: str, outside: str) -> None:
    found = page_of(shared_service.browser("reviewer"), f"/rules?{query}")
    assert inside in found
    assert outside not in found


def test_a_park_leaves_only_what_binds_it(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    assert "PARK-SHIZHU-POS-01" in page_of(client, "/rules?park=shizhu&q=PARK-SHIZHU-POS-01")
    assert "没有符合条件的规则" in page_of(client, "/rules?park=demo&q=PARK-SHIZHU-POS-01")


def test_what_is_wrong_with_a_search_is_said_at_once(shared_service: Service) -> None:
    found = page_of(shared_service.browser("clerk"), "/rules?on=gestern&sector=9Q9Q")
    assert "日期“gestern”应写作 年-月-日" in found
    assert "行业“9Q9Q”不在 GB/T 4754 中" in found


def test_a_long_list_comes_in_pages_that_keep_the_filter(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    answer = client.get("/rules?kind=eia")
    assert "第 1 / 4 页，共 173 条" in answer.text
    assert 'href="?kind=eia&amp;p=2"' in answer.text
    assert page_of(client, "/rules?kind=eia&p=9999").count("第 4 / 4 页") == 1


def test_a_rule_says_everything(shared_service: Service) -> None:
    found = page_of(shared_service.browser("reviewer"), f"/rules/{YANGTZE}")
    for part in (
        "长江干支流岸线1公里范围内禁止新建、扩建化工项目",
        "厂界距长江干流岸线距离 ≤ 1000 米",
        "《中华人民共和国长江保护法》（中华人民共和国主席令第65号）第二十六条第二款",
        "2021-03-01 起",
        "已核实，把握高",
        "现行有效",
        "案例（",
        "命中",
    ):
        assert part in found


def test_a_duty_of_the_life_cycle_says_everything(shared_service: Service) -> None:
    found = page_of(shared_service.browser("reviewer"), "/rules/CN-LIFE-HW-MANIFEST")
    for part in (
        "危险废物转移", "危险废物转移后 5 个工作日", "全过程义务", "第 1 例", "期限 2024-06-11，逾期未办", "须问：",
        "现行有效", "依据", "罚则", "万元",
    ):  # fmt: skip
        assert part in found, part


def test_a_page_of_the_life_cycle_leads_to_what_it_names(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    text = client.get("/rules/CN-LIFE-EIA-APPROVAL").text
    assert 'href="/rules/CN-PEN-001"' in text
    assert 'href="/rules/breaches#build_before_approval"' in text
    assert "2016-09-01 至 2026-08-14，已失效" in text
    penalty = client.get("/rules/CN-PEN-001").text
    assert 'href="/rules/CN-LIFE-EIA-APPROVAL"' in penalty
    assert "总投资额的 1 % 至 5 %" in penalty
    assert "罚则没有单独的案例" in penalty
    breaches = client.get("/rules/breaches").text
    assert 'id="build_before_approval"' in breaches
    assert breaches.count('<section class="w-card"') == len(shipped().life.breaches)
    for id in set(re.findall(r'href="/rules/(CN-[^"]+)"', breaches)):
        assert client.get(f"/rules/{id}").status_code == 200, id


def test_every_duty_and_question_shows_its_histories(shared_service: Service) -> None:
    life = shipped().life
    for row in life_rows(shipped()):
        views = case_views(row, shipped(), ())
        assert views is not None
        assert bool(views) is (row.kind in ("life", "question")), row.id
        assert all(view.expected and view.facts for view in views)
    assert len(life.duties) + len(life.judgements) == 145


def test_broken_histories_leave_the_rule_readable(tmp_path: Path) -> None:
    (tmp_path / "x.histories.jsonl").write_text('{"rule": "CN-LIFE-ACCEPTANCE", "as_of": "gestern"}\n', "utf-8")
    row = next(row for row in life_rows(shipped()) if row.id == "CN-LIFE-ACCEPTANCE")
    assert case_views(row, shipped(), [tmp_path]) is None
    with pytest.raises(RulebookError) as caught:
        read_histories(read_history_sources([tmp_path]))
    assert {str(problem.place) for problem in caught.value.problems} == {f"{tmp_path.name}/x.histories.jsonl:1"}


@pytest.mark.parametrize("kind", ["eia", "permit", "list", "duty", "score", "life", "question", "penalty", "change"])
def test_rules_of_every_kind_have_a_page(shared_service: Service, kind: str) -> None:
    row = next(row for row in every(shipped()) if row.kind == kind)
    found = page_of(shared_service.browser("clerk"), f"/rules/{row.id}")
    assert row.title.zh.split("（")[0] in found


def test_a_rule_that_went_says_why_and_one_that_never_was_is_not_found(cheap_passwords: None, tmp_path: Path) -> None:
    rulebook = copy(shipped())
    rulebook.retired = (Retired(id="OLD-1", on=date(2026, 1, 1), reason="并入 NEW-1"),)
    with running(tmp_path, rulebook=rulebook) as service:
        client = service.browser("clerk")
        assert "规则 OLD-1 已于 2026-01-01 停用：并入 NEW-1" in page_of(client, "/rules/OLD-1", 404)
        assert "规则库中没有 NONE-1" in page_of(client, "/rules/NONE-1", 404)


def test_two_days_side_by_side() -> None:
    found = compare_days(shipped(), "shizhu", date(2026, 8, 14), date(2026, 8, 15))
    assert all(row.effective.start == date(2026, 8, 15) for row in found.came)
    assert all(row.effective.end == date(2026, 8, 14) for row in found.went)
    assert {row.edition.edition for row in found.came if row.kind == "list"} == {"CN-ECOCODE-2026"}
    duty = next(change for change in found.changed if change.before.id == "CN-DUTY-EIA-APPROVAL")
    assert [(name, "环境影响评价法" in old, "生态环境法典" in new) for name, old, new in duty.lines] == [
        ("依据", True, True)
    ]
    life = next(change for change in found.changed if change.before.id == "CN-LIFE-EIA-APPROVAL")
    fines = next((old, new) for name, old, new in life.lines if name == "罚则")
    assert fines[0].startswith("单位：总投资额的 1 % 至 5 %，依《中华人民共和国环境影响评价法》")
    assert fines[0].endswith("（2016-09-01 至 2026-08-14）")
    assert fines[1].startswith("单位，报告书：20至100 万元，依《中华人民共和国生态环境法典》第一千零九十五条")
    assert "CN-PEN-001" in {row.id for row in found.went}
    assert {"CN-PEN-002", "CN-LIFE-J-DATA-FRAUD"} <= {row.id for row in found.came}
    same = compare_days(shipped(), "shizhu", date(2026, 8, 15), date(2026, 8, 15))
    assert (same.came, same.went, same.changed) == ((), (), ())
    assert same.same > 600


def test_two_editions_side_by_side() -> None:
    found = compare_editions(shipped(), "CN-MA-2022", "CN-MA-2025")
    assert {row.edition.edition for row in found.came} <= {"CN-MA-2025"}
    assert {row.edition.edition for row in found.went} <= {"CN-MA-2022"}
    total = sum(row.edition.edition in ("CN-MA-2022", "CN-MA-2025") for row in rows(shipped()))
    assert len(found.came) + len(found.went) + 2 * (len(found.changed) + found.same) == total
    assert found.changed


def test_comparing_on_a_page(shared_service: Service) -> None:
    client = shared_service.browser("reviewer")
    days = page_of(client, "/rules/compare?before=2026-08-14&after=2026-08-15&park=shizhu")
    assert "新增 41 条，失效 12 条" in days
    assert "生态环境法典" in days
    assert "没有版本“X”" in page_of(client, "/rules/compare?old=X&new=CN-MA-2025")
    assert "原来的日期“x”应写作" in page_of(client, "/rules/compare?before=x&after=2026-08-15")
    assert "两边的规则完全一样" in page_of(client, "/rules/compare?before=2026-08-15&after=2026-08-15")


def test_machines_and_strangers_see_no_pages(shared_service: Service) -> None:
    assert shared_service.machine().get("/rules").status_code == 403
    assert shared_service.browser().get("/rules").status_code == 401
