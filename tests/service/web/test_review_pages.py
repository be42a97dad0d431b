"""Pages of the joint review: who sees what, who may do what, what is wrong is said beside the form."""

from __future__ import annotations

import pytest

from admission.record import NewEntry, departments_of, review, sign_opinion
from admission.record.reviewing import reviews
from admission.service.web.context import SHOWN
from tests.service.support import NOON, Service, token_of
from tests.service.web.office import opened, page_of, recorded, reviewer, screened

REASONS = "资料齐全，选址符合规划环评"


def test_a_clerk_opens_a_review_from_a_decision(service: Service) -> None:
    client = service.browser("clerk")
    id = recorded(service, "valve-plant")
    assert id in page_of(client, "/reviews/new")
    form = page_of(client, f"/reviews/new?decision={id}")
    assert "参加部门一致同意才算同意" in form
    assert "生态环境 10 个工作日" in form
    answer = client.post("/reviews", data={"decision": id, "departments": ["林业", "no such"]})
    assert answer.status_code == 303
    found = review(service.shared.store, answer.headers["location"].rsplit("/", 1)[-1])
    named = departments_of(screened("valve-plant")[1].model_dump(mode="json"))
    assert [seat.department for seat in found.seats] == [*named, "林业"]
    assert found.opened_by == "clerk"
    shown = page_of(client, f"/reviews/{found.id}")
    assert f"生态环境 {found.seats[0].due}" in shown
    assert "发起联合审查 · clerk · 2026-11-24 12:00" in shown
    assert "年产12万台工业阀门项目" in page_of(client, "/reviews")
    again = client.post("/reviews", data={"decision": id}, headers={"Accept": "text/html"})
    assert (again.status_code, len(reviews(service.shared.store))) == (409, 1)
    assert "请先改正" in again.text


def test_a_department_sees_only_the_reviews_it_takes_part_in(service: Service) -> None:
    found = opened(service, "valve-plant")
    reviewer(service, "outsider", "林业")
    assert found.seat("林业") is None
    inside, outside = service.browser("reviewer"), service.browser("outsider")
    assert "年产12万台工业阀门项目" in page_of(inside, "/reviews")
    assert "没有符合条件的联合审查" in page_of(outside, "/reviews")
    shown = page_of(inside, f"/reviews/{found.id}")
    assert "生态环境 （本部门）" in shown or "生态环境（本部门）" in shown
    page_of(outside, f"/reviews/{found.id}", 404)
    form = {"position": "agree", "reasons": REASONS}
    assert outside.post(f"/reviews/{found.id}/evidence", data=form).status_code == 404
    assert review(service.shared.store, found.id).opinions == ()


