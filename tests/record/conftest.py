"""The same tests on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from admission.record import Store, open_store
from tests.servers import missing, postgres_urls

NO_POSTGRES = missing("initdb", "pg_ctl", "psql")
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.skipif(NO_POSTGRES, reason="no PostgreSQL here"))]


@pytest.fixture(scope="session")
def _postgres() -> Iterator[Callable[[], str]]:
    with postgres_urls() as make:
        yield make


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'admission.db'}"
    make: Callable[[], str] = request.getfixturevalue("_postgres")
    return make()


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with open_store(url) as opened:
        yield opened


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    """For what does not depend on the database."""
    with open_store(f"sqlite:///{tmp_path / 'one.db'}") as opened:
        yield opened
