"""New rules load while old ones serve; broken ones leave the old in use, and are seen."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from admission.errors import RulebookError
from admission.service import Settings
from admission.service.clock import Clock
from admission.service.rules import RuleKeeper
from tests.service.support import Service, running

BASE = Path(__file__).resolve().parents[1] / "rulebook" / "base"
BODY: dict[str, Any] = {"name": "x"}


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    import shutil

    return Path(shutil.copytree(BASE, tmp_path / "rules"))


@pytest.fixture
def reloading(tmp_path: Path, rules: Path) -> Iterator[Service]:
    with running(tmp_path, rules=(rules,)) as service:
        yield service


def _metric(service: Service, name: str) -> float:
    families = text_string_to_metric_families(service.machine().get("/metrics").text)
    return next(sample.value for family in families for sample in family.samples if sample.name == name)


def _change(rules: Path, old: str, new: str) -> None:
    found = [path for path in rules.rglob("*.yaml") if old in path.read_text(encoding="utf-8")]
    assert found
    text = found[0].read_text(encoding="utf-8")
    found[0].write_text(text.replace(old, new, 1), encoding="utf-8")


def test_broken_rules_leave_the_old_ones_in_use_and_good_ones_come_into_use(reloading: Service, rules: Path) -> None:
    keeper, client = reloading.shared.rules, reloading.browser("administrator")
    before = client.get("/healthz").json()
    assert before["status"] == "ok"
    broken = rules / "broken.yaml"
    broken.write_text("kind: list\nitems: [\n", encoding="utf-8")
    told = client.post("/v1/rules/reload").json()
    assert told["sha256"] == before["rules_sha256"]
    assert told["error"][0]["file"].endswith("broken.yaml")
    health = client.get("/healthz").json()
    assert (health["status"], health["rules_sha256"]) == ("degraded", before["rules_sha256"])
    assert health["rules_error"]
    assert _metric(reloading, "admission_rules_broken") == 1
    assert _metric(reloading, "admission_rule_failures") == 1
    assert client.post("/v1/screen", json=BODY).status_code in (200, 422)
    broken.unlink()
    assert keeper.look().error is None
    assert client.get("/healthz").json()["status"] == "ok"
    assert _metric(reloading, "admission_rules_broken") == 0


def test_changed_rules_answer_and_the_tag_changes(reloading: Service, rules: Path) -> None:
    client = reloading.machine()
    first = client.get("/v1/rules")
    text = first.json()["rules"][0]["title"]["zh"]
    _change(rules, text, f"{text}（修订）")
    assert client.get("/v1/rules", headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    reloading.shared.rules.look()
    second = client.get("/v1/rules", headers={"If-None-Match": first.headers["ETag"]})
    assert second.status_code == 200
    assert second.json()["sha256"] != first.json()["sha256"]
    assert f"{text}（修订）" in second.text


def test_files_are_looked_at_by_themselves(tmp_path: Path, rules: Path) -> None:
    with running(tmp_path, rules=(rules,), reload_seconds=0.05) as service:
        before = service.shared.rules.rulebook.sha256
        title = service.machine().get("/v1/rules").json()["rules"][0]["title"]["zh"]
        _change(rules, title, f"{title}（修订）")
        end = time.monotonic() + 20
        while service.shared.rules.rulebook.sha256 == before and time.monotonic() < end:
            time.sleep(0.05)
        assert service.shared.rules.rulebook.sha256 != before


@pytest.mark.parametrize("what", ["nothing", "empty", "broken"])
def test_there_is_no_start_without_good_rules(tmp_path: Path, what: str) -> None:
    folder = tmp_path / "rules"
    if what != "nothing":
        folder.mkdir()
    if what == "broken":
        (folder / "a.yaml").write_text("kind: [", encoding="utf-8")
    with pytest.raises(RulebookError):
        RuleKeeper(Settings(rules=(folder,)), Clock())


def test_rules_that_go_away_leave_the_old_ones_in_use(tmp_path: Path, rules: Path) -> None:
    import shutil

    keeper = RuleKeeper(Settings(rules=(rules,)), Clock())
    before = keeper.rulebook
    shutil.rmtree(rules)
    state = keeper.look()
    assert state.rulebook is before
    assert state.error is not None
    assert (keeper.failures, keeper.reloads) == (1, 0)
