"""What differs between two results, field by field; lists of things with an id are compared by id."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Difference", "differences"]

_KEYS = (("rule", "component"), ("fact", "component"), ("id", "since"), ("id",))
"""What makes an item of a list known again, the first that all items have."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field: its path, such as `findings[CN-YZ22-1 @ 车间].outcome`, then and now; None where it was not there."""

    path: str
    before: Any
    after: Any


def differences(before: Any, after: Any, path: str = "") -> Iterator[Difference]:
    """Every field in which two JSON values differ, in the order of the first."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in dict.fromkeys((*before, *after)):
            yield from differences(before.get(key), after.get(key), f"{path}.{key}" if path else str(key))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _lists(before, after, path)
    elif before != after:
        yield Difference(path, before, after)


def _lists(before: Sequence[Any], after: Sequence[Any], path: str) -> Iterator[Difference]:
    key = next((key for key in _KEYS if all(_has(item, key) for item in (*before, *after))), None)
    if before and after and key is None:
        if all(isinstance(item, str) for item in (*before, *after)):
            yield from _texts(before, after, path)
        elif before != after:
            yield Difference(path, list(before), list(after))
        return
    if key is None:
        if before != after:
            yield Difference(path, list(before), list(after))
        return
    old, new = _named(before, key), _named(after, key)
    for name in dict.fromkeys((*old, *new)):
        yield from differences(old.get(name), new.get(name), f"{path}[{name}]")
    if old == new and list(old) != list(new):
        yield Difference(f"{path} (order)", list(old), list(new))


def _has(item: Any, key: tuple[str, ...]) -> bool:
    return isinstance(item, Mapping) and all(part in item for part in key)


def _named(items: Sequence[Any], key: tuple[str, ...]) -> dict[str, Any]:
    """Items by name; a name that comes again is numbered."""
    seen: Counter[str] = Counter()
    found: dict[str, Any] = {}
    for item in items:
        name = " @ ".join(str(item[part]) for part in key if item[part] is not None)
        seen[name] += 1
        found[name if seen[name] == 1 else f"{name} #{seen[name]}"] = item
    return found


def _texts(before: Sequence[str], after: Sequence[str], path: str) -> Iterator[Difference]:
    """Texts that are gone and texts that are new; else their order."""
    gone, new = list((Counter(before) - Counter(after)).elements()), list((Counter(after) - Counter(before)).elements())
    if gone or new:
        yield Difference(path, gone or None, new or None)
    elif before != after:
        yield Difference(f"{path} (order)", list(before), list(after))
