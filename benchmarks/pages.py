"""What the pages of the office cost with many records: time and size of each page.

    python benchmarks/pages.py                                   # SQLite in a temporary folder
    python benchmarks/pages.py --store postgresql://… --enterprises 20000 --problems 5000 --reviews 2000

Fills a store of its own with problems (each opened, assigned, with evidence, rectified, rechecked; two in three closed)
and reviews (each signed by every department), has the service audit a generated table, and asks for every page ten
times in this process. `first` is the first time a process shows the page, `median` the times after it.
"""

from __future__ import annotations

import argparse
import re
import statistics
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path

from enterprises import Maker
from starlette.testclient import TestClient

from admission import Project, Rulebook, load_rulebook
from admission.lifecycle import screen
from admission.record import (
    NewEntry,
    Store,
    add_evidence,
    assign_problem,
    close_problem,
    mark_rectified,
    open_problem,
    open_review,
    policy_of,
    problems,
    recheck_problem,
    record_decision,
    reviews,
    sign_opinion,
)
from admission.record.users import add_user
from admission.service import Settings, create_app

ROOT = Path(__file__).resolve().parents[1]
AT, DAY = datetime(2026, 11, 24, 4, tzinfo=UTC), date(2026, 11, 24)
PASSWORD = "only for this run"
BATCH, TIMES = 500, 10


def fill_problems(store: Store, count: int) -> None:
    """One problem by the steps of the library, then its entries again and again under other ids."""
    at, actor = AT, "bench"
    given = {"description": "排放口没有安装在线监测", "department": "生态环境", "rule": "CN-LIFE-AUTOMATIC-MONITORING"}
    one = open_problem(store, title="未联网", subject="企业0", actor=actor, at=at, deadline=date(2026, 12, 31), **given)
    assign_problem(store, one.id, owner="张三", deadline=date(2026, 12, 31), actor=actor, at=at)
    add_evidence(store, one.id, note="已安装", actor=actor, at=at)
    mark_rectified(store, one.id, note="完成", actor=actor, at=at)
    recheck_problem(store, one.id, passed=True, note="现场核对", actor="other", at=at)
    close_problem(store, one.id, actor="other", at=at)
    trail = store.entries(subject=one.id)
    _copy(store, [(f"P{n:06d}", trail if n % 3 else trail[:2], {"subject": f"企业{n}"}) for n in range(1, count)])


def fill_reviews(store: Store, rulebook: Rulebook, count: int) -> None:
    """One review by the steps of the library, then its entries again and again under other ids."""
    project = Project.from_yaml(ROOT / "examples" / "projects" / "valve-plant.yaml", rulebook)
    ruleset = rulebook.in_force(project.park, on=DAY)
    decision = record_decision(store, project, ruleset, screen(project, ruleset), actor="bench", at=AT)
    one = open_review(store, decision.id, actor="bench", at=AT, policy=policy_of(ruleset))
    for seat in one.seats:
        sign_opinion(
            store, one.id, department=seat.department, position="agree", reasons="无意见", actor="bench", at=AT
        )
    trail = store.entries(subject=one.id)
    _copy(store, [(f"R{n:06d}", trail if n % 2 else trail[:3], {}) for n in range(1, count)])


def _copy(store: Store, wanted: list[tuple[str, list, dict[str, str]]]) -> None:
    """Entries under other subjects; `changed` replaces fields of the first body."""
    new = [
        NewEntry(entry.kind, id, entry.body | (changed if entry is trail[0] else {}))
        for id, trail, changed in wanted
        for entry in trail
    ]
    for start in range(0, len(new), BATCH):
        store.append(new[start : start + BATCH], actor="bench", at=AT)


def logged_in(client: TestClient) -> str:
    """Logs the clerk in; the CSRF token for forms."""
    token = _token(client.get("/login").text)
    client.post("/login", data={"csrf_token": token, "username": "clerk", "password": PASSWORD})
    return _token(client.get("/").text)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        sys.exit("the page has no CSRF token")
    return found[1]


def audited(client: TestClient, token: str, table: Path) -> str:
    """The address of the finished audit of a table."""
    with table.open("rb") as file:
        sent = client.post("/audits/upload", data={"csrf_token": token, "park": "shizhu"}, files={"table": file})
    address = sent.headers["location"]
    started = time.perf_counter()
    while "w-figures" not in client.get(address).text:
        time.sleep(1)
    print(f"audit done in {time.perf_counter() - started:.0f} s")
    return address


def measure(client: TestClient, path: str) -> None:
    """One line: first time, median of the others, size of the page."""
    took = []
    for _ in range(TIMES + 1):
        start = time.perf_counter()
        answer = client.get(path, headers={"Accept": "text/html"})
        took.append((time.perf_counter() - start) * 1000)
    if answer.status_code != 200:
        sys.exit(f"{path}: {answer.status_code}")
    first, *others = took
    shown = re.sub(r"/J[^/]+", "/…", path)
    print(f"| `{shown}` | {first:,.0f} | {statistics.median(others):,.0f} | {len(answer.content) / 1024:,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--store")
    parser.add_argument("--enterprises", type=int, default=20_000)
    parser.add_argument("--problems", type=int, default=5_000)
    parser.add_argument("--reviews", type=int, default=2_000)
    asked = parser.parse_args()
    rulebook = load_rulebook()
    with tempfile.TemporaryDirectory() as folder:
        url = asked.store or f"sqlite:///{folder}/store.db"
        settings = Settings(store=url, data=Path(folder) / "files", plain_http=True, login_per_minute=1000)
        app = create_app(settings, rulebook=rulebook)
        store = app.state.services.store
        with TestClient(app, follow_redirects=False) as client:
            add_user(store, "clerk", role="administrator", actor="bench", at=AT, password=PASSWORD)
            token = logged_in(client)
            address = ""
            if asked.enterprises:
                table = Path(folder) / "enterprises.parquet"
                Maker(rulebook.in_force("shizhu", on=DAY), share=0.3).write(table, asked.enterprises)
                address = audited(client, token, table)
            fill_problems(store, asked.problems)
            fill_reviews(store, rulebook, asked.reviews)
            run(client, store, address)


def run(client: TestClient, store: Store, address: str) -> None:
    """Every page, then the two lists of the library alone."""
    print("| page | first ms | median ms | KB |\n|---|---|---|---|")
    inside = ("", "/ledger", "/ledger?department=生态环境&q=1", "/enterprises", "/enterprises?p=200", "/cells")
    for path in [f"{address}{part}" for part in inside] if address else ():
        measure(client, path)
    lists = ("/problems", "/problems?state=opened&q=企业12", "/reviews", "/reviews?state=all&p=20", "/decisions")
    for path in lists:
        measure(client, path)
    some = f"/problems/{problems(store)[0].id}", f"/reviews/{reviews(store)[0].id}"
    for path in some:
        measure(client, path)
    for name, work in (("problems()", problems), ("reviews()", reviews)):
        start = time.perf_counter()
        found = work(store)
        print(f"{name}: {len(found):,} in {(time.perf_counter() - start) * 1000:,.0f} ms")


if __name__ == "__main__":
    main()
