"""Pages of audits: upload, progress, figures, ledger, enterprises, cells, looking back, impact; whose they are."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from starlette.testclient import TestClient

from admission.record import problems
from admission.record.operations import job
from admission.service.jobs import Runner
from tests.service.support import Service, running
from tests.service.web.office import TABLES, page_of

WAIT = 60.0
BLENDER = "复配化工（虚构）"


def upload(client: TestClient, path: str = "/audits/upload", *, table: bytes | None = None, **form: str) -> str:
    """Sends the example tables (or one of the test) and waits; the address of the audit."""
    names = ("enterprises", "components", "milestones") if table is None else ("enterprises",)
    content = {name: table or (TABLES / f"{name}.csv").read_bytes() for name in names}
    files = {name.replace("enterprises", "table"): (f"{name}.csv", data) for name, data in content.items()}
    answer = client.post(path, data={"park": "shizhu"} | form, files=files)
    assert answer.status_code == 303, answer.text[:2000]
    return ended(client, answer.headers["location"])


def ended(client: TestClient, path: str) -> str:
    """Waits as the page does."""
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        if client.get(f"{path}/progress").headers.get("HX-Refresh") == "true":
            return path
        time.sleep(0.1)
    raise AssertionError("the audit does not end")


@pytest.fixture(scope="module")
def office(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("office"), audit_waiting=1000) as service:
        yield service


@pytest.fixture(scope="module")
def audit(office: Service) -> str:
    return upload(office.browser("clerk"), as_of="2026-11-24")


def test_the_figures_and_their_tables(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    shown = page_of(client, audit)
    for part in ("enterprises.csv", "12 家", "环评执行率 100.0%", "已办 7，未办 0，未知 0", "34 通用设备制造业"):
        assert part in shown
    source = client.get(audit).text
    assert source.count("data-chart=") == source.count("data-table=") == 8
    assert "<style" not in source
    assert " style=" not in source
    for line in ("不能计算", "持证", "危险废物"):
        assert line in shown
    assert "批量审计" in page_of(client, "/audits")


def test_the_ledger_is_filtered(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    shown = page_of(client, f"{audit}/ledger")
    assert "共 5 个问题" in shown  # a clause that rejects, and four applications for renewal that came too late
    assert "延续申请逾期" in shown
    for query, count in (
        ("department=水利", 1),
        ("department=应急", 0),
        ("severity=reject", 1),
        ("severity=conditional", 0),
        ("severity=breach", 4),
        ("severity=disputed", 0),
        ("status=new", 5),
        ("status=closed", 0),
        ("sector=26 化学原料和化学制品制造业", 1),
        ("sector=34 通用设备制造业", 2),
        ("q=复配 长江", 1),
        ("q=阀门", 2),
        ("q=延续 阀门一厂", 1),
    ):
        assert f"共 {count} 个问题" in page_of(client, f"{audit}/ledger?{query}"), query


def test_from_the_ledger_to_the_findings_with_clause_and_trace(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    source = client.get(f"{audit}/ledger").text
    row = source.split(f"{audit}/enterprises/")[1].split('"')[0]
    shown = page_of(client, f"{audit}/enterprises/{row}")
    assert BLENDER in shown
    assert "长江干支流岸线1公里范围内禁止新建、扩建化工项目" in shown
    assert "《中华人民共和国长江保护法》" in shown
    assert "判定过程" in shown
    assert "厂界距最近长江支流岸线距离（支流不分级）：填报 400 米 （本条看是否不大于 1000 米）" in shown
    page_of(client, f"{audit}/enterprises/999", 404)


def test_enterprises_by_verdict_sector_and_name(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    assert "共 12 家" in page_of(client, f"{audit}/enterprises")
    assert "共 1 家" in page_of(client, f"{audit}/enterprises?verdict=reject")
    assert "共 3 家" in page_of(client, f"{audit}/enterprises?sector=34 通用设备制造业")
    assert "共 2 家" in page_of(client, f"{audit}/enterprises?q=阀门")


def test_cells_that_could_not_be_used(office: Service) -> None:
    client = office.browser("clerk")
    table = "企业名称,国民经济行业代码,总投资\n甲,3391,100\n乙,344,三千吨\n丙,zzz,5\n"
    path = upload(client, table=table.encode("gb18030"))
    shown = page_of(client, f"{path}/cells")
    assert "三千吨" in shown
    assert "zzz" in shown
    assert "三千吨" not in page_of(client, f"{path}/cells?column=国民经济行业代码")
    assert "三千吨" in page_of(client, f"{path}/enterprises/2")


def test_results_are_downloaded(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{audit}/files/workbook.xlsx").content), read_only=True)
    assert "问题台账" in book.sheetnames
    assert BLENDER in client.get(f"{audit}/files/ledger.csv").text
    assert pl.read_parquet(client.get(f"{audit}/files/ledger.parquet").content).height == 5
    for name in ("request.json", "../request.json", "table.csv", "outcome.json"):
        assert client.get(f"{audit}/files/{name}").status_code in (403, 404)


def test_the_template_has_only_what_the_sector_needs(shared_service: Service) -> None:
    client = shared_service.browser("clerk")
    few, all_facts = (client.get(f"/audits/template?park=shizhu&sectors={codes}") for codes in ("40", ""))
    assert few.status_code == all_facts.status_code == 200
    widths = [
        openpyxl.load_workbook(io.BytesIO(found.content), read_only=True)["企业"].max_column
        for found in (few, all_facts)
    ]
    assert 10 < widths[0] < widths[1]
    assert client.get("/audits/template?sectors=9Q").status_code == 422


def test_problems_of_the_ledger_are_rectified_once(office: Service) -> None:
    client, store = office.browser("clerk"), office.shared.store
    path = upload(client, as_of="2026-11-23")
    mark = client.get(f"{path}/ledger").text.split('name="fingerprints" value="')[1].split('"')[0]
    form = {"fingerprints": [mark, "none"], "deadline": "2026-12-31"}
    answer = client.post(f"{path}/problems", data=form)
    assert answer.headers["location"].endswith("made=1&known=0")
    found = problems(store, subject=BLENDER)
    assert [(one.department, str(one.deadline), one.rule) for one in found] == [
        ("生态环境", "2026-12-31", "CN-YRPL-2020-26-2")
    ]
    assert mark in found[0].description
    again = client.post(f"{path}/problems", data=form)
    assert again.headers["location"].endswith("made=0&known=1")
    assert "没有重复立案" in page_of(client, again.headers["location"])
    assert len(problems(store, subject=BLENDER)) == 1
    assert client.post(f"{path}/problems", data={**form, "deadline": "x"}).status_code == 422


def test_looking_back_between_two_audits(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    lines = (TABLES / "enterprises.csv").read_bytes().decode("utf-8-sig").splitlines()
    cells = [line.split(",") for line in lines]
    at = cells[0].index("厂界距最近长江支流岸线距离（支流不分级） [m]")
    cells[0].append("distance_to_yangtze_main_bank_m")
    for row in cells[1:]:
        row += ["50000"]
        row[at] = "5000" if row[0] == BLENDER else row[at]
    changed = "\n".join(",".join(row) for row in cells)
    later = upload(client, table=changed.encode(), as_of="2026-11-24", previous=audit.rsplit("/", 1)[-1])
    assert "已销号 1" in page_of(client, later)
    shown = page_of(client, f"{later}/back?previous={audit.rsplit('/', 1)[-1]}")
    assert "已销号 1" in shown
    assert "新增 0" in shown
    assert "2026-11-24" in shown
    assert "没有问题" in page_of(client, f"{later}/back?previous={audit.rsplit('/', 1)[-1]}&status=new")
    page_of(client, f"{later}/back?previous=J20261124-0000000000", 404)


def test_impact_between_two_parks(office: Service, audit: str) -> None:
    client = office.browser("clerk")
    form = {"source": audit.rsplit("/", 1)[-1], "before": "2026-11-24", "after": "2026-11-24"}
    same = client.post("/audits/impact/upload", data={**form, "before_park": "demo", "after_park": "demo"})
    assert same.status_code == 422
    answer = client.post("/audits/impact/upload", data={**form, "before_park": "", "after_park": "shizhu"})
    assert answer.status_code == 303, answer.text[:1000]
    path = ended(client, answer.headers["location"])
    shown = page_of(client, path)
    assert "原来：未指定园区，2026-11-24；新的：重庆石柱工业园区，2026-11-24" in shown
    assert "CQ-INV22-D1A" in shown
    changes = pl.read_csv(client.get(f"{path}/files/changes.csv").content)
    assert changes.height > 0
    assert BLENDER in shown


def test_impact_between_two_days_of_an_uploaded_table(office: Service) -> None:
    client = office.browser("clerk")
    form = {"before": "2021-02-28", "after": "2021-03-01", "before_park": "shizhu", "after_park": "shizhu"}
    path = upload(client, "/audits/impact/upload", table=(TABLES / "enterprises.csv").read_bytes(), **form)
    shown = page_of(client, path)
    assert "结论或类别改变" in shown
    assert "CN-YRPL-2020-26-2" in shown
    assert "2021-03-01" in shown
    page_of(client, f"{path}/ledger", 404)


def test_what_is_wrong_with_an_upload_is_said_beside_the_form(office: Service) -> None:
    client = office.browser("clerk")
    headers = {"Accept": "text/html"}
    nothing = client.post("/audits/upload", data={"as_of": "x"}, headers=headers)
    assert nothing.status_code == 422
    assert "审计日期“x”应写作" in nothing.text
    assert "请选择企业表" in nothing.text
    unsafe = client.post("/audits/upload", files={"table": ("a.xlsx", b"PK\x03\x04broken")}, headers=headers)
    assert unsafe.status_code == 422
    assert "文件不安全" in unsafe.text
    both = client.post("/audits/impact/upload", data={"before": "x", "after": "2026-11-24"}, headers=headers)
    assert "原来的日期“x”应写作" in both.text
    assert "请选择一张企业表" in both.text


def test_an_audit_that_fails_says_why(office: Service) -> None:
    client = office.browser("clerk")
    path = upload(client, table=b"\n")
    shown = page_of(client, path)
    assert "未能完成" in shown
    assert "重新上传" in shown
    page_of(client, f"{path}/ledger", 404)


def test_a_table_without_names_is_audited(office: Service) -> None:
    client = office.browser("clerk")
    path = upload(client, table="国民经济行业代码\n3391\n".encode())
    assert "第 1 行（未填名称）" in page_of(client, f"{path}/enterprises")
    assert "（未填企业名称）" in page_of(client, f"{path}/enterprises/1")
    assert "企业" in page_of(client, f"{path}/cells")


def test_one_that_waits_is_cancelled(cheap_passwords: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Runner, "start", lambda runner: None)
    with running(tmp_path) as service:
        client = service.browser("clerk")
        answer = client.post("/audits/upload", files={"table": ("a.csv", "企业名称\n甲\n".encode())})
        path = answer.headers["location"]
        assert "排队中" in page_of(client, path)
        assert client.get(f"{path}/progress").text.startswith("<p>排队中")
        assert client.post(f"{path}/cancel").status_code == 303
        assert "已取消" in page_of(client, path)
        assert client.post(f"{path}/cancel").status_code == 409
        assert job(service.shared.store, path.rsplit("/", 1)[-1]).state == "failed"


def test_audits_of_others_are_not_seen(office: Service, audit: str) -> None:
    other = office.browser("administrator")
    assert audit in other.get("/audits").text
    machine = office.machine()
    assert machine.get(audit).status_code == 403
    for path in ("", "/ledger", "/enterprises", "/enterprises/1", "/cells", "/files/ledger.csv", "/progress"):
        assert office.browser("reviewer").get(audit + path).status_code == 403
    stranger = upload(office.browser("administrator"), table="企业名称\n甲\n".encode())
    client = office.browser("clerk")
    assert stranger not in client.get("/audits").text
    for path in ("", "/ledger", "/enterprises", "/enterprises/1", "/cells", "/files/ledger.csv", "/progress"):
        assert client.get(stranger + path).status_code == 404
    assert client.post(f"{stranger}/cancel").status_code == 404
    assert client.post(f"{stranger}/problems").status_code == 404
    assert client.post("/audits/impact/upload", data={"source": stranger.rsplit("/", 1)[-1]}).status_code == 422


def test_an_upload_needs_the_token_of_the_page(office: Service) -> None:
    client = office.browser("clerk")
    del client.headers["X-CSRF-Token"]
    answer = client.post("/audits/upload", files={"table": ("a.csv", b"x")})
    assert answer.status_code == 403
