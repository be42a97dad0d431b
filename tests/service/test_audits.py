"""Audits: upload, progress, results; what is not safe, not asked for, killed or cancelled."""

from __future__ import annotations

import io
import json
import os
import signal
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.testclient import TestClient

from admission.record.operations import add_job, job, update_job
from admission.record.rulesets import keep_rules
from admission.record.times import new_id
from admission.rulebook import load_files
from admission.service.jobs.files import RESULTS, JobFiles, purge
from admission.service.jobs.uploads import checked_suffix
from admission.service.problems import ProblemError
from tests.audit.test_impact import STRICTER
from tests.service.support import NOON, Service, running, shipped

ROWS = (
    ("企业名称", "国民经济行业代码", "总投资"),
    ("甲厂", "3391", "100"),
    ("=cmd|' /C calc'!A0", "344", "5"),
    ("@SUM(1)", "344", "x"),
)
TABLE = "\n".join(",".join(row) for row in ROWS).encode()
WAIT = 60.0
RULES_WAIT = 300.0
"""Kept rules are read anew by the process of the job."""


def _ended(client: TestClient, id: str, wait: float = WAIT) -> dict[str, Any]:
    end = time.monotonic() + wait
    while time.monotonic() < end:
        found: dict[str, Any] = client.get(f"/v1/audits/{id}").json()
        if found["state"] not in ("waiting", "running"):
            return found
        time.sleep(0.1)
    raise AssertionError("the job does not end")


def _begun(client: TestClient, content: bytes = TABLE, query: str = "park=shizhu", **headers: str) -> dict[str, Any]:
    files = {"table": ("../../etc/passwd.csv", content)}
    answer = client.post(f"/v1/audits?{query}", files=files, headers=headers)
    assert answer.status_code == 202, answer.text
    return answer.json()  # type: ignore[no-any-return] # the document of the test


@pytest.fixture(scope="module")
def audits(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running(tmp_path_factory.mktemp("audits"), audit_waiting=1000) as service:
        yield service


@pytest.fixture(scope="module")
def done(audits: Service) -> dict[str, Any]:
    client = audits.machine()
    return _ended(client, _begun(client)["id"])


def test_an_audit_is_followed_to_its_results(audits: Service, done: dict[str, Any]) -> None:
    assert (done["state"], done["done"], done["actor"], done["park"]) == ("done", 3, "machine", "shizhu")
    assert done["figures"]["enterprises"] == 3
    assert done["errors"] >= 1
    client = audits.machine()
    for name in done["results"]:
        answer = client.get(f"/v1/audits/{done['id']}/results/{name}")
        assert answer.headers["content-type"] == RESULTS[name]
        assert answer.headers["content-disposition"] == f'attachment; filename="{done["id"]}-{name}"'
        assert answer.content
    assert {"workbook.xlsx", "figures.json", "findings.csv", "ledger.csv", "enterprises.parquet"} <= set(
        done["results"]
    )


def test_nothing_in_an_exported_sheet_is_a_formula(audits: Service, done: dict[str, Any]) -> None:
    client = audits.machine()
    for name in (name for name in done["results"] if name.endswith(".csv")):
        content = client.get(f"/v1/audits/{done['id']}/results/{name}").content
        assert content.startswith(b"\xef\xbb\xbf"), "spreadsheets take it for UTF-8"
        table = pl.read_csv(content, infer_schema=False)
        cells = [cell for column in table.iter_columns() for cell in column if cell]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    enterprises = pl.read_csv(client.get(f"/v1/audits/{done['id']}/results/enterprises.csv").content)
    assert enterprises["enterprise"].to_list() == ["甲厂", "'=cmd|' /C calc'!A0", "'@SUM(1)"]
    book = client.get(f"/v1/audits/{done['id']}/results/workbook.xlsx").content
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    told = b"".join(sheets)
    assert b"cmd|" in told
    assert b"<f>" not in told.split(b"cmd|")[1][:200]


def test_names_of_uploads_are_used_for_nothing(audits: Service, done: dict[str, Any]) -> None:
    folder = audits.shared.settings.data / "jobs" / job(audits.shared.store, done["id"]).request["folder"]
    assert (folder / "table.csv").read_bytes() == TABLE
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "name", ["nothing", "..%2f..%2frequest.json", "request.json", "log.txt", "figures.json%3F", "figures.json%20"]
)
def test_only_results_are_sent(audits: Service, done: dict[str, Any], name: str) -> None:
    assert audits.machine().get(f"/v1/audits/{done['id']}/results/{name}").status_code == 404


