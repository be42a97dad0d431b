"""The candidate lists load beside the shipped rules and do what their cases say, though not in force."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from admission.cli.app import app

ROOT = Path(__file__).resolve().parents[2]


def test_every_case_of_the_candidate_lists_passes() -> None:
    folders = [str(ROOT / name) for name in ("rules", "negative_list", "candidates")]
    options = [part for folder in folders for part in ("--rules", folder)]
    found = CliRunner().invoke(app, ["rules", "test", folders[-1], *options])
    assert found.exit_code == 0, found.output
    assert "0 个不符" in found.output.splitlines()[-1]
