"""The page on the audit: its generated blocks are what the program prints, its examples run.

`ADMISSION_WRITE_DOCS=1 pytest tests/audit/test_docs.py` writes the blocks anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from admission.audit.files import Request, audit_files
from admission.cli.app import app
from tests.screening.documents import DAY, RULES

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "audit.md"
TABLES = ("examples/audit/enterprises.csv", "--components", "examples/audit/components.csv")
COMMANDS = {
    "impact of 2026-08-15": ("impact", *TABLES, "--park", "shizhu", "--from", "2026-08-14", "--to", "2026-08-15"),
    "impact of a stricter list": (
        *("impact", *TABLES, "--park", "demo", "--as-of", "2026-11-24"),
        *("--from", "shipped", "--to", "shipped,examples/own_rules"),
    ),
}


def printed(name: str) -> str:
    result = CliRunner().invoke(app, list(COMMANDS[name]))
    assert result.exit_code == 0, result.output
    return f"```\n$ admission {' '.join(COMMANDS[name])}\n{result.stdout.rstrip()}\n```\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_the_impacts_of_the_page_are_up_to_date(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    text = PAGE.read_text(encoding="utf-8")
    block = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end generated -->)", re.DOTALL)
    assert block.search(text)
    wanted = block.sub(lambda match: match[1] + printed(name) + match[2], text)
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, "run ADMISSION_WRITE_DOCS=1 pytest tests/audit/test_docs.py"


def test_the_example_tables_have_no_fault() -> None:
    tables = {name: ROOT / "examples" / "audit" / f"{name}.csv" for name in ("enterprises", "components", "milestones")}
    request = Request(tables["enterprises"], "shizhu", DAY, None, "csv", tables["components"], tables["milestones"])
    summary = audit_files(request, RULES)
    assert summary.errors == 0
    assert summary.figures["eia_execution"]["done"] == 7
    assert summary.figures["verdicts"]["reject"] == 1
    assert sum(level["expired"] for level in summary.figures["permits"].values()) == 3


def test_the_page_names_every_option() -> None:
    text = PAGE.read_text(encoding="utf-8")
    help_text = CliRunner().invoke(app, ["audit", "--help"], env={"COLUMNS": "200"}).stdout
    options = set(re.findall(r"--[a-z-]+", help_text)) - {"--lang", "--rules", "--help", "--as-of"}
    assert sorted(option for option in options if option not in text) == []
