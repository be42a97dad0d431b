"""What several test packages share: one local Spark for the whole run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark session; without code generation and constraints, which for hundreds of conditions take minutes.

    One task at a time, so that one Python worker loads and compiles the rules for all of them, and a virtual machine
    that does not spend the run on making itself fast: the tests ask for results, not for speed.
    """
    builder = pytest.importorskip("pyspark.sql").SparkSession.builder.master("local[1]")
    settings = {
        "driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
        "ui.enabled": "false",
        "sql.session.timeZone": "UTC",
        "sql.shuffle.partitions": "2",
        "sql.adaptive.enabled": "false",
        "sql.codegen.wholeStage": "false",
        "sql.codegen.factoryMode": "NO_CODEGEN",
        "sql.constraintPropagation.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(f"spark.{name}", value)
    session = builder.getOrCreate()
    yield session
    session.stop()


SLOW = (
    "audit/test_spark.py", "audit/test_same_as_screen.py", "screening/test_unknowns.py", "audit/test_sql.py",
    "service/web/test_audit_pages.py", "record/test_processes.py",
)  # fmt: skip


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest come first, whatever the order of the others: no worker is left with one at the end.

    A worker takes whole files (`--dist=loadfile`); left to itself xdist begins with those of most tests.
    """
    order = {f"tests/{name}": position for position, name in enumerate(SLOW)}
    items.sort(key=lambda item: order.get(item.nodeid.partition("::")[0], len(order)))


def pytest_collection_finish() -> None:
    """The rules that the test files hold live as long as the run: they are not looked through for garbage again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
