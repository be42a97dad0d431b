from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml

from admission import errors
from admission.errors import Place, Problem, ProblemCode, StoreError
from admission.record import Store, decision, decisions, verify
from admission.record.replaying import Rulebooks, replay
from admission.service import Settings
from admission.service.examples import PROJECTS
from admission.service.idempotency import Once, begin
from admission.service.problem_words import TITLES, Kind
from admission.service.problems import MEDIA_TYPE, ProblemError, of_error, problem_of
from admission.service.routes import batch
from admission.service.security.rates import Rates
from tests.service.support import Service, running, shipped

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((ROOT / "examples" / "projects").glob("*.yaml"))
BAD = sorted(path for path in (ROOT / "tests" / "bad_input").iterdir() if path.suffix in (".yaml", ".json"))
JSON = {"Content-Type": "application/json"}
YAML = {"Content-Type": "application/yaml"}
BODIES = ("/v1/screen", "/v1/screen/batch", "/v1/lifecycle", "/v1/questions")


# --- screening ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_answer_is_what_the_library_says_and_is_kept_byte_by_byte(shared_service: Service, path: Path) -> None:
    from admission import Project, screen

    client, content = shared_service.machine(), path.read_bytes()
    answer = client.post("/v1/screen", content=content, headers=YAML)
    project = Project.from_yaml(content, shipped())
    day = project.as_of or shared_service.clock.day()
    ruleset = shipped().in_force(project.park, on=day)
    assert answer.content == screen(project, ruleset).to_json().encode()
    assert answer.headers["Admission-Ruleset"] == ruleset.name
    assert answer.headers["Admission-Ruleset-SHA256"] == ruleset.sha256
    kept = client.get(f"/v1/decisions/{answer.headers['Admission-Decision']}/document")
    assert kept.content == answer.content


def test_a_what_if_is_not_kept(service: Service) -> None:
    answer = service.machine().post("/v1/screen?record=false", json=PROJECTS["brief"])
    assert answer.status_code == 200
    assert "Admission-Decision" not in answer.headers
    assert decisions(service.shared.store) == []


def test_a_kept_decision_names_its_actor_and_replays_equal(service: Service) -> None:
    id = service.browser("clerk").post("/v1/screen?lang=en", json=PROJECTS["casting"]).headers["Admission-Decision"]
    store: Store = service.shared.store
    found = decision(store, id)
    assert (found.actor, found.lang, found.park) == ("clerk", "en", "shizhu")
    assert replay(id, Rulebooks([shipped()], store)).equal
    assert verify(store).ok


def test_park_and_day_of_the_query_win(shared_service: Service) -> None:
    answer = shared_service.machine().post(
        "/v1/screen?park=demo&as_of=2026-08-14&record=false", json=PROJECTS["casting"]
    )
    assert answer.headers["Admission-Ruleset"] == "demo@2026-08-14"


def test_questions_say_whether_anything_can_change_the_verdict(shared_service: Service) -> None:
    client = shared_service.machine()
    found = client.post("/v1/questions", json=PROJECTS["brief"]).json()
    assert found["verdict_open"] is True
    first = found["asks"][0]["question"]["fact"]
    later = client.post(f"/v1/questions?unsure={first}", json=PROJECTS["brief"]).json()
    assert first not in {ask["question"]["fact"] for ask in later["asks"]}
    assert first in {doubt["ask"]["question"]["fact"] for doubt in later["unsure"]}


# --- batch -------------------------------------------------------------------------------------------------------


def _batch(service: Service, content: bytes, media: str = "application/json", query: str = "") -> list[dict[str, Any]]:
    answer = service.machine().post(f"/v1/screen/batch{query}", content=content, headers={"Content-Type": media})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]  # type: ignore[no-any-return] # the document of the test


def test_a_batch_has_one_result_or_problem_per_item(service: Service) -> None:
    items: list[object] = [PROJECTS["brief"], {"name": "x", "facts": {"nix": 1}}, 3, PROJECTS["casting"]]
    found = _batch(service, json.dumps(items).encode())
    assert [item["status"] for item in found] == [200, 422, 422, 200]
    assert [item["index"] for item in found] == [0, 1, 2, 3]
    assert [item["problem"]["problems"][0]["code"] for item in found[1:3]] == ["unknown-key", "not-a-mapping"]
    kept = {record.id for record in decisions(service.shared.store)}
    assert kept == {found[0]["id"], found[3]["id"]}


