"""Pages of rectification: a problem from opening to closing and back, by the people who may."""

from __future__ import annotations

import pytest

from admission.record import open_problem, problem
from tests.service.support import NOON, Service
from tests.service.web.office import page_of, reviewer

NEW = {"subject": "甲厂", "title": "未设置危废贮存间", "department": "生态环境", "deadline": "2026-12-31"}


def _opened(service: Service, **other: str) -> str:
    given = {"subject": "甲厂", "title": "未设置危废贮存间", "department": "生态环境"} | other
    return open_problem(service.shared.store, **given, actor="clerk", at=NOON).id


def test_a_problem_from_opening_to_closing_and_looking_back(service: Service) -> None:
    clerk, checker, store = service.browser("clerk"), service.browser("reviewer"), service.shared.store
    answer = clerk.post("/problems", data=NEW)
    assert answer.status_code == 303
    path = answer.headers["location"]
    id = path.rsplit("/", 1)[-1]
    assert clerk.post(f"{path}/assign", data={"owner": "张三", "deadline": "2026-12-01"}).status_code == 303
    early = clerk.post(f"{path}/rectified", data={"note": "好了"}, headers={"Accept": "text/html"})
    assert early.status_code == 409
    assert "整改证据" in early.text
    files = [("files", ("照片.jpg", b"\xff\xd8", "image/jpeg")), ("files", ("照片.jpg", b"\xff\xd9", "image/jpeg"))]
    assert clerk.post(f"{path}/evidence", data={"note": "已建成"}, files=files).status_code == 303
    assert set(problem(store, id).evidence[0].documents) == {"照片.jpg", "2-照片.jpg"}
    assert clerk.post(f"{path}/rectified", data={"note": "危废间已建成"}).status_code == 303
    assert "等待生态环境部门复查" in page_of(clerk, path)
    assert checker.post(f"{path}/recheck", data={"passed": "", "note": "x"}).status_code == 409
    assert checker.post(f"{path}/recheck", data={"passed": "no", "note": "标识不全"}).status_code == 303
    assert problem(store, id).state == "assigned"
    clerk.post(f"{path}/evidence", data={"note": "标识已补"})
    clerk.post(f"{path}/rectified", data={"note": "标识已补"})
    checker.post(f"{path}/recheck", data={"passed": "yes", "note": "合格"})
    assert checker.post(f"{path}/close", data={"note": "销号"}).status_code == 303
    assert problem(store, id).state == "closed"
    checker.post(f"{path}/recheck", data={"passed": "yes", "note": "回头看正常"})
    assert checker.post(f"{path}/reopen", data={"why": "又堆放在外", "deadline": "2027-01-31"}).status_code == 303
    now = problem(store, id)
    assert (now.state, now.reopened, str(now.deadline)) == ("assigned", 1, "2027-01-31")
    shown = page_of(checker, path)
    for step in ("立案 · clerk", "交办 · clerk", "不通过，退回整改", "销号 · reviewer", "又堆放在外", "重新立案 1 次"):
        assert step in shown
    assert shown.count("台账第") == len(now.trail)


def test_everything_wrong_with_a_new_problem_is_said_and_what_was_written_stays(service: Service) -> None:
    client = service.browser("clerk")
    answer = client.post("/problems", data={**NEW, "deadline": "31.12.2026"}, headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert "整改期限“31.12.2026”应写作 年-月-日" in answer.text
    assert 'value="甲厂"' in answer.text
    blank = client.post("/problems", data={"department": "no such"}, headers={"Accept": "text/html"})
    assert "没有部门“no such”" in blank.text
    empty = client.post("/problems", data={}, headers={"Accept": "text/html"})
    assert all(word in empty.text for word in ("单位名称", "标题", "部门"))
    past = client.post("/problems", data={**NEW, "deadline": "2026-11-23"}, headers={"Accept": "text/html"})
    assert past.status_code == 409
    assert "没有符合条件的问题" in page_of(client, "/problems")


def test_the_list_is_filtered_and_late_ones_stand_out(service: Service) -> None:
    client = service.browser("clerk")
    client.post("/problems", data={**NEW, "deadline": "2026-11-25"})
    client.post("/problems", data={**NEW, "subject": "乙厂", "department": "应急", "deadline": ""})
    assert "共 2 个问题" in page_of(client, "/problems")
    assert "乙厂" not in page_of(client, "/problems?department=生态环境")
    assert "甲厂" not in page_of(client, "/problems?q=乙")
    assert "共 0 个问题" in page_of(client, "/problems?state=closed")
    assert "共 0 个问题" in page_of(client, "/problems?late=true")
    assert "还有 1 天" in page_of(client, "/problems")
    service.clock.pass_by(days=2)
    late = page_of(service.browser("clerk"), "/problems?late=true")
    assert "已逾期 1 天" in late
    assert "其中逾期 1 个" in late
    assert "乙厂" not in late


def test_a_department_sees_only_its_problems(service: Service) -> None:
    mine, other = _opened(service), _opened(service, subject="乙厂", department="应急")
    client = service.browser("reviewer")
    assert "乙厂" not in page_of(client, "/problems")
    assert "乙厂" not in page_of(client, "/problems?department=应急")
    page_of(client, f"/problems/{mine}")
    page_of(client, f"/problems/{other}", 404)
    for step in ("evidence", "recheck", "close", "reopen"):
        form = {"note": "x", "passed": "yes", "why": "x"}
        assert client.post(f"/problems/{other}/{step}", data=form).status_code == 404
    assert len(problem(service.shared.store, other).trail) == 1
    reviewer(service, "rescue", "应急")
    page_of(service.browser("rescue"), f"/problems/{other}")


def test_files_belong_to_their_problem(service: Service) -> None:
    client, mine, other = service.browser("clerk"), _opened(service), _opened(service)
    client.post(f"/problems/{mine}/evidence", files={"files": ("a.html", b"<script>", "text/html")})
    sha256 = problem(service.shared.store, mine).evidence[0].documents["a.html"]
    found = client.get(f"/problems/{mine}/files/{sha256}")
    assert (found.content, found.headers["content-type"]) == (b"<script>", "application/octet-stream")
    assert client.get(f"/problems/{other}/files/{sha256}").status_code == 404


@pytest.mark.parametrize(
    ("who", "step"),
    [("clerk", "recheck"), ("clerk", "close"), ("clerk", "reopen"), ("reviewer", "assign"), ("reviewer", "rectified")],
)
def test_nobody_checks_what_he_reported(shared_service: Service, who: str, step: str) -> None:
    assert shared_service.browser(who).post(f"/problems/none/{step}").status_code == 403


def test_a_step_needs_the_token_of_the_page(service: Service) -> None:
    client, id = service.browser("clerk"), _opened(service)
    del client.headers["X-CSRF-Token"]
    assert client.post(f"/problems/{id}/assign", data={"owner": "x"}).status_code == 403
    assert len(problem(service.shared.store, id).trail) == 1