def test_others_do_not_see_it_and_an_administrator_does(audits: Service, done: dict[str, Any]) -> None:
    clerk, administrator = audits.browser("clerk"), audits.browser("administrator")
    path = f"/v1/audits/{done['id']}"
    for client, status in ((clerk, 404), (administrator, 200)):
        assert client.get(path).status_code == status
        assert client.get(f"{path}/results/figures.json").status_code == status
        assert (done["id"] in client.get("/v1/audits").text) is (status == 200)
    assert clerk.delete(path).status_code == 404


def test_impact_of_a_day(audits: Service) -> None:
    client = audits.machine()
    answer = client.post("/v1/impact?from=2026-08-14&to=2026-08-15&park=shizhu", files={"table": ("t.csv", TABLE)})
    found = _ended(client, answer.json()["id"])
    assert (found["state"], found["kind"]) == ("done", "impact")
    assert {"enterprises", "moves", "clauses"} <= found["figures"].keys()
    assert found["results"] == ["changes.csv", "changes.parquet"]


@pytest.fixture(scope="module")
def stricter(audits: Service) -> str:
    """The hash of rules that the store has kept and that are in use no more: one clause more forbids electroplating."""
    files = [
        (name, content + STRICTER.encode() if name.endswith("positioning/shizhu.yaml") else content)
        for name, content in shipped().files
    ]
    ruleset = load_files(files).in_force("shizhu", on=NOON.date())
    with audits.shared.store.writing() as writer:
        keep_rules(writer, ruleset, actor="test", at=NOON)
    return ruleset.sha256


def test_impact_of_rules_that_the_store_has_kept(audits: Service, stricter: str) -> None:
    client = audits.machine()
    kept = client.get("/v1/rules/kept").json()
    line = next(one for one in kept["rulesets"] if one["sha256"] == stricter)
    assert line["name"] == "shizhu@2026-11-24"
    assert line["rulebook"] != kept["in_use"] == shipped().files_sha256
    table = "企业名称,国民经济行业代码,has_electroplating\n甲,3360,是\n乙,3360,否\n".encode()
    for sides, became in (
        (f"from_rules={stricter}", [False]),
        (f"to_rules={line['rulebook']}", [True]),
        (f"from_rules={kept['in_use']}", []),
    ):
        answer = client.post(f"/v1/impact?park=shizhu&{sides}", files={"table": ("t.csv", table)})
        found = _ended(client, answer.json()["id"], RULES_WAIT)
        assert found["state"] == "done", found
        verdicts = [move for move in found["figures"]["moves"] if move["changed"] == "verdict"]
        assert [move["after"] == "reject" for move in verdicts] == became
        assert all("reject" in (move["before"], move["after"]) for move in verdicts)
        clauses = {one["rule"] for one in found["figures"]["clauses"]}
        assert ("PARK-SHIZHU-TEST-1" in clauses) is bool(became)
    assert found["compared"] == {"from": "2026-11-24", "to": "2026-11-24", "from_rules": None, "to_rules": None}


@pytest.mark.parametrize(("query", "status"), [("from_rules=" + "0" * 64, 404), ("to_rules=shipped", 422)])
def test_impact_of_rules_that_nobody_has_kept_is_refused(audits: Service, query: str, status: int) -> None:
    answer = audits.machine().post(f"/v1/impact?{query}", files={"table": ("t.csv", TABLE)})
    assert answer.status_code == status


def test_parts_of_a_form_that_are_not_known_are_refused(audits: Service) -> None:
    for path, name in (("/v1/audits", "tables"), ("/v1/impact", "milestones")):
        answer = audits.machine().post(path, files={"table": ("t.csv", TABLE), name: ("t.csv", TABLE)})
        assert (answer.status_code, answer.json()["detail"]) == (422, name)


def test_a_workbook_is_read(audits: Service, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(str(tmp_path / "t.xlsx")) as book:
        sheet = book.add_worksheet("企业")
        for position, row in enumerate(ROWS):
            sheet.write_row(position, 0, row)
    client = audits.machine()
    found = _ended(client, _begun(client, (tmp_path / "t.xlsx").read_bytes())["id"])
    assert (found["state"], found["figures"]["enterprises"]) == ("done", 3)


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"\xd0\xcf\x11\xe0broken"])
def test_a_table_that_cannot_be_read_is_told_as_a_problem(audits: Service, content: bytes) -> None:
    client = audits.machine()
    found = _ended(client, _begun(client, content)["id"])
    assert found["state"] == "failed"
    assert found["problem"]["type"].endswith("invalid-input")
    assert str(audits.shared.settings.data) not in json.dumps(found), "no path of the server"


