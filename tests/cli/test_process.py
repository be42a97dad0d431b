"""The command as a process of its own: warnings are errors, pipes, encodings, exit status."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from admission import __version__
from admission.cli import app as application
from admission.cli import streams
from admission.cli.page import Page

from .conftest import BLENDER, VALVE

COMMAND = [sys.executable, "-c", "from admission.cli import main; main()"]


def run(*arguments: object, environment: dict[str, str] | None = None, **options: Any) -> Any:
    settings = {**os.environ, "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8", **(environment or {})}
    words = [*COMMAND, *map(str, arguments)]
    return subprocess.run(words, capture_output=True, env=settings, timeout=120, check=False, **options)


def test_screen_text() -> None:
    result = run("screen", VALVE)
    assert (result.returncode, result.stderr) == (0, b"")
    assert result.stdout.decode().startswith("年产12万台工业阀门项目\n重庆石柱工业园区")
    assert b"\x1b" not in result.stdout


def test_screen_json_by_pipe_is_utf_8_in_any_locale() -> None:
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    result = run("screen", "-", "--format", "json", input=BLENDER.read_bytes(), environment=plain)
    assert (result.returncode, result.stderr) == (0, b"")
    assert json.loads(result.stdout.decode("utf-8"))["verdict"] == "reject"


def test_text_and_errors_survive_a_poor_encoding() -> None:
    plain = {"LC_ALL": "C", "PYTHONIOENCODING": "ascii"}
    assert run("screen", VALVE, environment=plain).returncode == 0
    result = run("screen", "没有.yaml", environment=plain)
    assert result.returncode == 1
    assert b"Traceback" not in result.stderr


def test_a_gbk_file(tmp_path: Path) -> None:
    file = tmp_path / "项目.yaml"
    file.write_bytes("name: 阀门项目\n".encode("gbk"))
    result = run("screen", file)
    assert (result.returncode, result.stdout) == (1, b"")
    assert result.stderr.decode() == (
        f"{file}: 文件编码不是 UTF-8（像是 GB18030/GBK）；应为 UTF-8；请另存为 UTF-8 编码\n"
    )


def test_version() -> None:
    result = run("--version")
    assert (result.returncode, result.stdout) == (0, f"admission {__version__}\n".encode())


def test_help() -> None:
    result = run("screen", "--help")
    text = result.stdout.decode()
    assert result.returncode == 0
    for option in ("FILE", "--park", "--as-of", "--format", "--output", "--strict", "--lang", "--rules"):
        assert option in text
    assert "─" not in text


def test_starting_imports_no_frames() -> None:
    code = (
        "import sys; from admission.cli.app import app\n"
        "from typer.testing import CliRunner\n"
        f"CliRunner().invoke(app, ['screen', {str(VALVE)!r}], catch_exceptions=False)\n"
        "print(sorted({'polars', 'pandas', 'numpy', 'pyarrow', 'sqlglot'} & set(sys.modules)))"
    )
    # the first run writes the cache, the second shows what a usual start imports
    for _ in range(2):
        result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=120)
    assert result.stdout == b"[]\n"


@pytest.mark.skipif(os.name == "nt", reason="a shell with pipes is needed")
def test_a_reader_that_leaves_early() -> None:
    quoted = " ".join(f"'{word}'" for word in COMMAND)
    line = f"({quoted} rules list; echo status $? >&2) | head -c 1"
    result = subprocess.run(["sh", "-c", line], capture_output=True, timeout=120, check=True)
    assert result.stderr == b"status 0\n"


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="/dev/full is a Linux device")
def test_standard_output_that_is_full_or_closed() -> None:
    for redirect in (">/dev/full", ">&-"):
        line = " ".join(f"'{word}'" for word in (*COMMAND, "screen", str(VALVE))) + redirect
        result = subprocess.run(["sh", "-c", line], capture_output=True, timeout=120, check=False)
        assert result.returncode == 1
        assert result.stderr.decode().startswith("<stdout>: 无法写入：")
        assert b"Traceback" not in result.stderr
        assert b"Exception ignored" not in result.stderr


def test_an_internal_error_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(**_: object) -> None:
        raise KeyError("industry")

    monkeypatch.setattr(application, "app", fail)
    monkeypatch.delenv("ADMISSION_DEBUG", raising=False)
    with pytest.raises(SystemExit) as stop:
        application.run()
    assert stop.value.code == 1
    assert capsys.readouterr().err.startswith("admission: 程序内部错误（KeyError: 'industry'）")
    monkeypatch.setenv("ADMISSION_DEBUG", "1")
    with pytest.raises(KeyError):
        application.run()


class _Terminal:
    """Standard output that says it is a terminal."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.written = b""
        self.buffer = self

    def isatty(self) -> bool:
        return True

    def write(self, content: bytes) -> None:
        self.written += content

    def flush(self) -> None:
        pass


def test_a_terminal_gets_styles_and_its_own_width(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = _Terminal()
    monkeypatch.setattr(streams.sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    for columns, width in (("60", 60), ("300", 100), ("10", 40)):
        monkeypatch.setenv("COLUMNS", columns)
        assert streams.screen_width() == width
    assert streams.screen_width(to_file=True) == 80
    page = Page()
    page.add("结论", style="bold green")
    streams.emit(page, None, "zh")
    assert terminal.written.decode() == "\x1b[1;32m结论\x1b[0m\n"


def test_a_pipe_that_breaks_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(_Terminal):
        def write(self, content: bytes) -> None:
            raise BrokenPipeError(32, "Broken pipe")

        def fileno(self) -> int:
            return handle

    handle = os.open(os.devnull, os.O_WRONLY)
    monkeypatch.setattr(streams.sys, "stdout", Broken())
    streams.emit(b"{}", None, "zh")
    os.close(handle)


def test_no_standard_output_at_all(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(streams.sys, "stdout", None)
    with pytest.raises(typer.Exit):
        streams.emit(b"{}", None, "en")
    assert capsys.readouterr().err.startswith("<stdout>: cannot write: stdout is closed;")


def test_main_runs_the_application(monkeypatch: pytest.MonkeyPatch) -> None:
    from admission import cli

    monkeypatch.setattr(sys, "argv", ["admission", "--version"])
    with pytest.raises(SystemExit) as stop:
        cli.main()
    assert stop.value.code == 0
