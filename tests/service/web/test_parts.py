"""A brief of several components: named, added, removed; each question about its own; the result narrows over all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import pytest
from starlette.testclient import TestClient

from admission import Project
from admission.lifecycle import screen
from admission.record import brief, brief_document, save_brief
from admission.screening.facts import component_facts
from admission.screening.interview import Asked, Phase
from admission.service.web.drafts import DraftState
from admission.service.web.standing import standing
from admission.vocabulary import Value
from tests.service.support import NOON, Service, shipped
from tests.service.web.office import PROJECTS, page_of

START = {"name": "某项目", "park": "shizhu", "value-1": "3443"}
ADDED = {"first": "阀门车间", "name": "铸造车间", "value-1": "3391"}
BOTH = [{"name": "阀门车间", "industry": ["3443"]}, {"name": "铸造车间", "industry": ["3391"]}]
VOCABULARY = shipped().vocabulary
TODAY = NOON.date()


@pytest.fixture(scope="module")
def shared_service(both_services: Service) -> Service:
    """On SQLite and on PostgreSQL."""
    return both_services


@pytest.fixture
def clerk(shared_service: Service) -> TestClient:
    return shared_service.browser("clerk")


def begin(clerk: TestClient) -> str:
    location: str = clerk.post("/briefs", data=START).headers["location"]
    return location


def state_of(service: Service, address: str) -> DraftState:
    store = service.shared.store
    return DraftState.of(brief_document(store, brief(store, address.removeprefix("/briefs/"))))


def parts_of(service: Service, address: str) -> object:
    """The components as saved, without empty facts."""
    found = state_of(service, address).document.get("components", [])
    return [{key: value for key, value in part.items() if value != {}} for part in found]


def test_the_first_component_takes_over_what_was_said_of_production(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    facts = {"key": ["has_forging|", "distance_to_yangtze_main_bank_m|"], "value-1": "否", "value-2": "34000"}
    assert clerk.post(f"{address}/answers", data=facts).status_code == 303
    assert clerk.post(f"{address}/parts", data=ADDED).headers["location"] == f"{address}/parts"
    assert parts_of(shared_service, address) == [{**BOTH[0], "facts": {"has_forging": False}}, BOTH[1]]
    state = state_of(shared_service, address)
    assert state.document["facts"] == {"distance_to_yangtze_main_bank_m": 34000}
    assert "industry" not in state.document
    assert state.history == [[Asked("has_forging", "阀门车间"), Asked("distance_to_yangtze_main_bank_m")]]
    text = page_of(clerk, address)
    assert "建设内容（2） 阀门车间 3443 阀门和旋塞制造 铸造车间 3391 黑色金属铸造" in text
    legends = re.findall(r"<legend>(.*?)</legend>", clerk.get(address).text, re.S)
    assert legends
    assert all(re.match(r'<span class="of-part">(阀门车间|铸造车间|整个项目)：', legend) for legend in legends)


def test_an_answer_is_about_its_component_and_can_be_taken_back(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    clerk.post(f"{address}/parts", data=ADDED)
    answers = {"key": ["has_forging|铸造车间", "has_forging|阀门车间"], "value-1": "是", "value-2": "不清楚"}
    clerk.post(f"{address}/answers", data=answers)
    cast, valves = {"has_forging": True}, {"has_forging": "不清楚"}
    assert parts_of(shared_service, address) == [{**BOTH[0], "facts": valves}, {**BOTH[1], "facts": cast}]
    assert "（铸造车间）" in page_of(clerk, address)
    correction = clerk.get(f"{address}/answers", params={"key": "has_forging|铸造车间"})
    assert "铸造车间：" in correction.text
    clerk.post(f"{address}/back", data={"key": "has_forging|铸造车间"})
    assert parts_of(shared_service, address) == [{**BOTH[0], "facts": valves}, BOTH[1]]
    clerk.post(f"{address}/back")
    assert parts_of(shared_service, address) == BOTH


def test_a_component_gets_another_name_and_keeps_its_answers(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    clerk.post(f"{address}/parts", data=ADDED)
    clerk.post(f"{address}/answers", data={"key": "has_forging|铸造车间", "value-1": "是"})
    assert clerk.post(f"{address}/parts/name", data={"old": "铸造车间", "name": "精铸|二车间"}).status_code == 303
    state = state_of(shared_service, address)
    assert state.parts == ("阀门车间", "精铸|二车间")
    assert state.history == [[Asked("has_forging", "精铸|二车间")]]
    assert "精铸|二车间" in page_of(clerk, address)
    assert clerk.get(f"{address}/answers", params={"key": "has_forging|精铸|二车间"}).status_code == 200


def test_removing_one_makes_the_other_the_whole_project_again(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    clerk.post(f"{address}/parts", data=ADDED)
    for part, given in (("阀门车间", "否"), ("铸造车间", "是")):
        clerk.post(f"{address}/answers", data={"key": f"has_forging|{part}", "value-1": given})
    assert "删去（连同 2 项回答）" in page_of(clerk, f"{address}/parts")
    assert clerk.post(f"{address}/parts/remove", data={"name": "铸造车间"}).status_code == 303
    state = state_of(shared_service, address)
    assert state.history == [[Asked("has_forging")]]
    assert parts_of(shared_service, address) == [{**BOTH[0], "facts": {"has_forging": False}}]
    assert "分成几项建设内容" in page_of(clerk, f"{address}/parts")
    text = page_of(clerk, address)
    assert "整个项目：" not in text
    assert "3443 阀门和旋塞制造" in text
    clerk.post(f"{address}/parts", data=ADDED | {"first": "机加工"})
    assert state_of(shared_service, address).history == [[Asked("has_forging", "机加工")]]
    assert state_of(shared_service, address).parts == ("机加工", "铸造车间")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"first": ""}, ["请填写名称"]),
        ({"first": "", "name": "", "value-1": "", "words-1": "铸造"}, ["请填写名称", "请从查到的行业中选一个"]),
        ({"name": "阀门车间"}, ["已有一项建设内容叫“阀门车间”"]),
        ({"name": "长" * 61}, ["名称太长"]),
        ({"find": "1", "value-1": "", "words-1": "锅炉"}, ["请从查到的行业中选一个"]),
    ],
)
def test_what_is_wrong_with_a_new_component_is_said_at_once(
    clerk: TestClient, shared_service: Service, given: dict[str, str], said: list[str]
) -> None:
    address = begin(clerk)
    answered = clerk.post(f"{address}/parts", data=ADDED | given)
    assert answered.status_code == 422
    alerts = [unescape(text) for text in re.findall(r'role="alert"[^>]*>([^<]+)', answered.text)]
    assert all(any(text in alert for alert in alerts) for text in said)
    assert parts_of(shared_service, address) == []


def test_answers_that_contradict_each_other_come_first(clerk: TestClient, shared_service: Service) -> None:
    store, at = shared_service.shared.store, shared_service.clock.moment()
    state = DraftState.new("旧项目", "shizhu", ["3443"])
    state.answer({Asked("requires_gw_protection"): False, Asked("has_tailings_pond"): True}, VOCABULARY)
    saved = save_brief(store, state.saved(), title="旧项目", actor="clerk", at=at)
    answered = clerk.post(f"/briefs/{saved.id}/parts", data=ADDED)
    assert answered.status_code == 422
    assert "和前面的回答矛盾" in answered.text
    assert parts_of(shared_service, f"/briefs/{saved.id}") == []


def test_wrong_steps_are_refused(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    assert clerk.post(f"{address}/parts/remove", data={"name": "阀门车间"}).status_code == 404
    clerk.post(f"{address}/parts", data=ADDED)
    assert clerk.post(f"{address}/parts/remove", data={"name": "没有的"}).status_code == 404
    taken = clerk.post(f"{address}/parts/name", data={"old": "阀门车间", "name": "铸造车间"})
    assert taken.status_code == 422
    assert "已有一项建设内容叫“铸造车间”" in taken.text
    assert shared_service.browser("reviewer").get(f"{address}/parts").status_code == 403


def test_there_is_an_end_to_the_components(clerk: TestClient, shared_service: Service) -> None:
    store, at = shared_service.shared.store, shared_service.clock.moment()
    state = DraftState.new("大项目", "shizhu", ["3443"])
    for number in range(2, 21):
        state.add_part(f"第{number}车间", [], first="第1车间", vocabulary=VOCABULARY)
    saved = save_brief(store, state.saved(), title="大项目", actor="clerk", at=at)
    answered = clerk.post(f"/briefs/{saved.id}/parts", data={"name": "第21车间"})
    assert answered.status_code == 422
    assert "最多 20 项" in answered.text
    assert len(state_of(shared_service, f"/briefs/{saved.id}").parts) == 20


@pytest.mark.parametrize("stem", ["valve-plant", "chemical-blender"])
def test_somebody_who_knows_everything_comes_to_the_result_of_the_whole_document(stem: str) -> None:
    project = Project.from_yaml(PROJECTS / f"{stem}.yaml", shipped())
    ruleset = shipped().in_force(project.park, on=TODAY)
    known = {part.name: part.values for part in component_facts(project, ruleset)}
    state = _divided(project)
    found = standing(state, shipped(), TODAY)
    asked = 0
    while found.interview.asks:
        state.answer({ask.key: _answer(ask.key, known) for ask in found.interview.asks[:8]}, VOCABULARY)
        narrowed = standing(state, shipped(), TODAY)
        assert set(narrowed.interview.bounds.possible_verdicts) <= set(found.interview.bounds.possible_verdicts)
        assert set(narrowed.interview.bounds.eia) <= set(found.interview.bounds.eia)
        found, asked = narrowed, asked + 1
    whole = screen(project, ruleset)
    assert found.decision.verdict == whole.verdict
    assert found.decision.eia.possible == whole.eia.possible
    assert found.decision.permit.possible == whole.permit.possible
    assert {key.component for step in state.history for key in step} >= set(known)
    assert asked > 1


def _divided(project: Project) -> DraftState:
    """A brief begun as one, then divided into the components of a project."""
    first, *others = project.components
    state = DraftState.new(project.name, project.park, first.industry or ())
    for other in others:
        state.add_part(other.name, other.industry or (), first=first.name, vocabulary=VOCABULARY)
    state.until = Phase.LATER
    return state


def _answer(key: Asked, known: Mapping[str, Mapping[str, Value | None]]) -> Value | None:
    """What the document says; of the whole project what any component knows. 不清楚 where it says nothing."""
    places = [key.component] if key.component is not None else list(known)
    values = [known[place].get(key.fact) for place in places]
    return next((value for value in values if value not in (None, False, 0.0)), next(iter(values)))
