"""Every row that the lists were built from has its item; what is verified bears on what follows from it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

import yaml
from typer.testing import CliRunner

from admission import load_rulebook
from admission.cli.app import app
from admission.logic.nodes import Or
from admission.rulebook import Stage, Status

ROOT = Path(__file__).resolve().parents[2]
RULES = load_rulebook(cache=False)
ROWS = yaml.safe_load((ROOT / "tests" / "data" / "list_rows.yaml").read_text(encoding="utf-8"))


def test_every_row_is_named_in_the_provenance_of_an_item() -> None:
    said = "\n".join(owned.rule.provenance for owned in RULES.items)
    rows = [f"{name}#{number}" for name, numbers in ROWS.items() for number in numbers]
    assert len(rows) == 399
    assert [row for row in rows if not re.search(re.escape(row) + r"(?![\w-])", said)] == []


def test_the_list_of_rules_counts_them_with_source_and_status() -> None:
    listed = json.loads(CliRunner().invoke(app, ["rules", "list", "--format", "json"]).stdout)
    counts = Counter(rule["kind"] for rule in listed["rules"])
    assert (counts["eia"], counts["permit"]) == (173, 112)
    assert counts["list"] >= 390
    for rule in listed["rules"]:
        assert rule["kind"] == "score" or (rule["cite"] and all(cite["document"] for cite in rule["cite"]))
        if rule["kind"] in ("eia", "permit", "list"):
            assert rule["status"] in set(Status)
            assert rule["effective"]["from"]
            assert rule["provenance"]


def test_an_unverified_item_never_rejects_alone() -> None:
    from admission.screening.verdict import Outcome, Verdict, contribution, settled

    for owned in RULES.items:
        if owned.rule.status is Status.UNVERIFIED:
            reached = {contribution(owned.rule, settled(owned.rule, outcome)) for outcome in Outcome}
            assert Verdict.REJECT not in reached, owned.rule.id


def test_every_verified_row_of_the_eliminated_class_gives_the_class() -> None:
    """`guidance_class` is the worst of process, machine and product, and eliminated where a verified row is met."""
    tree = RULES.conditions.tree(RULES.vocabulary.facts["guidance_eliminated_row"].define or "")
    assert isinstance(tree, Or)
    whole = set(tree.parts)
    verified = [
        owned.rule
        for owned in RULES.items
        if owned.rule.id.startswith("CN-GUIDE24-E-") and owned.rule.status is Status.VERIFIED
    ]
    assert len(verified) >= 6
    for item in verified:
        assert RULES.conditions.tree(item.when) in whole, item.id


def test_nobody_has_to_answer_for_the_operation_before_admission() -> None:
    stages = Counter(owned.rule.stage for owned in RULES.items)
    assert all(stages[stage] > 20 for stage in Stage)
