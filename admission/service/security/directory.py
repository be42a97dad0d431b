"""Who there is: users by key or by name, looked up once and again only when something about users changes."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import func, select

from admission.errors import NotRecordedError
from admission.record import Store
from admission.record.tables import entries
from admission.record.users import KEY_KINDS, USER_KINDS, User, key_of, user

__all__ = ["Directory"]

_CHANGED = select(func.max(entries.c.seq)).where(entries.c.kind.in_((*USER_KINDS, *KEY_KINDS)))
_KEPT = 1000


class Directory:
    """Users by key or name, remembered until any user or key changes: whoever is disabled is out at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._as_of: int | None = None
        self._found: dict[str, User | None] = {}

    def by_key(self, key: str) -> User | None:
        """The active user of an active key."""

        def look() -> User | None:
            found = key_of(self._store, key)
            return found[1] if found is not None else None

        return self._known("key " + sha256(key.encode("utf-8", "replace")).hexdigest(), look)

    def by_name(self, who: str) -> User | None:
        """The active user of that name."""

        def look() -> User | None:
            try:
                found = user(self._store, who)
            except NotRecordedError:
                return None
            return found if found.active else None

        return self._known(f"name {who}", look)

    def _known(self, name: str, look: Callable[[], User | None]) -> User | None:
        with self._store.connection() as connection:
            as_of = connection.execute(_CHANGED).scalar()
        if as_of != self._as_of or len(self._found) > _KEPT:
            self._as_of, self._found = as_of, {}
        remembered = self._found  # another thread may put a fresh one in its place meanwhile
        if name not in remembered:
            remembered[name] = look()
        return remembered[name]
