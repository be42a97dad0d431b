"""What the code of the package may look like; each test says the reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "admission").rglob("*.py"))
MODULE_LINES = 400
FUNCTION_LINES = 40
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
each_module = pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _definitions(tree: ast.AST, inside: str = "") -> Iterator[tuple[str, Definition, bool]]:
    """Every function and class with its dotted name, and whether it stands inside a function."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, Definition):
            yield f"{inside}{node.name}", node, not isinstance(tree, ast.Module | ast.ClassDef)
            yield from _definitions(node, f"{inside}{node.name}.")
        else:
            yield from _definitions(node, inside)


def _body_lines(node: Definition) -> int:
    """Lines of a function without decorators and docstring."""
    assert node.end_lineno is not None
    lines = node.end_lineno - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


@each_module
def test_modules_and_functions_stay_short(path: Path) -> None:
    """What does not fit on a few screens is not read before it is changed."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MODULE_LINES
    long = {
        name: lines
        for name, node, _ in _definitions(_tree(path))
        if not isinstance(node, ast.ClassDef) and (lines := _body_lines(node)) > FUNCTION_LINES
    }
    assert not long


@each_module
def test_everything_public_has_a_docstring(path: Path) -> None:
    """Shapes, units, errors and legal source stand with the code."""
    tree = _tree(path)
    assert ast.get_docstring(tree) or path.name == "_version.py"
    silent = [
        name
        for name, node, local in _definitions(tree)
        if not local and not any(part.startswith("_") for part in name.split(".")) and not ast.get_docstring(node)
    ]
    assert not silent


def _calls(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)


PRINTS = {"print", "input", "sys.stdout.write", "sys.stderr.write"}
CLOCK = re.compile(r"(^|\.)(now|today|utcnow|time_ns|monotonic|perf_counter|localtime|gmtime)$|^time(\.time)?$")


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if "cli" not in path.parts and path.parts[-2:] != ("service", "clock.py")],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_the_core_prints_nothing_and_reads_no_clock(path: Path) -> None:
    """A decision is the same years later: the day is always given; only command line and service know today."""
    found = [(line, name) for line, name in _calls(_tree(path)) if name in PRINTS or CLOCK.search(name)]
    assert not found


def test_the_clock_is_found_however_it_is_called() -> None:
    written = ("date.today()", "datetime.datetime.now()", "time.time()", "time()", "datetime.utcnow()")
    assert all(CLOCK.search(name) for text in written for _, name in _calls(ast.parse(text)))
    assert not CLOCK.search("known")
    assert not CLOCK.search("lifetime")


IDLE = re.compile(r"pragma: no (cover|branch)|# type: ignore(?!\[)|# noqa(?!: [A-Z]+\d+ - )")


@each_module
def test_exceptions_to_the_rules_name_themselves(path: Path) -> None:
    """No coverage pragma; an ignored warning says which one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    assert not [(number, line) for number, line in enumerate(lines, 1) if IDLE.search(line)]
