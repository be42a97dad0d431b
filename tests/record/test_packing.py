"""How contents stand in the store: Zstandard now, zlib from earlier versions."""

from __future__ import annotations

import zlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.record import DecisionRecord, Store, open_store, verify
from admission.record.migration import standing
from admission.record.packing import PackingError, pack, unpack
from tests.record import small

NOON = small.NOON


@given(st.binary() | st.integers(0, 300_000).map(bytes))
def test_what_is_packed_comes_back(content: bytes) -> None:
    assert unpack(pack(content)) == content
    assert unpack(zlib.compress(content, 1)) == content


@pytest.mark.parametrize("content", [b"x", b"a decision " * 50_000])
def test_bytes_that_were_cut_or_added_are_told(content: bytes) -> None:
    stored = pack(content)
    for wrong in (stored[:-1], stored[:5], stored + b"x", b"", b"neither", zlib.compress(content)[:-1]):
        with pytest.raises(PackingError):
            unpack(wrong)


def test_threads_pack_at_once() -> None:
    contents = [bytes([number]) * 400_000 + b"%d" % number for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        assert [unpack(stored) for stored in pool.map(pack, contents)] == contents


@pytest.fixture
def earlier(url: str, monkeypatch: pytest.MonkeyPatch) -> DecisionRecord:
    """A decision in the store at `url` as the first version wrote it."""
    with monkeypatch.context() as then, open_store(url) as store:
        then.setattr("admission.record.chain.pack", lambda content: zlib.compress(content, 1))
        found = small.recorded(store, small.rules())
        with store.transaction() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'v0001'")
    return found


def test_a_store_of_an_earlier_version_is_read_verified_and_written(earlier: DecisionRecord, store: Store) -> None:
    with store.connection() as connection:
        assert standing(connection) == "v0002", "an earlier version will not write here again"
    new = store.put(b"written today", "text/plain", actor="a", at=NOON)
    with store.connection() as connection:
        first = connection.exec_driver_sql("SELECT body FROM documents ORDER BY sha256").scalars()
        starts = {bytes(body)[:1] for body in first}
    assert starts == {b"\x78", b"\x28"}, "zlib and Zstandard stand side by side"
    assert store.get(earlier.decision_sha256).startswith(b'{"project"')
    assert store.get(new) == b"written today"
    assert verify(store).ok
    before = verify(store)
    assert store.put(store.get(earlier.decision_sha256), "application/json", actor="a", at=NOON)
    assert verify(store) == before, "the same content is not kept twice in two ways"
