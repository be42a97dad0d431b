"""What `/metrics` tells Prometheus, of all workers together whichever answers.

With several workers prometheus_client keeps the numbers of each in files of one folder (`PROMETHEUS_MULTIPROC_DIR`,
which `admission serve` makes) and adds them up. Numbers of the process itself (memory, processor) are told by a
single worker only: of several, one could speak for itself alone.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from admission._version import VERSION
from admission.service.computing import Computing
from admission.service.rules import RuleKeeper

__all__ = ["FOLDER", "Metrics"]

_Mode = Literal["livemax", "livemin", "livesum"]

_BUCKETS = Histogram.DEFAULT_BUCKETS


FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""The variable that names the folder of several workers."""
_SECONDS = 2.0


class Metrics:
    """Counters of one worker, told together with those of the others."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, rules: RuleKeeper, computing: Computing) -> None:
        self._registry = registry = CollectorRegistry()
        self._alone = FOLDER not in os.environ
        if self._alone:
            ProcessCollector(registry=registry)
            PlatformCollector(registry=registry)
        self._requests = Counter(
            "admission_requests", "Requests answered", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "admission_request_seconds", "Time to answer", ["method", "route"], buckets=_BUCKETS, registry=registry
        )
        self.decisions = Counter("admission_decisions", "Decisions made", ["verdict"], registry=registry)
        self.webhooks = Counter("admission_webhook_attempts", "Webhook calls", ["outcome"], registry=registry)
        self.jobs = Counter("admission_jobs", "Jobs ended", ["kind", "state"], registry=registry)
        self._gauges(rules, computing)

    def _gauges(self, rules: RuleKeeper, computing: Computing) -> None:
        self._looks: list[tuple[Gauge, Callable[[], float]]] = []

        def gauge(name: str, about: str, mode: _Mode, look: Callable[[], float]) -> None:
            self._looks.append((Gauge(name, about, registry=self._registry, multiprocess_mode=mode), look))

        broken, since = "1 while newer rule files are broken", "When the rules in use were loaded"
        gauge("admission_rules_broken", broken, "livemax", lambda: rules.state.error is not None)
        gauge("admission_rules_since_seconds", since, "livemin", lambda: datetime.timestamp(rules.state.since))
        gauge("admission_rule_reloads", "Rulebooks taken into use since the start", "livemax", lambda: rules.reloads)
        gauge("admission_rule_failures", "Broken rulebooks met since the start", "livemax", lambda: rules.failures)
        gauge("admission_waiting", "Requests computing or waiting for it", "livesum", lambda: computing.waiting)
        named = ["version", "worker"]
        info = Gauge(
            "admission_info", "Version and worker", named, registry=self._registry, multiprocess_mode="livemax"
        )
        info.labels(VERSION, str(os.getpid())).set(1)
        self.look()

    def look(self) -> None:
        """Takes down how things stand in this worker."""
        for gauge, look in self._looks:
            gauge.set(look())

    async def watch(self) -> None:
        """Takes down how things stand every so often, for the workers that answer; for ever."""
        while True:
            self.look()
            await asyncio.sleep(_SECONDS)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered. `route` is the template of the path, so that names stay few."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        self.look()
        if self._alone:
            return generate_latest(self._registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call] # the library does not say
        return generate_latest(together)
