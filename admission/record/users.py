"""Users and API keys, as entries: who may sign in, with which role, since when.

Passwords are kept as Argon2id hashes, keys as SHA-256 of 256 random bits; neither can be read back.
A name or key that was disabled is never used again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, cast

from admission._messages import Phrase
from admission.errors import MissingExtraError, NotRecordedError, Place, Problem, ProblemCode
from admission.record.chain import Entry, NewEntry, sha256_of
from admission.record.reading import Reader, body_field, chosen, entry_of
from admission.record.steps import member_of, refuse_if, required, state_of
from admission.record.store import Store
from admission.record.times import new_id

if TYPE_CHECKING:
    from argon2 import PasswordHasher

__all__ = [
    "PASSWORD_LENGTH",
    "ROLES",
    "ApiKey",
    "User",
    "add_user",
    "api_keys",
    "check_password",
    "disable_user",
    "issue_key",
    "key_of",
    "revoke_key",
    "set_password",
    "user",
    "user_in",
    "users",
]

Role = Literal["clerk", "reviewer", "administrator", "machine"]
ROLES: tuple[Role, ...] = ("clerk", "reviewer", "administrator", "machine")
"""经办人, 部门审查人, 管理员, 系统接口."""
PASSWORD_LENGTH = 12
"""Fewest characters of a password."""

USER_KINDS = ("user.added", "user.password", "user.disabled")
KEY_KINDS = ("key.issued", "key.revoked")
_PREFIX = "adm_"
_BYTES = 32
_ACTIVE, _DISABLED = Phrase("启用", "active"), Phrase("已停用", "disabled")


@dataclass(frozen=True, slots=True)
class User:
    """Who may sign in; a reviewer has a `department`, a machine no password."""

    name: str
    role: Role
    department: str | None
    active: bool
    added_at: str
    password_hash: str | None = None
    changed_at: str | None = None

    def __repr__(self) -> str:
        return f"User({self.name!r}, {self.role!r}, active={self.active})"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of a machine client; the secret itself is nowhere."""

    id: str
    user: str
    label: str
    active: bool
    issued_at: str
    sha256: str


def add_user(
    store: Store,
    name: str,
    *,
    role: str,
    actor: str,
    at: datetime,
    password: str | None = None,
    department: str | None = None,
) -> User:
    """Add a user; everyone but a machine needs a password, a reviewer a department.

    Raises one `StepError` with everything that is wrong; names of disabled users stay taken.
    """
    place = f"user {name}"
    problems = [*required(place, name=name), *member_of(place, "role", role, ROLES)]
    if role == "reviewer":
        problems += required(place, department=department)
    if role != "machine":
        problems += _password_problems(name, password or "")
    hashed = None if problems or role == "machine" else _hasher().hash(password or "")
    with store.writing() as writer:
        if name.strip() and writer.entries(kind=USER_KINDS, subject=name, limit=1):
            problems.append(Problem(ProblemCode.USER_TAKEN, Place(place), "name", {"name": name}))
        refuse_if(problems)
        body = {"role": role, "department": department, "password_hash": hashed}
        writer.append([NewEntry("user.added", name, body)], actor=actor, at=at)
        return user_in(writer, name)


def set_password(store: Store, name: str, password: str, *, actor: str, at: datetime) -> User:
    """Give a user a new password; raises `NotRecordedError`, `StepError`."""
    problems = _password_problems(name, password)
    hashed = None if problems else _hasher().hash(password)
    with store.writing() as writer:
        refuse_if([*problems, *_disabled_problems(user_in(writer, name))])
        writer.append([NewEntry("user.password", name, {"password_hash": hashed})], actor=actor, at=at)
        return user_in(writer, name)


def disable_user(store: Store, name: str, *, actor: str, at: datetime) -> User:
    """Nobody signs in by this name any more, nor with its keys; raises `NotRecordedError`, `StepError`."""
    with store.writing() as writer:
        refuse_if(_disabled_problems(user_in(writer, name)))
        writer.append([NewEntry("user.disabled", name)], actor=actor, at=at)
        return user_in(writer, name)


def check_password(store: Store, name: str, password: str) -> User | None:
    """The active user whose password this is, or None; takes as long for a name that does not exist."""
    from argon2.exceptions import VerificationError

    try:
        found = user(store, name)
    except NotRecordedError:
        found = None
    usable = found is not None and found.active and found.password_hash is not None
    try:
        _hasher().verify(cast(str, found.password_hash) if found and usable else _decoy(), password)
    except VerificationError:
        return None
    return found if usable else None


