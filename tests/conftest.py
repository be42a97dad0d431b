"""What several test packages share: one local Spark for the whole run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """A local Spark session; without code generation and constraints, which for hundreds of conditions take minutes."""
    builder = pytest.importorskip("pyspark.sql").SparkSession.builder.master("local[2]")
    settings = {
        "ui.enabled": "false",
        "sql.session.timeZone": "UTC",
        "sql.shuffle.partitions": "2",
        "sql.codegen.wholeStage": "false",
        "sql.codegen.factoryMode": "NO_CODEGEN",
        "sql.constraintPropagation.enabled": "false",
        "sql.adaptive.enabled": "false",
    }
    for name, value in settings.items():
        builder = builder.config(f"spark.{name}", value)
    session = builder.getOrCreate()
    yield session
    session.stop()
