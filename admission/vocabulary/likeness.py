"""How alike two names are, for searching code tables by words."""

from __future__ import annotations

import unicodedata

__all__ = ["in_order", "plain", "shared_pairs"]


def plain(text: str) -> str:
    """The text without white space and case, full-width signs made narrow."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


def in_order(word: str, name: str) -> bool:
    """Whether the characters of `word` stand in `name` in this order."""
    rest = iter(name)
    return all(character in rest for character in word)


def shared_pairs(word: str, name: str) -> float:
    """Dice likeness of neighbouring character pairs, 0 unless two or more are shared."""
    ours = {word[i : i + 2] for i in range(len(word) - 1)}
    theirs = {name[i : i + 2] for i in range(len(name) - 1)}
    shared = len(ours & theirs)
    return 2 * shared / (len(ours) + len(theirs)) if shared > 1 else 0.0