def user(store: Store, name: str) -> User:
    """A user; raises `NotRecordedError`."""
    with store.reading() as reader:
        return user_in(reader, name)


def user_in(reader: Reader, name: str) -> User:
    """A user as a transaction sees it; raises `NotRecordedError`."""
    entries = reader.entries(kind=USER_KINDS, subject=name)
    if not entries:
        raise NotRecordedError("user", name)
    return _fold_user(entries)


def users(store: Store) -> list[User]:
    """Every user there ever was, in the order they were added."""
    return [_fold_user(entries) for entries in _by_subject(store.entries(kind=USER_KINDS))]


def issue_key(store: Store, name: str, *, label: str, actor: str, at: datetime) -> tuple[ApiKey, str]:
    """A new API key of a user; the second value is the key itself, shown this once and kept nowhere."""
    id, secret = new_id("K", at), _PREFIX + secrets.token_urlsafe(_BYTES)
    body = {"user": name, "label": label, "sha256": sha256_of(secret.encode())}
    with store.writing() as writer:
        refuse_if(_disabled_problems(user_in(writer, name)))
        entry = writer.append([NewEntry("key.issued", id, body)], actor=actor, at=at)[0]
    return _fold_key([entry]), secret


def revoke_key(store: Store, id: str, *, actor: str, at: datetime) -> ApiKey:
    """End a key; raises `NotRecordedError`, and `StepError` when it has ended before."""
    with store.writing() as writer:
        now = _key_in(writer, id)
        refuse_if([] if now.active else [state_of(f"key {id}", _DISABLED, [_ACTIVE], Phrase("撤销", "revoke"))])
        writer.append([NewEntry("key.revoked", id)], actor=actor, at=at)
        return replace(now, active=False)


def key_of(store: Store, secret: str) -> tuple[ApiKey, User] | None:
    """The active key that `secret` is, with its active user, or None."""
    wanted = sha256_of(secret.encode("utf-8", "replace"))
    with store.reading() as reader:
        query = chosen("key.issued").where(body_field("sha256", reader.connection.dialect.name) == wanted)
        row = reader.connection.execute(query).first()
        if row is None:
            return None
        found = _key_in(reader, entry_of(row).subject)
        holder = user_in(reader, found.user)
    return (found, holder) if found.active and holder.active else None


def api_keys(store: Store) -> list[ApiKey]:
    """Every key there ever was, in the order they were issued."""
    return [_fold_key(entries) for entries in _by_subject(store.entries(kind=KEY_KINDS))]


def _key_in(reader: Reader, id: str) -> ApiKey:
    entries = reader.entries(kind=KEY_KINDS, subject=id)
    if not entries:
        raise NotRecordedError("key", id)
    return _fold_key(entries)


def _by_subject(entries: Iterable[Entry]) -> Iterable[list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        found.setdefault(entry.subject, []).append(entry)
    return found.values()


def _fold_user(entries: list[Entry]) -> User:
    first = entries[0]
    body: Mapping[str, Any] = first.body
    now = User(first.subject, body["role"], body["department"], True, first.at, body["password_hash"], first.at)
    for entry in entries[1:]:
        if entry.kind == "user.disabled":
            now = replace(now, active=False, changed_at=entry.at)
        else:
            now = replace(now, password_hash=entry.body["password_hash"], changed_at=entry.at)
    return now


def _fold_key(entries: list[Entry]) -> ApiKey:
    first, active = entries[0], all(entry.kind != "key.revoked" for entry in entries)
    body = first.body
    return ApiKey(first.subject, body["user"], body["label"], active, first.at, body["sha256"])


def _disabled_problems(now: User) -> list[Problem]:
    if now.active:
        return []
    return [state_of(f"user {now.name}", _DISABLED, [_ACTIVE], Phrase("变更", "change"))]


def _password_problems(name: str, password: str) -> list[Problem]:
    detail = None
    if len(password) < PASSWORD_LENGTH:
        detail = Phrase(f"只有 {len(password)} 个字符", f"{len(password)} characters only")
    elif name and name.lower() in password.lower():
        detail = Phrase("含有用户名", "it has the user name in it")
    values = {"detail": detail, "least": PASSWORD_LENGTH}
    return [] if detail is None else [Problem(ProblemCode.USER_PASSWORD, Place(f"user {name}"), "password", values)]


@cache
def _hasher() -> PasswordHasher:
    try:
        from argon2 import PasswordHasher
    except ImportError as error:
        raise MissingExtraError("admission user", "store") from error
    return PasswordHasher()


@cache
def _decoy() -> str:
    return _hasher().hash(secrets.token_urlsafe(_BYTES))
