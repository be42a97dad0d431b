"""Which files are read, under which names, and where the shipped ones are."""

from __future__ import annotations

from pathlib import Path

import pytest

from admission.errors import RulebookError
from admission.rulebook import read_sources, shipped_paths
from admission.rulebook import sources as module


def _write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n", encoding="utf-8")


def _names(*paths: Path) -> list[str]:
    return [name for name, _ in read_sources(paths)]


def test_rule_files_are_read_in_order_and_cases_left_out(tmp_path: Path) -> None:
    _write(tmp_path / "rules", "b.yaml", "a/z.yml", "a/y.csv", "a/z.cases.yaml", "README.md", "c.txt")
    (tmp_path / "rules" / "folder.yaml").mkdir()
    assert _names(tmp_path / "rules") == ["rules/a/y.csv", "rules/a/z.yml", "rules/b.yaml"]


def test_a_file_is_named_with_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a file of a vocabulary is known as one when it is given alone."""
    _write(tmp_path / "vocabulary", "words.yaml")
    assert _names(tmp_path / "vocabulary" / "words.yaml") == ["vocabulary/words.yaml"]
    monkeypatch.chdir(tmp_path / "vocabulary")
    assert _names(Path("words.yaml")) == _names(Path()) == ["vocabulary/words.yaml"]


def test_a_file_reached_twice_is_read_once(tmp_path: Path) -> None:
    _write(tmp_path / "rules", "a.yaml", "b.yaml")
    assert _names(tmp_path / "rules", tmp_path / "rules" / "a.yaml", tmp_path / "rules") == [
        "rules/a.yaml",
        "rules/b.yaml",
    ]


def test_folders_of_one_name_do_not_hide_each_other(tmp_path: Path) -> None:
    _write(tmp_path / "one" / "rules", "a.yaml")
    _write(tmp_path / "two" / "rules", "a.yaml")
    assert _names(tmp_path / "one" / "rules", tmp_path / "two" / "rules") == ["rules/a.yaml", "rules/a.yaml"]


def test_a_link_out_of_the_folder_is_followed(tmp_path: Path) -> None:
    _write(tmp_path / "elsewhere", "shared.yaml")
    _write(tmp_path / "rules", "a.yaml")
    (tmp_path / "rules" / "link.yaml").symlink_to(tmp_path / "elsewhere" / "shared.yaml")
    assert _names(tmp_path / "rules") == ["rules/a.yaml", "rules/link.yaml"]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path / "rules", "a.yaml")

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(RulebookError, match=r"rules.*Permission denied"):
        read_sources([tmp_path / "rules"])


def test_the_rules_of_a_checkout_stand_beside_the_package() -> None:
    assert [path.name for path in shipped_paths()] == ["rules", "negative_list"]
    assert all(path.is_dir() for path in shipped_paths())


def test_the_rules_of_a_wheel_stand_inside_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "admission"
    _write(package, "rulebook/sources.py", "_data/rules/a.yaml", "_data/negative_list/b.yaml")
    monkeypatch.setattr(module, "__file__", str(package / "rulebook" / "sources.py"))
    assert shipped_paths() == (package / "_data" / "rules", package / "_data" / "negative_list")