def test_a_batch_of_lines_and_one_that_is_not_kept(service: Service) -> None:
    lines = b"\n".join(json.dumps(project).encode() for project in PROJECTS.values())
    found = _batch(service, lines, "application/x-ndjson", "?record=false")
    assert [item["decision"]["project"] for item in found] == [project["name"] for project in PROJECTS.values()]
    assert {item["id"] for item in found} == {None}
    assert decisions(service.shared.store) == []


def test_items_of_a_batch_are_read_as_they_are_written(shared_service: Service) -> None:
    twice = b'[ {"name": "a", "industry": "344", "industry": "3391"} , {"name": "b", "facts": {"nature": NaN}}]'
    codes = [item["problem"]["problems"][0]["code"] for item in _batch(shared_service, twice)]
    assert codes == ["duplicate-key", "syntax"] or codes[0] == "duplicate-key"


@pytest.mark.parametrize("content", [b"", b"{}", b"[", b"[1,]", b"[1 2]", b"[]", b"[1] x", b"\xff", b"[" * 9999])
def test_a_batch_that_is_no_list_is_refused(shared_service: Service, content: bytes) -> None:
    answer = shared_service.machine().post("/v1/screen/batch", content=content, headers=JSON)
    assert (answer.status_code, answer.headers["content-type"]) == (400, MEDIA_TYPE)


def test_a_batch_may_not_be_too_long(tmp_path: Path) -> None:
    with running(tmp_path, batch_items=2) as service:
        assert service.machine().post("/v1/screen/batch", json=[1, 2, 3]).status_code == 413


# --- problems ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.name)
@pytest.mark.parametrize("route", ["/v1/screen", "/v1/lifecycle", "/v1/questions"])
def test_bad_documents_give_every_problem_at_once(shared_service: Service, path: Path, route: str) -> None:
    from admission import read_projects

    name = "body.json" if path.suffix == ".json" else "body.yaml"
    try:
        projects = read_projects(path.read_bytes(), name, shipped())
        expected: tuple[Problem, ...] = (
            Problem(ProblemCode.NOT_ONE_PROJECT, Place(name), values={"count": len(projects)}),
        )
    except errors.InputError as error:
        expected = error.problems
    headers = JSON if path.suffix == ".json" else YAML
    answer = shared_service.machine().post(route, content=path.read_bytes(), headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (422, MEDIA_TYPE)
    told = [(fault["code"], fault["line"], fault["text"]) for fault in answer.json()["problems"]]
    assert told == [(problem.code, problem.place.line, problem.text()) for problem in expected]
    assert all(fault["what"] for fault in answer.json()["problems"])


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_problem_has_a_status_and_a_title_in_both_languages(kind: Kind) -> None:
    chinese, english = TITLES[kind]
    assert english.isascii()
    assert not chinese.isascii()
    found = problem_of(kind, "en")
    assert (found.title, found.status, found.type) == (english, kind.status, f"urn:admission:problem:{kind}")
    assert 400 <= HTTPStatus(kind.status) < 600


EXAMPLE = yaml.safe_load((ROOT / "tests" / "data" / "problem_examples.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", ProblemCode)
def test_every_error_of_the_library_becomes_a_problem(code: ProblemCode) -> None:
    values = {
        key: value if not isinstance(value, list) else value[0]
        for key, value in EXAMPLE[code].get("values", {}).items()
    }
    problem = Problem(code, Place("f.yaml", 3), "field", values)
    for error, status in ((errors.InputError, 422), (errors.RulebookError, 503), (errors.StepError, 409)):
        found = of_error(error([problem]), "zh")
        assert found.status == status
        assert found.problems[0].text == problem.text("zh")
        assert found.problems[0].code == code


def test_other_errors_of_the_library_become_problems() -> None:
    found = {
        errors.NotInForceError("park x", shipped_day(), "never"): 422,
        errors.NotRecordedError("decision", "x"): 404,
        errors.MissingExtraError("x", "y"): 501,
        errors.StepsExceededError(3): 422,
    }
    assert [of_error(error, "en").status for error in found] == list(found.values())
    store = of_error(errors.StoreError("postgresql://x", "password wrong for user y"), "en")
    assert (store.status, store.detail) == (503, "")


def shipped_day() -> Any:
    from datetime import date

    return date(2026, 11, 24)


ABSURD = [
    b"",
    b"null",
    b"3",
    b'"x"',
    b"[]",
    b"{}",
    b"\x00",
    b"\xff\xfe\x00",
    b'{"name": "\\ud800", "industry": "344"}',
    b'{"name": "a", "facts": {"total_investment_wan_yuan": NaN}}',
    b'{"name": "a", "facts": {"total_investment_wan_yuan": 1e999}}',
    b'{"name": "a", "facts": {"total_investment_wan_yuan": ' + b"9" * 10_000 + b"}}",
    b'{"name": "a", "as_of": "' + b"9" * 10_000 + b'"}',
    b"[" * 100_000,
    b'{"a":' * 10_000,
    b'{"name": "' + b"x" * 1_000_000 + b'"',
    b"{" + b'"k": 1,' * 10_000 + b'"name": "a"}',
]


@pytest.mark.parametrize("content", ABSURD, ids=range(len(ABSURD)))
@pytest.mark.parametrize("headers", [JSON, YAML], ids=["json", "yaml"])
def test_absurd_bodies_are_the_callers_problem(
    shared_service: Service, content: bytes, headers: dict[str, str]
) -> None:
    client = shared_service.machine()
    for path in BODIES:
        answer = client.post(path, content=content, headers=headers)
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert answer.headers["content-type"] == MEDIA_TYPE


@pytest.mark.parametrize("media", ["", "text/plain", "application/xml", "multipart/form-data", "application/json5"])
def test_another_content_type_is_refused(shared_service: Service, media: str) -> None:
    for path in BODIES:
        answer = shared_service.machine().post(path, content=b"{}", headers={"Content-Type": media})
        assert answer.status_code == 415


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "TRACE"])
def test_another_method_is_refused(shared_service: Service, method: str) -> None:
    answer = shared_service.machine().request(method, "/v1/screen")
    assert answer.status_code == 405
    assert answer.json()["type"].endswith("method-not-allowed")