def test_too_many_rows_are_refused(tmp_path: Path) -> None:
    with running(tmp_path, upload_rows=2) as service:
        found = _ended(service.machine(), _begun(service.machine())["id"])
        assert found["problem"]["type"].endswith("too-large")


def test_an_upload_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with running(tmp_path, upload_bytes=10_000) as service:
        answer = service.machine().post("/v1/audits", files={"table": ("t.csv", b"x" * 20_000)})
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:admission:problem:too-large")


@pytest.mark.parametrize("route", ["/v1/audits", "/v1/impact?from=2026-08-14&to=2026-08-15"])
def test_an_upload_without_a_table_is_refused(audits: Service, route: str) -> None:
    client = audits.machine()
    assert client.post(route, content=b"x", headers={"Content-Type": "text/csv"}).status_code == 415
    assert client.post(route, files={"other": ("t.csv", b"x")}).status_code == 422
    assert client.post(route, data={"table": "no file"}, files={"x": ("x", b"")}).status_code == 422
    assert client.post(route, files=[("table", ("t", b"x"))] * 9).status_code == 400
    broken = {"Content-Type": "multipart/form-data; boundary=x"}
    assert client.post(route, content=b"--y\r\nno", headers=broken).status_code in (400, 422)


def test_the_same_upload_is_one_audit(audits: Service) -> None:
    client, key = audits.machine(), "upload-1"
    first = _begun(client, **{"Idempotency-Key": key})
    assert _begun(client, **{"Idempotency-Key": key})["id"] == first["id"]
    answer = client.post("/v1/audits", files={"table": ("t.csv", b"other")}, headers={"Idempotency-Key": key})
    assert answer.status_code == 409


# --- safety of files ---------------------------------------------------------------------------------------------


def _zip(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


BOOK = b"<?xml version='1.0'?><workbook/>"
XXE = b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><workbook>&e;</workbook>"
UNSAFE = {
    "bomb": _zip({"xl/workbook.xml": BOOK, "xl/worksheets/sheet1.xml": b"\0" * 20_000_000}),
    "external entity": _zip({"xl/workbook.xml": XXE}),
    "entity in UTF-16": _zip({"xl/workbook.xml": XXE.decode().encode("utf-16")}),
    "entity in a sheet": _zip({"xl/workbook.xml": BOOK, "xl/worksheets/sheet1.xml": XXE}),
    "many parts": _zip({"xl/workbook.xml": BOOK, **{f"p{number}": b"" for number in range(6000)}}),
    "cut off": _zip({"xl/workbook.xml": BOOK})[:-30],
    "broken parquet": b"PAR1" + b"x" * 100,
}


@pytest.mark.parametrize("content", UNSAFE.values(), ids=UNSAFE.keys())
def test_unsafe_files_are_refused_before_they_are_opened(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "upload"
    path.write_bytes(content)
    with pytest.raises(ProblemError) as raised:
        checked_suffix(path, 10_000_000)
    assert raised.value.kind == "unsafe-file"


def test_a_size_that_lies_is_found_out(tmp_path: Path) -> None:
    content = bytearray(UNSAFE["bomb"])
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"xl/worksheets/sheet1.xml"))
    content[at + 24 : at + 28] = (10).to_bytes(4, "little")
    path = tmp_path / "upload"
    path.write_bytes(bytes(content))
    with pytest.raises(ProblemError):
        checked_suffix(path, 10_000_000)


def test_a_parquet_bomb_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    pl.DataFrame({"a": [str(number) for number in range(200_000)]}).write_parquet(path, compression="zstd")
    with pytest.raises(ProblemError):
        checked_suffix(path, 100_000)


def test_a_zip_that_is_no_workbook_is_refused(audits: Service) -> None:
    answer = audits.machine().post("/v1/audits", files={"table": ("t.xlsx", _zip({"a.txt": b"x"}))})
    assert answer.status_code == 415


def test_nothing_of_an_unsafe_upload_stays(service: Service) -> None:
    answer = service.machine().post("/v1/audits", files={"table": ("t.xlsx", UNSAFE["external entity"])})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:admission:problem:unsafe-file")
    assert not list((service.shared.settings.data / "jobs").iterdir())


# --- processes ---------------------------------------------------------------------------------------------------


def _child_of(folder: Path) -> int | None:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if b"admission.service.jobs.work" in command and str(folder).encode() in command:
            return int(process.name)
    return None


def _running_child(service: Service, id: str) -> int:
    folder = service.shared.settings.data / "jobs" / job(service.shared.store, id).request["folder"]
    end = time.monotonic() + WAIT
    while time.monotonic() < end:
        found = _child_of(folder)
        if found is not None:
            return found
        time.sleep(0.01)
    raise AssertionError("no process")


