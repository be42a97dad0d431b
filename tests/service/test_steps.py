"""Joint reviews and problems through the API alone: from opening to the end, by those who may, once per key."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema_rs import validator_for
from starlette.testclient import TestClient

from admission.record import open_review, problems, review, verify
from admission.record.reviewing import reviews
from admission.record.users import add_user, issue_key
from admission.service.examples import PROJECTS
from tests.service.support import NOON, PASSWORD, Service
from tests.service.web.office import PROJECTS as EXAMPLES
from tests.service.web.office import opened, recorded, reviewer

REASONS = "资料齐全，选址符合规划环评"
PROBLEM = {"title": "无证排污", "subject": "某阀门厂", "department": "生态环境", "deadline": "2026-12-31"}
Json = dict[str, Any]


def _done(client: TestClient, path: str, status: int = 200, **given: Any) -> Json:
    answer = client.post(path, **given)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def _codes(client: TestClient, path: str, status: int = 409, **given: Any) -> list[str]:
    found = _done(client, path, status, **given)
    return [fault["code"] for fault in found["problems"]]


def _reviewers(service: Service, departments: list[str]) -> dict[str, TestClient]:
    found = {"生态环境": service.browser("reviewer")}
    for number, name in enumerate(name for name in departments if name not in found):
        reviewer(service, f"reviewer{number}", name)
        found[name] = service.browser(f"reviewer{number}")
    return found


# --- joint review ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stem", "park", "outcome"),
    [("valve-plant", "demo", "agreed_with_conditions"), ("chemical-blender", "shizhu", "not_agreed")],
)
def test_a_joint_review_with_three_roles_through_the_api_alone(
    service: Service, stem: str, park: str, outcome: str
) -> None:
    machine, clerk = service.machine(), service.browser("clerk")
    content = (EXAMPLES / f"{stem}.yaml").read_bytes()
    headers = {"Content-Type": "application/yaml"}
    id = machine.post(f"/v1/screen?park={park}", content=content, headers=headers).headers["Admission-Decision"]
    answer = machine.post("/v1/reviews", json={"decision": id, "departments": ["交通"]})
    assert answer.status_code == 201, answer.text
    path, found = answer.headers["Location"], answer.json()
    assert path == f"/v1/reviews/{found['id']}"
    names = [seat["department"] for seat in found["seats"]]
    assert names[-1] == "交通"
    assert (found["open"], found["decision"], found["missing"]) == (True, id, names)
    people, asked = _reviewers(service, names), len(found["waiting"])
    while found["waiting"]:
        rule, departments = next(iter(found["waiting"].items()))
        given = {"rule": rule, "answer": "not_applicable", "why": REASONS}
        assert _codes(people["交通"], f"{path}/judgements", json=given) == ["step-judgement"]
        found = _done(people[departments[0]], f"{path}/judgements", json=given)
    assert bool(asked) is (stem == "chemical-blender")
    assert found["decision"] == found["decisions"][-1]
    assert len(found["decisions"]) == 1 + len(found["judgements"]) == 1 + asked
    assert _codes(clerk, f"{path}/close", json={}) == ["step-opinion"] * len(found["seats"])
    for seat in found["seats"]:
        form = {"position": "agree", "reasons": REASONS}
        found = _done(people[seat["department"]], f"{path}/opinions", data=form)
    assert found["missing"] == []
    assert _done(clerk, f"{path}/close", json={"note": "办结"})["outcome"] == outcome
    kinds = [step["kind"].removeprefix("review.") for step in machine.get(path).json()["trail"]]
    assert kinds == ["opened", *["judgement"] * asked, *["opinion"] * len(found["seats"]), "closed"]
    assert verify(service.shared.store).ok


def test_a_review_is_closed_by_its_policy_and_then_nothing_can_be_signed(service: Service) -> None:
    found, clerk = opened(service, "valve-plant"), service.browser("clerk")
    path = f"/v1/reviews/{found.id}"
    people = _reviewers(service, [seat.department for seat in found.seats])
    form = {"position": "agree", "reasons": REASONS}
    for seat in found.seats:
        _done(people[seat.department], f"{path}/opinions", data=form)
    closed = _done(clerk, f"{path}/close", json={"note": "同意"})
    assert (closed["outcome"], closed["closed_by"], closed["note"]) == ("agreed_with_conditions", "clerk", "同意")
    assert _codes(people["生态环境"], f"{path}/opinions", data=form) == ["step-state"]
    assert _codes(clerk, f"{path}/close", json={}) == ["step-state"]
    assert [one["id"] for one in clerk.get("/v1/reviews?state=closed").json()["reviews"]] == [found.id]
    assert clerk.get("/v1/reviews?state=open").json() == {"total": 0, "reviews": [], "next": None}


def test_an_opinion_has_conditions_and_files(service: Service) -> None:
    found, client = opened(service, "valve-plant"), service.browser("reviewer")
    path = f"/v1/reviews/{found.id}"
    form: Json = {"position": "conditional", "reasons": REASONS}
    assert _codes(client, f"{path}/opinions", data=form) == ["step-missing"]
    form["conditions"] = ["先取得环评批复", "废气收集"]
    files = [("files", ("../../意见.txt", b"attached", "text/html")), ("files", ("意见.txt", b"other", "text/plain"))]
    opinion = _done(client, f"{path}/opinions", data=form, files=files)["opinions"][0]
    assert opinion["conditions"] == form["conditions"]
    assert sorted(opinion["documents"]) == ["2-意见.txt", "意见.txt"]
    file = client.get(f"{path}/files/{opinion['documents']['意见.txt']}")
    assert (file.content, file.headers["content-type"]) == (b"attached", "application/octet-stream")
    assert file.headers["content-disposition"].startswith("attachment;")
    other = service.shared.store.put(b"secret", "text/plain", actor="test", at=NOON)
    assert client.get(f"{path}/files/{other}").status_code == 404


def test_departments_and_machines_see_their_own_reviews_only(service: Service) -> None:
    found = opened(service, "valve-plant")
    reviewer(service, "outsider", "林业")
    path, form = f"/v1/reviews/{found.id}", {"position": "agree", "reasons": REASONS}
    for client, seen in (
        (service.browser("reviewer"), True),
        (service.browser("clerk"), True),
        (service.browser("outsider"), False),
        (service.machine(), False),
    ):
        assert client.get(path).status_code == (200 if seen else 404)
        assert client.get("/v1/reviews").json()["total"] == seen
    assert service.browser("outsider").post(f"{path}/opinions", data=form).status_code == 404
    assert service.machine().post("/v1/reviews", json={"decision": found.decision}).status_code == 404
    id = service.machine().post("/v1/screen", json=PROJECTS["casting"]).headers["Admission-Decision"]
    own = open_review(service.shared.store, id, actor="clerk", at=NOON)
    assert [one["id"] for one in service.machine().get("/v1/reviews").json()["reviews"]] == [own.id]


def test_reviews_are_listed_by_filters_page_by_page(service: Service) -> None:
    client = service.browser("clerk")
    ids = [opened(service, stem).id for stem in ("valve-plant", "chemical-blender", "valve-plant")][::-1]
    seen, query = [], "limit=2"
    while query:
        page = client.get(f"/v1/reviews?{query}").json()
        assert page["total"] == 3
        seen += [one["id"] for one in page["reviews"]]
        query = f"limit=2&before={page['next']}" if page["next"] else ""
    assert seen == ids
    assert [one["id"] for one in client.get("/v1/reviews?project=阀门").json()["reviews"]] == [ids[0], ids[2]]
    decision = review(service.shared.store, ids[0]).decision
    assert [one["id"] for one in client.get(f"/v1/reviews?decision={decision}").json()["reviews"]] == [ids[0]]
    assert client.get("/v1/reviews?department=交通").json()["total"] == 0
    assert client.get("/v1/reviews?park=demo&department=生态环境").json()["total"] == 3


# --- problems ----------------------------------------------------------------------------------------------------


def test_a_problem_from_opening_to_looking_back_through_the_api(service: Service) -> None:
    machine, department = service.machine(), service.browser("reviewer")
    answer = machine.post("/v1/problems", json=PROBLEM)
    assert answer.status_code == 201, answer.text
    path = answer.headers["Location"]
    assert answer.json()["state"] == "opened"
    assert _codes(machine, f"{path}/rectified", json={"note": "已改"}) == ["step-state"]
    assert _done(machine, f"{path}/assign", json={"owner": "张三"})["deadline"] == "2026-12-31"
    assert _codes(machine, f"{path}/rectified", json={"note": "已改"}) == ["step-missing"]
    assert _codes(machine, f"{path}/evidence", data={"note": ""}, files={"x": b""}) == ["step-missing"]
    files = {"files": ("许可证.pdf", b"%PDF", "application/pdf")}
    handed = _done(machine, f"{path}/evidence", data={"note": "副本"}, files=files)
    assert machine.get(f"{path}/files/{handed['evidence'][0]['documents']['许可证.pdf']}").content == b"%PDF"
    assert _done(machine, f"{path}/rectified", json={"note": "已改"})["state"] == "rectified"
    sent_back = _done(department, f"{path}/recheck", data={"passed": "false", "note": "未见原件"})
    assert (sent_back["state"], sent_back["rechecks"][0]["passed"]) == ("assigned", False)
    _done(machine, f"{path}/evidence", data={"note": "原件已送"})
    _done(machine, f"{path}/rectified", json={"note": "已改"})
    assert _done(department, f"{path}/recheck", data={"passed": "true", "note": "属实"})["state"] == "passed"
    assert _done(department, f"{path}/close", json={})["state"] == "closed"
    assert _codes(department, f"{path}/close", json={}) == ["step-state"]
    back = _done(department, f"{path}/recheck", data={"passed": "false", "note": "回头看不符"})
    assert (back["state"], back["reopened"], back["rechecks"][-1]["looking_back"]) == ("assigned", 1, True)
    kinds = [step["kind"].removeprefix("problem.") for step in machine.get(path).json()["trail"]]
    assert kinds == [
        *("opened", "assigned", "evidence", "rectified", "rechecked"),
        *("evidence", "rectified", "rechecked", "closed", "rechecked"),
    ]
    assert verify(service.shared.store).ok


def test_a_closed_problem_is_opened_again(service: Service) -> None:
    client = service.browser("administrator")
    path = client.post("/v1/problems", json=PROBLEM).headers["Location"]
    assert _codes(client, f"{path}/reopen", json={"why": "x"}) == ["step-state"]
    _done(client, f"{path}/assign", json={"owner": "张三", "note": "尽快"})
    _done(client, f"{path}/evidence", data={"note": "照片"})
    _done(client, f"{path}/rectified", json={"note": "已改"})
    _done(client, f"{path}/recheck", data={"passed": "true", "note": "属实"})
    _done(client, f"{path}/close", json={"note": "销号"})
    assert _codes(client, f"{path}/reopen", json={"why": "x", "deadline": "2026-11-23"}) == ["step-day"]
    again = _done(client, f"{path}/reopen", json={"why": "许可证被撤销", "deadline": "2027-01-31"})
    assert (again["state"], again["deadline"], again["reopened"]) == ("assigned", "2027-01-31", 1)


def test_departments_and_machines_see_their_own_problems_only(service: Service) -> None:
    clerk = service.browser("clerk")
    path = clerk.post("/v1/problems", json=PROBLEM).headers["Location"]
    reviewer(service, "outsider", "林业")
    for client, seen in (
        (service.browser("reviewer"), True),
        (service.browser("outsider"), False),
        (service.machine(), False),
    ):
        assert client.get(path).status_code == (200 if seen else 404)
        assert client.get("/v1/problems").json()["total"] == seen
        assert client.get("/v1/problems?department=生态环境").json()["total"] == seen
        assert client.post(f"{path}/evidence", data={"note": "x"}).status_code == (200 if seen else 404)
    assert service.machine().post(f"{path}/assign", json={"owner": "x"}).status_code == 404


def test_problems_are_listed_by_filters_page_by_page(service: Service) -> None:
    client = service.browser("clerk")
    for number in range(5):
        _done(client, "/v1/problems", 201, json={**PROBLEM, "title": f"问题{number}", "deadline": "2026-11-24"})
    path = client.post("/v1/problems", json={**PROBLEM, "department": "应急"}).headers["Location"]
    _done(client, f"{path}/assign", json={"owner": "李四"})
    seen, query = [], "limit=4"
    while query:
        page = client.get(f"/v1/problems?{query}").json()
        assert page["total"] == 6
        seen += [one["title"] for one in page["problems"]]
        query = f"limit=4&before={page['next']}" if page["next"] else ""
    assert seen == ["无证排污", *(f"问题{number}" for number in reversed(range(5)))]
    totals = {
        query: client.get(f"/v1/problems?{query}").json()["total"]
        for query in ("department=应急", "state=assigned", "owner=李", "q=问题3", "overdue=true")
    }
    assert totals == {"department=应急": 1, "state=assigned": 1, "owner=李": 1, "q=问题3": 1, "overdue=true": 0}
    service.clock.pass_by(days=1)
    assert service.browser("clerk").get("/v1/problems?overdue=true").json()["total"] == 5


# --- keys, tokens, bad input -------------------------------------------------------------------------------------


def test_a_step_with_a_key_is_taken_once(service: Service) -> None:
    clerk, department, store = service.browser("clerk"), service.browser("reviewer"), service.shared.store
    id = recorded(service, "valve-plant")
    made = [
        clerk.post("/v1/reviews", json={"decision": id}, headers={"Idempotency-Key": "r"}),
        clerk.post("/v1/reviews", json={"decision": id}, headers={"Idempotency-Key": "r"}),
    ]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].content == made[1].content
    assert made[0].headers["Location"] == made[1].headers["Location"]
    assert [answer.headers.get("Idempotent-Replayed") for answer in made] == [None, "true"]
    assert len(reviews(store)) == 1
    path, form = made[0].headers["Location"], {"position": "agree", "reasons": REASONS}
    for content, status in ((b"a", 200), (b"a", 200), (b"b", 409)):
        answer = department.post(
            f"{path}/opinions", data=form, files={"files": ("a.txt", content)}, headers={"Idempotency-Key": "o"}
        )
        assert answer.status_code == status
    assert answer.json()["type"].endswith("idempotency-conflict")
    assert len(review(store, made[0].json()["id"]).opinions) == 1
    for title, status in (("甲", 201), ("甲", 201), ("乙", 409)):
        answer = clerk.post("/v1/problems", json={**PROBLEM, "title": title}, headers={"Idempotency-Key": "p"})
        assert answer.status_code == status
    assert len(problems(store)) == 1
    path = clerk.get("/v1/problems").json()["problems"][0]["id"]
    for _ in range(2):
        answer = clerk.post(f"/v1/problems/{path}/evidence", data={"note": "x"}, headers={"Idempotency-Key": "e"})
        assert answer.status_code == 200
    assert len(problems(store)[0].evidence) == 1


def test_a_step_that_was_refused_may_be_sent_again_with_its_key(service: Service) -> None:
    client = service.browser("administrator")
    path = client.post("/v1/problems", json=PROBLEM).headers["Location"]
    key = {"Idempotency-Key": "r"}
    assert client.post(f"{path}/rectified", json={"note": "已改"}, headers=key).status_code == 409
    _done(client, f"{path}/assign", json={"owner": "张三"})
    _done(client, f"{path}/evidence", data={"note": "照片"})
    for _ in range(2):
        assert client.post(f"{path}/rectified", json={"note": "已改"}, headers=key).status_code == 200


def test_a_cookie_alone_takes_no_step(service: Service) -> None:
    client = service.browser("clerk")
    del client.headers["X-CSRF-Token"]
    answer = client.post("/v1/problems", json=PROBLEM)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:admission:problem:csrf")
    assert problems(service.shared.store) == []


def test_people_take_steps_with_a_key_of_their_own(service: Service) -> None:
    store = service.shared.store
    add_user(store, "desk", role="reviewer", actor="test", at=NOON, password=PASSWORD, department="生态环境")
    key = issue_key(store, "desk", label="", actor="test", at=NOON)[1]
    client = TestClient(service.app, headers={"Authorization": f"Bearer {key}"})
    found = opened(service, "valve-plant")
    form = {"position": "agree", "reasons": REASONS}
    assert _done(client, f"/v1/reviews/{found.id}/opinions", data=form)["opinions"][0]["who"] == "desk"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"department": "财政"}, "department"),
        ({"deadline": "20261231"}, "deadline"),
        ({"nix": 1}, "nix"),
        ({"title": "x" * 201}, "title"),
    ],
)
def test_what_is_wrong_is_named(shared_service: Service, given: Json, field: str) -> None:
    answer = shared_service.browser("clerk").post("/v1/problems", json={**PROBLEM, **given})
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["problems"]] == [field]
    assert problems(shared_service.shared.store) == []


def test_a_problem_of_a_decision_that_is_not_there_is_refused(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    assert client.post("/v1/problems", json={**PROBLEM, "decision": "D20261124-0000000000"}).status_code == 404
    assert client.post("/v1/reviews", json={"decision": "D20261124-0000000000"}).status_code == 404
    assert client.get("/v1/reviews/R20261124-0000000000").status_code == 404
    assert problems(shared_service.shared.store) == []


def test_evidence_may_be_large_but_not_too_large(tmp_path: Any) -> None:
    from tests.service.support import running

    with running(tmp_path, upload_bytes=3_000_000, body_bytes=1000) as service:
        client = service.browser("clerk")
        path = client.post("/v1/problems", json=PROBLEM).headers["Location"]
        for size, status in ((2_000_000, 200), (3_000_001, 413)):
            answer = client.post(f"{path}/evidence", files={"files": ("a.bin", b"x" * size)})
            assert answer.status_code == status
        assert client.post("/v1/problems", json={**PROBLEM, "description": "x" * 2000}).status_code == 413


def test_bodies_have_valid_examples(shared_service: Service) -> None:
    document = shared_service.app.openapi()
    for name in ("NewReview", "NewJudgement", "Closing", "NewProblem", "Assignment", "Rectified", "Reopening"):
        schema = document["components"]["schemas"][name]
        check = validator_for({**schema, "components": document["components"]})
        assert schema["examples"]
        assert all(check.is_valid(example) for example in schema["examples"]), name
