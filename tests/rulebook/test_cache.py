"""The rulebook kept on disk: only ours, only whole, never in the way."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from admission.rulebook import cache as module
from admission.rulebook import load_rulebook
from admission.rulebook.cache import cache_folder, read_cache, write_cache
from tests.rulebook.sources import BASE, base_files, base_rulebook, changed


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache folder of the test's own; it does not exist yet."""
    chosen = tmp_path / "kept" / "rulebooks"
    monkeypatch.setenv("ADMISSION_CACHE", str(chosen))
    return chosen


def _only(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_written_is_read(folder: Path) -> None:
    assert read_cache(base_files()) is None
    write_cache(base_files(), base_rulebook())
    found = read_cache(base_files())
    assert found is not None
    assert found.sha256 == base_rulebook().sha256
    assert folder.stat().st_mode & 0o777 == 0o700
    assert _only(folder).stat().st_mode & 0o077 == 0


def test_loading_twice_reads_the_rules_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = load_rulebook(BASE)
    monkeypatch.setattr("admission.rulebook.loading.load_sources", None)
    assert load_rulebook(BASE).sha256 == first.sha256
    with pytest.raises(TypeError):
        load_rulebook(BASE, cache=False)


def test_a_changed_rule_does_not_meet_the_old_cache_and_removes_it(folder: Path) -> None:
    write_cache(base_files(), base_rulebook())
    old = _only(folder)
    files = changed("lists.yaml", "第1号", "第2号")
    assert read_cache(files) is None
    write_cache(files, base_rulebook())
    assert _only(folder) != old


@pytest.mark.parametrize("what", ["VERSION", "_code_stamp"])
def test_another_version_of_the_program_reads_anew(folder: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cache(base_files(), base_rulebook())
    monkeypatch.setattr(module, what, "9.9.9" if what == "VERSION" else lambda: "9")
    assert read_cache(base_files()) is None


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666])
def test_a_file_that_others_can_write_is_refused(folder: Path, mode: int) -> None:
    write_cache(base_files(), base_rulebook())
    _only(folder).chmod(mode)
    assert read_cache(base_files()) is None


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o777])
def test_a_folder_that_others_can_write_is_refused(folder: Path, mode: int) -> None:
    write_cache(base_files(), base_rulebook())
    folder.chmod(mode)
    assert read_cache(base_files()) is None


def test_the_file_of_another_user_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_cache(base_files(), base_rulebook())
    assert read_cache(base_files()) is not None
    other = os.getuid() + 1
    monkeypatch.setattr(module.os, "getuid", lambda: other)
    assert read_cache(base_files()) is None


GARBAGE = (
    b"",
    b"\x80",
    b"not a pickle",
    b"\x80\x05K\x05.",
    b"0.",
    b"\x80\x04h\x05.",
    b"cno.such\nthing\n.",
    b"\x80\x05\x96\xff",
)


@pytest.mark.parametrize("garbage", GARBAGE)
def test_garbage_is_read_as_nothing_and_replaced(folder: Path, garbage: bytes) -> None:
    write_cache(base_files(), base_rulebook())
    path = _only(folder)
    path.write_bytes(garbage)
    assert read_cache(base_files()) is None
    assert load_rulebook(BASE).sha256 == base_rulebook().sha256
    assert len(path.read_bytes()) > 1000


def test_half_a_file_is_read_as_nothing(folder: Path) -> None:
    write_cache(base_files(), base_rulebook())
    path = _only(folder)
    path.write_bytes(path.read_bytes()[:-200])
    assert read_cache(base_files()) is None


def test_it_can_be_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    for word in ("off", "OFF"):
        monkeypatch.setenv("ADMISSION_CACHE", word)
        assert cache_folder() is None
        write_cache(base_files(), base_rulebook())
        assert read_cache(base_files()) is None


def test_where_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMISSION_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert cache_folder() == Path("/somewhere/admission")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/someone")
    assert cache_folder() == Path("/home/someone/.cache/admission")


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ADMISSION_CACHE", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)

    def homeless(path: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "expanduser", homeless)
    assert cache_folder() is None
    assert read_cache(base_files()) is None


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ADMISSION_CACHE", str(tmp_path / "file" / "cache"))
    write_cache(base_files(), base_rulebook())
    assert load_rulebook(BASE).sha256 == base_rulebook().sha256


def test_a_full_disk_is_no_error_and_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "pickle", SimpleNamespace(dump=full, HIGHEST_PROTOCOL=5, load=pickle.load))
    write_cache(base_files(), base_rulebook())
    assert list(folder.iterdir()) == []


def test_two_processes_at_once_both_load(folder: Path) -> None:
    program = (
        f"from admission.rulebook import load_rulebook\nfor _ in range(5): print(load_rulebook({str(BASE)!r}).sha256)\n"
    )

    def run(_: int) -> str:
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        return done.stdout

    with ThreadPoolExecutor(2) as pool:
        outputs = list(pool.map(run, range(2)))
    assert set("".join(outputs).split()) == {base_rulebook().sha256}
    assert _only(folder).name.startswith("rulebook-")
