"""`__all__` of every module: sorted, complete, and nothing private is offered by a package."""

from __future__ import annotations

import ast
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
NAMES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "admission").rglob("*.py")
)


def _rank(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: the order ruff keeps too."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)


@pytest.mark.parametrize("name", NAMES)
def test_all_is_sorted_and_exists(name: str) -> None:
    module = importlib.import_module(name)
    exported = list(getattr(module, "__all__", ()))
    assert exported == sorted(set(exported), key=_rank)
    assert [missing for missing in exported if not hasattr(module, missing)] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_looks_public_is_exported(name: str) -> None:
    """A function or class without an underscore is meant for others; what a decorator registers is exempt."""
    module = importlib.import_module(name)
    assert module.__file__ is not None
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    public = {node.name for node in tree.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_")}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not node.decorator_list:
            public.add(node.name)
    assert public <= set(getattr(module, "__all__", ()))


def test_the_front_door() -> None:
    package = importlib.import_module("admission")
    lazy = {"Audit", "audit", "audit_tables", "impact"}  # they need data frames: loaded when they are asked for
    for name in package.__all__:
        assert callable(getattr(package, name)) or name in ("errors", "__version__")
    public = {name for name in vars(package) if not name.startswith("_")}
    rooms = {path.name.removesuffix(".py") for path in (ROOT / "admission").iterdir()} - {"errors"}
    helpers = {"annotations", "VERSION", "Any", "TYPE_CHECKING"}
    assert (public - rooms - helpers) | lazy == set(package.__all__) - {"__version__", "lifecycle"}
    with pytest.raises(AttributeError, match="nonsense"):
        _ = package.nonsense