def test_a_killed_process_fails_its_job_and_no_other(service: Service) -> None:
    client = service.machine()
    id = _begun(client)["id"]
    os.kill(_running_child(service, id), signal.SIGKILL)
    found = _ended(client, id)
    assert (found["state"], found["problem"]["status"], found["results"]) == ("failed", 500, [])
    assert _ended(client, _begun(client)["id"])["state"] == "done"
    assert 'admission_jobs_total{kind="audit",state="failed"} 1.0' in client.get("/metrics").text


def test_a_cancelled_job_ends_and_its_files_go(service: Service) -> None:
    client = service.machine()
    id = _begun(client)["id"]
    process = _running_child(service, id)
    assert client.delete(f"/v1/audits/{id}").json()["state"] == "cancelled"
    end = time.monotonic() + WAIT
    while Path(f"/proc/{process}").exists() and time.monotonic() < end:
        time.sleep(0.05)
    assert not Path(f"/proc/{process}").exists()
    assert client.get(f"/v1/audits/{id}").json()["state"] == "cancelled"
    assert client.delete(f"/v1/audits/{id}").status_code == 409


def test_a_job_whose_worker_died_is_taken_again(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        client = service.machine()
        found = _ended(client, _begun(client)["id"])
        store, at = service.shared.store, service.clock.moment()
        update_job(store, found["id"], at=at, state="running", result={})
        service.clock.pass_by(seconds=61)
        again = _ended(client, found["id"])
        assert (again["state"], again["figures"]["enterprises"]) == ("done", 3)


def test_a_job_that_never_ends_is_given_up_after_some_attempts(tmp_path: Path) -> None:
    with running(tmp_path) as service:
        client = service.machine()
        files = JobFiles(service.shared.settings.data, new_id("F", NOON))
        files.make()
        for _ in range(3):
            files.attempt()
        request = {
            "folder": files.folder.name,
            "files": {"table": ".csv"},
            "lang": "zh",
            "park": None,
            "as_of": "2026-11-24",
        }
        made = add_job(service.shared.store, "audit", actor="machine", request=request, at=NOON)
        found = _ended(client, made.id)
        assert (found["state"], found["problem"]["detail"]) == ("failed", "interrupted")


def test_more_audits_than_may_wait_are_sent_away(tmp_path: Path) -> None:
    with running(tmp_path, audit_waiting=1) as service:
        client = service.machine()
        found = [client.post("/v1/audits", files={"table": ("t.csv", TABLE)}).status_code for _ in range(5)]
        assert 503 in found
        assert set(found) <= {202, 503}


def test_files_are_kept_for_a_declared_time_and_then_removed(tmp_path: Path) -> None:
    with running(tmp_path, keep_days=10) as service:
        client = service.machine()
        found = _ended(client, _begun(client)["id"])
        assert found["expires_at"].startswith("2026-12-04T")
        shared, path = service.shared, f"/v1/audits/{found['id']}"
        folder = shared.settings.data / "jobs" / job(shared.store, found["id"]).request["folder"]
        service.clock.pass_by(days=9)
        assert purge(shared.store, shared.settings.data, 10, service.clock.moment()) == 0
        assert client.get(f"{path}/results/figures.json").status_code == 200
        service.clock.pass_by(days=1, seconds=1)
        answer = client.get(f"{path}/results/figures.json")
        assert (answer.status_code, answer.json()["type"]) == (410, "urn:admission:problem:gone")
        assert service.browser("administrator").get(f"/audits/{found['id']}").status_code == 410
        told = client.get(path).json()
        assert (told["state"], told["results"], told["figures"]) == ("expired", [], found["figures"])
        end = time.monotonic() + WAIT
        while folder.exists() and time.monotonic() < end:
            time.sleep(0.1)
        assert not folder.exists(), "the worker removes it"
        assert client.get("/v1/audits").json()["audits"][0]["state"] == "expired"


def test_files_of_a_job_under_way_are_not_removed(service: Service) -> None:
    store, data = service.shared.store, service.shared.settings.data
    later = NOON.replace(year=2030)
    id = _ended(service.machine(), _begun(service.machine())["id"])["id"]
    folder = JobFiles(data, job(store, id).request["folder"]).folder
    update_job(store, id, at=NOON, state="running")
    purge(store, data, 1, later)
    assert folder.is_dir()
    update_job(store, id, at=NOON, state="done")
    assert purge(store, data, 1, later) == 1
    assert not folder.exists()