@pytest.mark.parametrize(
    "query",
    [
        "lang=fr",
        "as_of=2026-02-30",
        "as_of=20261124",
        "as_of=1790000000",
        "record=maybe",
        "park=" + "x" * 101,
        "as_of=",
    ],
)
def test_wrong_parameters_are_named(shared_service: Service, query: str) -> None:
    answer = shared_service.machine().post(f"/v1/screen?{query}", json=PROJECTS["brief"])
    assert answer.status_code == 422
    fault = answer.json()["problems"][0]
    assert (fault["file"], fault["field"]) == ("query", query.partition("=")[0])


def test_an_unknown_park_is_named_with_those_there_are(shared_service: Service) -> None:
    for path in (*BODIES[:1], *BODIES[2:]):
        answer = shared_service.machine().post(f"{path}?park=nowhere&lang=en", json=PROJECTS["brief"])
        assert answer.status_code == 422
        fault = answer.json()["problems"][0]
        assert (fault["code"], fault["field"]) == ("unknown-park", "park")
        assert "shizhu" in fault["text"]


def test_problems_speak_the_language_asked_for(shared_service: Service) -> None:
    client = shared_service.machine()
    assert client.get("/v1/decisions/none").json()["title"] == "没有这个内容"
    assert client.get("/v1/decisions/none?lang=en").json()["title"] == "There is no such thing"


def test_a_failure_of_the_service_tells_nothing(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object) -> None:
        raise RuntimeError("secret path /srv/x")

    monkeypatch.setattr("admission.service.routes.screen.screened", fails)
    answer = service.machine().post("/v1/screen", json=PROJECTS["brief"])
    assert (answer.status_code, answer.headers["content-type"]) == (500, MEDIA_TYPE)
    assert "secret" not in answer.text


def test_a_store_that_is_gone_is_told(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*args: object, **named: object) -> None:
        raise errors.StoreError("sqlite:///x", "disk I/O error")

    monkeypatch.setattr("admission.service.recording.write_decision", fails)
    answer = service.machine().post("/v1/screen", json=PROJECTS["brief"])
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:admission:problem:store-unavailable")
    assert "disk" not in answer.text


