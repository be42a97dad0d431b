from __future__ import annotations

import pytest

from admission.errors import NotRecordedError
from admission.record import Store, brief, brief_document, briefs, save_brief, verify
from tests.record.small import NOON, later


def test_a_brief_is_saved_resumed_and_corrected(store: Store) -> None:
    first = save_brief(store, {"name": "阀门", "answers": {"a": True}}, title="阀门项目", actor="张三", at=NOON)
    again = save_brief(store, {"name": "阀门2"}, title="阀门项目二", actor="李四", at=later(1), id=first.id)
    assert (again.id, again.title, again.owner, again.saved_by) == (first.id, "阀门项目二", "张三", "李四")
    assert brief(store, first.id) == again
    assert brief_document(store, again) == {"name": "阀门2"}
    assert brief_document(store, again, 0) == {"name": "阀门", "answers": {"a": True}}
    assert len(again.versions) == 2
    assert verify(store).ok


def test_briefs_are_found_last_saved_first(store: Store) -> None:
    one = save_brief(store, {"n": 1}, title="一", actor="张三", at=NOON)
    two = save_brief(store, {"n": 2}, title="二", actor="李四", at=later(1))
    save_brief(store, {"n": 3}, title="一", actor="李四", at=later(2), id=one.id)
    assert [found.id for found in briefs(store)] == [one.id, two.id]
    assert [found.id for found in briefs(store, owner="李四")] == [two.id]


def test_an_unknown_brief(sqlite: Store) -> None:
    with pytest.raises(NotRecordedError):
        brief(sqlite, "B0")
    with pytest.raises(NotRecordedError):
        save_brief(sqlite, {}, title="x", actor="a", at=NOON, id="B0")
    assert sqlite.head().seq == 0
