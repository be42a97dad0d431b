from __future__ import annotations

from typing import Any

import pytest

from admission.errors import NotRecordedError, StepError
from admission.record import (
    Store,
    add_user,
    api_keys,
    check_password,
    disable_user,
    issue_key,
    key_of,
    revoke_key,
    set_password,
    user,
    users,
    verify,
)
from tests.record.small import NOON, later

PASSWORD = "正确的马电池订书钉2026"


def added(store: Store, name: str = "zhang", role: str = "clerk", **more: Any) -> Any:
    given = {"password": None if role == "machine" else PASSWORD, **more}
    return add_user(store, name, role=role, **given, actor="cli", at=NOON)


def refused(step: Any, *arguments: Any, **named: Any) -> list[tuple[str, str]]:
    with pytest.raises(StepError) as error:
        step(*arguments, **named)
    return [(str(found.code), found.field) for found in error.value.problems]


def test_users_sign_in_until_they_are_disabled(store: Store) -> None:
    made = added(store, role="reviewer", department="生态环境")
    assert (made.name, made.role, made.department, made.active) == ("zhang", "reviewer", "生态环境", True)
    assert check_password(store, "zhang", PASSWORD) == user(store, "zhang") == made
    assert check_password(store, "zhang", PASSWORD + "x") is None
    assert check_password(store, "nobody", PASSWORD) is None
    set_password(store, "zhang", "另一个足够长的新密码2027", actor="cli", at=later(1))
    assert check_password(store, "zhang", PASSWORD) is None
    assert check_password(store, "zhang", "另一个足够长的新密码2027") is not None
    gone = disable_user(store, "zhang", actor="cli", at=later(2))
    assert not gone.active
    assert check_password(store, "zhang", "另一个足够长的新密码2027") is None
    assert [one.name for one in users(store)] == ["zhang"]
    assert verify(store).ok


def test_no_password_is_anywhere(sqlite: Store) -> None:
    made = added(sqlite)
    text = "".join(entry.text for entry in sqlite.entries())
    assert PASSWORD not in text
    assert "$argon2id$" in text
    assert "argon2" not in repr(made)


def test_everything_wrong_is_told_at_once(sqlite: Store) -> None:
    added(sqlite)
    wrong = refused(added, sqlite, "zhang", "reviewer", password="short")
    assert wrong == [("step-missing", "department"), ("user-taken", "name"), ("user-password", "password")]
    assert refused(added, sqlite, "li", "king") == [("unknown-member", "role")]
    assert refused(added, sqlite, "li-wei-ming", password="xx-Li-Wei-Ming-xx") == [("user-password", "password")]
    assert ("step-missing", "name") in refused(added, sqlite, " ")
    assert refused(set_password, sqlite, "zhang", "short", actor="a", at=NOON) == [("user-password", "password")]


def test_a_disabled_user_stays_disabled_and_its_name_taken(sqlite: Store) -> None:
    added(sqlite)
    disable_user(sqlite, "zhang", actor="a", at=NOON)
    assert refused(disable_user, sqlite, "zhang", actor="a", at=NOON) == [("step-state", "state")]
    assert refused(set_password, sqlite, "zhang", PASSWORD, actor="a", at=NOON) == [("step-state", "state")]
    assert refused(added, sqlite) == [("user-taken", "name")]
    with pytest.raises(NotRecordedError):
        disable_user(sqlite, "nobody", actor="a", at=NOON)


def test_keys_of_machines(store: Store) -> None:
    added(store, "oa", "machine")
    assert check_password(store, "oa", "") is None
    key, secret = issue_key(store, "oa", label="审批系统", actor="cli", at=NOON)
    other, _ = issue_key(store, "oa", label="备用", actor="cli", at=NOON)
    found = key_of(store, secret)
    assert found is not None
    assert (found[0], found[1].name) == (key, "oa")
    assert secret.startswith("adm_")
    assert secret not in "".join(entry.text for entry in store.entries())
    assert key_of(store, secret + "x") is None
    assert key_of(store, "") is None
    assert not revoke_key(store, key.id, actor="cli", at=later(1)).active
    assert key_of(store, secret) is None
    assert refused(revoke_key, store, key.id, actor="cli", at=later(2)) == [("step-state", "state")]
    assert [(one.id, one.active) for one in api_keys(store)] == [(key.id, False), (other.id, True)]
    with pytest.raises(NotRecordedError):
        revoke_key(store, "K0", actor="a", at=NOON)


def test_keys_of_a_disabled_user_open_nothing(sqlite: Store) -> None:
    added(sqlite, "oa", "machine")
    _, secret = issue_key(sqlite, "oa", label="x", actor="cli", at=NOON)
    disable_user(sqlite, "oa", actor="cli", at=NOON)
    assert key_of(sqlite, secret) is None
    assert refused(issue_key, sqlite, "oa", label="y", actor="cli", at=NOON) == [("step-state", "state")]
    with pytest.raises(NotRecordedError):
        issue_key(sqlite, "nobody", label="y", actor="cli", at=NOON)
