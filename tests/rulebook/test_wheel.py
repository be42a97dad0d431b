"""The rules travel inside the wheel: an installed package has the same rulebook as the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from admission.rulebook import load_rulebook

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (
    "import admission.rulebook as r; "
    "print(r.__file__); print(r.shipped_paths()[0]); print(r.load_rulebook(cache=False).sha256)"
)
SOURCES = ("admission", "rules", "negative_list", "pyproject.toml", "README.md", "LICENSE")


def _run(*command: str | Path, **environment: str) -> str:
    """Standard output of a command, away from the checkout."""
    done = subprocess.run(
        [sys.executable, *map(str, command)],
        capture_output=True,
        text=True,
        cwd="/",
        env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        check=False,
    )
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was unpacked, made of a copy of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    copy.mkdir()
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(ROOT / name, copy / name)
    options = ("--no-deps", "--no-index", "--quiet")
    _run("-m", "pip", "wheel", *options, "--no-build-isolation", "--wheel-dir", folder, copy)
    (wheel,) = folder.glob("*.whl")
    _run("-m", "pip", "install", *options, "--target", folder / "site", wheel)
    return folder / "site"


def test_an_installed_wheel_has_the_rulebook_of_the_checkout(installed: Path) -> None:
    module, rules, sha256 = _run("-c", PROGRAM, PYTHONPATH=str(installed)).split()
    assert Path(module).is_relative_to(installed)
    assert Path(rules) == installed / "admission" / "_data" / "rules"
    assert sha256 == load_rulebook(cache=False).sha256


def test_the_wheel_carries_types_and_case_files(installed: Path) -> None:
    package = installed / "admission"
    assert (package / "py.typed").is_file()
    assert len(list(package.rglob("*.cases.yaml"))) == len(list((ROOT / "rules").rglob("*.cases.yaml"))) + len(
        list((ROOT / "negative_list").rglob("*.cases.yaml"))
    )