def test_signing_needs_everything_and_keeps_what_was_written(service: Service) -> None:
    found, client = opened(service, "valve-plant"), service.browser("reviewer")
    form = {"position": "conditional", "reasons": "须落实 <b>三同时</b>", "conditions": " \n"}
    answer = client.post(f"/reviews/{found.id}/evidence", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 409
    assert "附加条件" in answer.text
    assert "须落实 &lt;b&gt;三同时&lt;/b&gt;" in answer.text
    form["conditions"] = "先取得环评批复\n\n废气收集"
    files = {"files": ("../../意见.txt", b"attached", "text/html")}
    assert client.post(f"/reviews/{found.id}/evidence", data=form, files=files).status_code == 303
    opinion = review(service.shared.store, found.id).opinions[0]
    assert (opinion.department, opinion.who, opinion.position) == ("生态环境", "reviewer", "conditional")
    assert opinion.conditions == ("先取得环评批复", "废气收集")
    assert list(opinion.documents) == ["意见.txt"]
    file = client.get(f"/reviews/{found.id}/files/{opinion.documents['意见.txt']}")
    assert (file.content, file.headers["content-type"]) == (b"attached", "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment;")
    assert client.get(f"/reviews/{found.id}/files/{'0' * 64}").status_code == 404
    shown = page_of(client, f"/reviews/{found.id}")
    assert "废气收集" in shown
    assert "签署意见 · reviewer" in shown


def test_a_question_is_answered_by_the_department_it_is_for(service: Service) -> None:
    found, client = opened(service, "chemical-blender", "shizhu"), service.browser("reviewer")
    rule = next(rule for rule, names in found.waiting.items() if "生态环境" in names)
    other = next((rule for rule, names in found.waiting.items() if "生态环境" not in names), None)
    assert "须由人研判的问题" in page_of(client, f"/reviews/{found.id}")
    path = f"/reviews/{found.id}/judgement"
    wrong = client.post(path, data={"rule": rule, "answer": "maybe", "why": " "}, headers={"Accept": "text/html"})
    assert wrong.status_code == 409
    assert review(service.shared.store, found.id).judgements == ()
    if other is not None:
        refused = client.post(path, data={"rule": other, "answer": "clear", "why": REASONS})
        assert refused.status_code == 409
    answer = client.post(path, data={"rule": rule, "answer": "not_applicable", "why": REASONS})
    assert answer.status_code == 303
    now = review(service.shared.store, found.id)
    assert [(judged.rule, judged.answer, judged.who) for judged in now.judgements] == [
        (rule, "not_applicable", "reviewer")
    ]
    assert now.decision != found.decision
    shown = page_of(client, f"/reviews/{found.id}")
    assert f"生态环境答复 {rule}：不适用。{REASONS}" in shown
    assert now.decision in shown


def test_the_outcome_follows_the_declared_policy(service: Service) -> None:
    found, client = opened(service, "valve-plant"), service.browser("clerk")
    early = client.post(f"/reviews/{found.id}/close", data={"note": ""}, headers={"Accept": "text/html"})
    assert early.status_code == 409
    assert early.text.count("<li>") >= len(found.seats)
    for seat in found.seats:
        sign_opinion(
            service.shared.store,
            found.id,
            department=seat.department,
            position="agree",
            reasons=REASONS,
            actor="test",
            at=NOON,
        )
    assert "现在办结的结果是： 有条件同意入园" in page_of(client, f"/reviews/{found.id}")
    assert client.post(f"/reviews/{found.id}/close", data={"note": "同意"}).status_code == 303
    shown = page_of(client, f"/reviews/{found.id}")
    assert "有条件同意入园" in shown
    assert "办结 · clerk" in shown
    assert "没有符合条件" in page_of(client, "/reviews")
    assert "有条件同意入园" in page_of(client, "/reviews?state=closed")
    late = service.browser("reviewer").post(
        f"/reviews/{found.id}/evidence", data={"position": "agree", "reasons": REASONS}
    )
    assert late.status_code == 409


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("reviewer", ""),
        ("reviewer", "/none/close"),
        ("clerk", "/none/evidence"),
        ("clerk", "/none/judgement"),
        ("administrator", "/none/evidence"),
    ],
)
def test_steps_of_others_are_refused(shared_service: Service, who: str, path: str) -> None:
    assert shared_service.browser(who).post(f"/reviews{path}", data={"decision": "x"}).status_code == 403


def test_a_step_needs_the_token_of_the_page(service: Service) -> None:
    found, client = opened(service, "valve-plant"), service.browser("reviewer")
    del client.headers["X-CSRF-Token"]
    form = {"position": "agree", "reasons": REASONS}
    assert client.post(f"/reviews/{found.id}/evidence", data=form).status_code == 403
    assert review(service.shared.store, found.id).opinions == ()
    form["csrf_token"] = token_of(client.get(f"/reviews/{found.id}").text)
    assert client.post(f"/reviews/{found.id}/evidence", data=form).status_code == 303


def test_what_is_not_there_is_not_found(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    page_of(client, "/reviews/R20261124-0000000000", 404)
    page_of(client, "/reviews/new?decision=D20261124-0000000000", 404)
    assert client.post("/reviews", data={"decision": "none"}).status_code == 404


def test_many_reviews_come_in_pages(service: Service) -> None:
    store, first = service.shared.store, opened(service, "valve-plant")
    (entry,) = store.entries(subject=first.id, kind="review.opened")
    others = [NewEntry(entry.kind, f"R-{number:03d}", entry.body) for number in range(SHOWN)]
    store.append(others, actor="clerk", at=NOON)
    client = service.browser("clerk")
    text = page_of(client, "/reviews")
    assert f"共 {SHOWN + 1} 件" in text
    assert f"第 1 / 2 页，共 {SHOWN + 1} 条" in text
    last = client.get("/reviews?state=all&p=2").text
    assert f'href="/reviews/{first.id}"' in last
    assert last.count("<tr>") == 2
