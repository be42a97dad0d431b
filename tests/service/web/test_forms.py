"""What forms send, without a browser: every mistake explained, nothing lost, nothing of others shown."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.testclient import TestClient

from admission.record import brief, brief_document
from admission.screening.interview import Asked
from admission.service import converting
from admission.service.web.answering import key_of, lookup
from admission.service.web.drafts import DraftState
from tests.service.support import Service, shipped

VOCABULARY = shipped().vocabulary
START = {"name": "某项目", "park": "shizhu", "value-1": "3443"}


@pytest.fixture
def clerk(shared_service: Service) -> TestClient:
    return shared_service.browser("clerk")


def begin(clerk: TestClient, **changes: str) -> str:
    answered = clerk.post("/briefs", data=START | changes)
    assert answered.status_code == 303
    return answered.headers["location"]


def send(clerk: TestClient, address: str, *answers: tuple[str, list[str]], **more: str) -> str:
    """The text of the page that comes back; the questions as `fact|component` with what was given."""
    data: dict[str, object] = {"key": [key for key, _ in answers], **more}
    data |= {f"value-{number}": given for number, (_, given) in enumerate(answers, 1)}
    answered = clerk.post(f"{address}/answers", data=data)
    if answered.status_code == 303:
        answered = clerk.get(answered.headers["location"])
    return unescape(re.sub(r"<[^>]+>", "", answered.text))


def document(service: Service, address: str) -> dict[str, object]:
    saved = brief_document(service.shared.store, brief(service.shared.store, address.removeprefix("/briefs/")))
    found: dict[str, object] = saved["document"]
    return found


def test_answers_of_every_kind_are_saved(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    send(
        clerk,
        address,
        ("uses_high_pollution_fuel|", ["否"]),
        ("sensitive_areas|", ["无"]),
        ("gas_boiler_total_t_per_h|", ["2.5"]),
        ("guidance_class|", ["permitted"]),
        ("nature|", ["new", "expansion"]),
        ("hazardous_waste_codes|", ["900-217-08"]),
        ("is_chemical_project|", ["不清楚"]),
        ("has_casting|", []),
    )
    assert document(shared_service, address) == {
        "name": "某项目",
        "park": "shizhu",
        "industry": ["3443"],
        "facts": {
            "uses_high_pollution_fuel": False,
            "sensitive_areas": [],
            "gas_boiler_total_t_per_h": 2.5,
            "guidance_class": "permitted",
            "nature": ["expansion", "new"],
            "hazardous_waste_codes": ["HW08 900-217-08"],
            "is_chemical_project": "不清楚",
        },
    }


@pytest.mark.parametrize(
    ("key", "given", "said"),
    [
        ("uses_high_pollution_fuel|", ["是", "不清楚"], "“不清楚”不能和别的答案一起选"),
        ("sensitive_areas|", ["无", "wetland"], "“以上都没有”不能和别的选项一起选"),
        ("gas_boiler_total_t_per_h|", ["三吨"], "应为数字（t/h）"),
        ("gas_boiler_total_t_per_h|", ["9" * 300], "太长了"),
        ("guidance_class|", ["nonsense"], "没有选项“nonsense”"),
        ("hazardous_waste_codes|", ["900"], "900"),
        ("uses_high_pollution_fuel|", [], "请至少回答一项"),
        ("no_such_fact|", ["是"], "请至少回答一项"),
        ("eia_class|", ["form"], "请至少回答一项"),
        ("nature|没有的车间", ["new"], "请至少回答一项"),
    ],
)
def test_a_bad_answer_is_explained_and_not_saved(
    clerk: TestClient, shared_service: Service, key: str, given: list[str], said: str
) -> None:
    address = begin(clerk)
    before = document(shared_service, address)
    assert said in send(clerk, address, (key, given))
    assert document(shared_service, address) == before


def test_words_in_place_of_a_code_are_looked_up(clerk: TestClient) -> None:
    address = begin(clerk, **{"value-1": ""})
    asked = ("industry|", [])
    assert "请从下面查到的代码中选一个" in (text := send(clerk, address, asked, **{"words-1": "阀门"}))
    assert "3443 阀门和旋塞制造" in text
    assert "没有查到“没有这种”" in send(clerk, address, asked, **{"words-1": "没有这种"})


def test_a_code_that_stays_coarse_is_put_off(clerk: TestClient) -> None:
    address = begin(clerk, **{"value-1": "34"})
    for given in (["34"], ["不清楚"]):
        text = send(clerk, address, ("industry|", given))
        assert "34 通用设备制造业" in text
        assert "属于哪个（些）国民经济行业" not in text.split("已答")[0]


def test_an_answer_that_contradicts_another_is_refused(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    send(clerk, address, ("requires_gw_protection|", ["否"]))
    assert "和前面的回答矛盾" in send(clerk, address, ("has_tailings_pond|", ["是"]))
    assert "has_tailings_pond" not in str(document(shared_service, address))


def test_older_answers_that_newer_rules_contradict_can_be_corrected(clerk: TestClient, shared_service: Service) -> None:
    from admission.record import save_brief

    store, at = shared_service.shared.store, shared_service.clock.moment()
    state = DraftState.new("旧项目", "shizhu", ["3443"])
    state.answer({Asked("requires_gw_protection"): False, Asked("has_tailings_pond"): True}, VOCABULARY)
    saved = save_brief(store, state.saved(), title="旧项目", actor="clerk", at=at)
    shown = clerk.get(f"/briefs/{saved.id}")
    assert shown.status_code == 409
    assert "已填的答案互相矛盾" in shown.text
    assert clerk.post(f"/briefs/{saved.id}/back").status_code == 303
    assert clerk.get(f"/briefs/{saved.id}").status_code == 200


def test_correcting_and_removing_one_answer(clerk: TestClient, shared_service: Service) -> None:
    address = begin(clerk)
    send(clerk, address, ("nature|", ["new"]), ("uses_coal|", ["是"]))
    form = clerk.get(f"{address}/answers", params={"key": "nature|"}).text
    assert re.search(r'value="new" checked', form)
    assert clerk.get(f"{address}/answers", params={"key": "has_casting|"}).status_code == 404
    assert clerk.get(f"{address}/answers", params={"key": "nonsense"}).status_code == 404
    clerk.post(f"{address}/back", data={"key": "nature|"})
    assert document(shared_service, address)["facts"] == {"uses_coal": True}
    clerk.post(f"{address}/back")
    assert document(shared_service, address)["facts"] == {}
    assert clerk.post(f"{address}/back").status_code == 303


def test_duties_and_score_can_be_asked_without_the_later_stages(clerk: TestClient) -> None:
    address = begin(clerk)
    clerk.post(f"{address}/phase", data={"until": "more"})
    saved = clerk.get(address)
    assert saved.status_code == 200
    assert clerk.post(f"{address}/phase", data={"until": "nonsense"}).status_code == 422


def test_codes_are_looked_up_by_words_and_keep_what_was_chosen(clerk: TestClient) -> None:
    text = clerk.get("/lookup", params={"words-1": "阀门", "value-1": ["3391", "不清楚"]}).text
    assert text.index('value="3391" checked') < text.index('value="3443"')
    assert "900-006-09" in clerk.get("/lookup", params={"table": "waste", "words-1": "切削液"}).text
    assert "没有查到“<script>" not in clerk.get("/lookup", params={"words-1": "<script>"}).text
    assert lookup("industry", "C3443", VOCABULARY).codes[0][0] == "3443"
    assert lookup("industry", "", VOCABULARY).codes == ()
    assert key_of("nature|车间", VOCABULARY) == Asked("nature", "车间")


def test_what_is_not_there(clerk: TestClient) -> None:
    for address in ("/briefs/B20261124-0000000000", "/decisions/D20261124-0000000000", "/decisions/x/report.docx"):
        assert clerk.get(address).status_code == 404
    assert clerk.post("/briefs/B20261124-0000000000/finish").status_code == 404


def test_records_are_found_by_name_and_verdict(clerk: TestClient) -> None:
    address = begin(clerk, name="找得到的项目")
    clerk.post(f"{address}/finish")
    assert "找得到的项目" in clerk.get("/decisions", params={"project": "找得到", "verdict": "incomplete"}).text
    assert (
        "找得到的项目"
        not in clerk.get("/decisions", params={"verdict": "admit"}).text.split("<main")[1].split("<ul")[0]
    )
    assert clerk.get("/decisions", params={"verdict": "nonsense"}).status_code == 200


def test_without_libreoffice_the_page_says_so(clerk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    address = begin(clerk)
    decided = clerk.post(f"{address}/finish").headers["location"]
    monkeypatch.setattr(converting.shutil, "which", lambda name: None)
    assert "没有安装 LibreOffice" in clerk.get(decided).text
    refused = clerk.get(f"{decided}/report.pdf")
    assert refused.status_code >= 400
    assert "没有安装 LibreOffice" in refused.text


def test_a_converter_that_fails_is_told(clerk: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    decided = clerk.post(f"{begin(clerk)}/finish").headers["location"]
    monkeypatch.setattr(converting, "_program", lambda: "/bin/false")
    assert clerk.get(f"{decided}/report.pdf").status_code == 503


def test_what_a_user_writes_is_text_everywhere(clerk: TestClient) -> None:
    name = '<b onclick="x">坏"名字</b>'
    address = begin(clerk, name=name)
    assert name not in clerk.get(address).text
    decided = clerk.post(f"{address}/finish").headers["location"]
    assert name not in clerk.get(decided).text
    header = clerk.get(f"{decided}/report.docx").headers["content-disposition"]
    assert "<" not in header
    assert '"' not in header
