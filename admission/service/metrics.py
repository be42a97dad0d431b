"""What `/metrics` tells Prometheus; with several workers, each tells of itself and names itself."""

from __future__ import annotations

import os
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest

from admission._version import VERSION
from admission.service.computing import Computing
from admission.service.rules import RuleKeeper

__all__ = ["Metrics"]

_BUCKETS = Histogram.DEFAULT_BUCKETS


class Metrics:
    """Counters of one worker."""

    media_type = CONTENT_TYPE_LATEST

    def __init__(self, rules: RuleKeeper, computing: Computing) -> None:
        self._registry = registry = CollectorRegistry()
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
        def gauge(name: str, about: str) -> Gauge:
            return Gauge(name, about, registry=self._registry)

        gauge("admission_rules_broken", "1 while newer rule files are broken").set_function(
            lambda: rules.state.error is not None
        )
        gauge("admission_rules_since_seconds", "When the rules in use were loaded").set_function(
            lambda: datetime.timestamp(rules.state.since)
        )
        gauge("admission_rule_reloads", "Rulebooks taken into use since the start").set_function(lambda: rules.reloads)
        gauge("admission_rule_failures", "Broken rulebooks met since the start").set_function(lambda: rules.failures)
        gauge("admission_waiting", "Requests computing or waiting for it").set_function(lambda: computing.waiting)
        info = Gauge("admission_info", "Version and worker", ["version", "worker"], registry=self._registry)
        info.labels(VERSION, str(os.getpid())).set(1)

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request answered. `route` is the template of the path, so that names stay few."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(method, route).observe(seconds)

    def text(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self._registry)