def test_more_requests_than_can_be_done_are_sent_away(service: Service) -> None:
    service.shared.computing.waiting = service.shared.settings.waiting
    answer = service.machine().post("/v1/screen", json=PROJECTS["brief"])
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    service.shared.computing.waiting = 0


# --- idempotency -------------------------------------------------------------------------------------------------


def test_the_same_request_is_recorded_once(service: Service) -> None:
    client, key = service.machine(), {"Idempotency-Key": "a1"}
    first, again = (client.post("/v1/screen", json=PROJECTS["brief"], headers=key) for _ in range(2))
    assert first.content == again.content
    assert first.headers["Admission-Decision"] == again.headers["Admission-Decision"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(decisions(service.shared.store)) == 1


def test_another_request_under_the_same_key_is_refused(service: Service) -> None:
    client, key = service.machine(), {"Idempotency-Key": "a1"}
    client.post("/v1/screen", json=PROJECTS["brief"], headers=key)
    for path, body in (("/v1/screen", PROJECTS["casting"]), ("/v1/screen?lang=en", PROJECTS["brief"])):
        answer = client.post(path, json=body, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:admission:problem:idempotency-conflict")


def test_a_batch_with_a_key_is_done_once_and_answered_the_same_item_by_item(service: Service) -> None:
    client, store = service.machine(), service.shared.store
    key = {"Idempotency-Key": "b1"}
    body: list[object] = [PROJECTS["brief"], {"name": "x", "facts": {"nix": 1}}, PROJECTS["casting"]]
    first, again = (client.post("/v1/screen/batch", json=body, headers=key) for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    ids = [item["id"] for item in first.json()["items"] if item["status"] == 200]
    assert {record.id for record in decisions(store)} == set(ids)
    assert len(ids) == 2
    assert verify(store).ok
    for path, other in (("/v1/screen/batch", body[:2]), ("/v1/screen/batch?lang=en", body), ("/v1/screen", body[0])):
        answer = client.post(path, json=other, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (409, "urn:admission:problem:idempotency-conflict")
    assert len(decisions(store)) == 2


def test_a_batch_that_is_refused_or_not_written_leaves_its_key_and_no_decision(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, key, store = service.machine(), {"Idempotency-Key": "b1"}, service.shared.store
    assert client.post("/v1/screen/batch", json={}, headers=key).status_code == 400

    def broken(*given: object, **named: object) -> None:
        raise StoreError("store", "full")

    with monkeypatch.context() as patch:
        patch.setattr(Once, "keep", broken)
        assert client.post("/v1/screen/batch", json=list(PROJECTS.values()), headers=key).status_code == 503
    assert decisions(store) == []
    assert client.post("/v1/screen/batch", json=list(PROJECTS.values()), headers=key).status_code == 200
    assert len(decisions(store)) == len(PROJECTS)


def test_the_key_of_a_batch_that_takes_long_is_not_given_up(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    client, key, store = service.machine(), {"Idempotency-Key": "b1"}, service.shared.store
    body, seen, decided = list(PROJECTS.values()), [], batch._decided

    def slowly(*given: Any) -> Any:
        service.clock.pass_by(seconds=90)
        with pytest.raises(ProblemError) as error:
            begin(store, "machine", "b1", b"other", service.clock.moment())
        seen.append(error.value.kind)
        return decided(*given)

    monkeypatch.setattr(batch, "_decided", slowly)
    assert client.post("/v1/screen/batch", json=body, headers=key).status_code == 200
    assert seen == [Kind.IDEMPOTENCY] * len(body)
    assert len(decisions(store)) == len(body)


def test_keys_of_others_are_others(service: Service) -> None:
    key = {"Idempotency-Key": "a1"}
    for client in (service.machine(), service.browser("clerk")):
        assert client.post("/v1/screen", json=PROJECTS["brief"], headers=key).status_code == 200
    assert len(decisions(service.shared.store)) == 2


def test_a_request_that_failed_may_be_sent_again(service: Service) -> None:
    client, key = service.machine(), {"Idempotency-Key": "a1"}
    assert client.post("/v1/screen", json={"name": "x", "facts": {"nix": 1}}, headers=key).status_code == 422
    assert client.post("/v1/screen", json=PROJECTS["brief"], headers=key).status_code == 200


def test_a_request_under_way_is_not_done_twice_and_one_that_died_is_done_later(service: Service) -> None:
    from admission.service.idempotency import Once, begin

    store, now = service.shared.store, service.clock.moment
    assert isinstance(begin(store, "machine", "a1", b"x", now()), Once)
    client, key = service.machine(), {"Idempotency-Key": "a1"}
    assert client.post("/v1/screen", json=PROJECTS["brief"], headers=key).status_code == 409
    service.clock.pass_by(minutes=3)
    assert client.post("/v1/screen", json=PROJECTS["brief"], headers=key).status_code == 200


@pytest.mark.parametrize("key", ["x" * 201, "a\x7f", "é"])
def test_a_key_that_cannot_be_is_refused(shared_service: Service, key: str) -> None:
    headers = {"Idempotency-Key": key.encode("latin-1")}
    answer = shared_service.machine().post("/v1/screen", json=PROJECTS["brief"], headers=headers)
    assert answer.status_code == 400


# --- rules -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/v1/rules?q=电镀", "/v1/rules/CN-EIA-2021-069", "/v1/parks", "/v1/schema/project", "/v1/schema/decision"]
)
def test_what_has_not_changed_is_not_sent_again(shared_service: Service, path: str) -> None:
    client = shared_service.machine()
    first = client.get(path)
    tag = first.headers["ETag"]
    for known in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = client.get(path, headers={"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_rules_are_found_by_word_kind_status_park_and_day(shared_service: Service) -> None:
    client = shared_service.machine()

    def found(query: str) -> dict[str, Any]:
        return client.get(f"/v1/rules?{query}").json()  # type: ignore[no-any-return] # the document of the test

    total = found("limit=0")["total"]
    assert total > 700
    assert all(rule["kind"] == "eia" for rule in found("kind=eia")["rules"])
    assert found("kind=eia&limit=0")["total"] == 173
    assert found("q=cn-eia-2021-069")["rules"][0]["id"] == "CN-EIA-2021-069"
    verified, unverified = (found(f"limit=0&status={status}")["total"] for status in ("verified", "unverified"))
    assert verified + unverified == total
    assert 0 < found("limit=0&park=shizhu&as_of=2026-11-24")["total"] < total
    pages = [found(f"limit=100&offset={start}")["rules"] for start in range(0, total, 100)]
    assert len({rule["id"] for page in pages for rule in page}) == total


def test_schemas_are_those_of_the_library(shared_service: Service) -> None:
    from admission.screening.document_schema import decision_schema, project_schema

    client = shared_service.machine()
    assert client.get("/v1/schema/decision").json() == decision_schema()
    assert client.get("/v1/schema/project?lang=en").json() == json.loads(json.dumps(project_schema(shipped(), "en")))
    assert client.get("/v1/schema/nothing").status_code == 422


def test_metrics_count_by_route_not_by_path(service: Service) -> None:
    client = service.machine()
    for id in range(3):
        client.get(f"/v1/decisions/{id}")
    client.get("/nowhere/1")
    client.post("/v1/screen", json=PROJECTS["brief"])
    text = client.get("/metrics").text
    assert 'admission_requests_total{method="GET",route="/v1/decisions/{id}",status="404"} 3.0' in text
    assert 'admission_decisions_total{verdict="incomplete"} 1.0' in text
    assert "nowhere" not in text


def test_requests_are_limited(tmp_path: Path) -> None:
    with running(tmp_path, rate_per_minute=8, machine_rate_per_minute=2) as service:
        machine = service.machine()
        assert [machine.get("/v1/parks").status_code for _ in range(3)] == [200, 200, 429]
        nobody = service.browser()
        assert 429 in [nobody.get("/healthz").status_code for _ in range(9)]


def test_workers_share_what_is_allowed() -> None:
    settings = {"rate_per_minute": 7, "machine_rate_per_minute": 9, "login_per_minute": 4}
    for workers, allowed in ((1, 7), (2, 4), (4, 2)):
        rates = Rates(Settings(workers=workers, **settings))  # type: ignore[arg-type] # numbers, whichever they are
        for _ in range(allowed):
            rates.request(None, "10.0.0.1")
        with pytest.raises(ProblemError):
            rates.request(None, "10.0.0.1")
