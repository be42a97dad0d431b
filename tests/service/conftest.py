from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from tests.service.support import Service, running


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashing a password is slow on purpose; here it need not be."""
    users = import_module("admission.record.users")  # the package has a function of that name
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(users, "_hasher", cache(lambda: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
        users._decoy.cache_clear()
        yield
    users._decoy.cache_clear()


@pytest.fixture(scope="session")
def shared_service(cheap_passwords: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for tests that leave it as it was."""
    with running(tmp_path_factory.mktemp("service")) as service:
        yield service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service of the test's own."""
    with running(tmp_path) as service:
        yield service
