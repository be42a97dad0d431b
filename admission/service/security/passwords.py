"""Passwords: argon2id, and the same time spent on a name that does not exist."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

__all__ = ["LONGEST", "SHORTEST", "hashed", "is_right"]

SHORTEST = 10
LONGEST = 256
"""Characters of a password; a longer one would only cost time."""

_HASHER = PasswordHasher()


def hashed(password: str) -> str:
    """The argon2id hash of a password."""
    return _HASHER.hash(password)


def is_right(password: str, known: str | None) -> bool:
    """Does `password` fit the hash? Without one (None or empty) as much time passes and the answer is no."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(known or _nobody(), password) and bool(known)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hashed("nobody has this password")
