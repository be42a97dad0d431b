"""What the parts of the service share: made once by `create_app`, found by `services(request)`."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import HTTPConnection

from admission.record import Store
from admission.service.clock import Clock
from admission.service.computing import Computing
from admission.service.metrics import Metrics
from admission.service.recorder import Recorder
from admission.service.rules import RuleKeeper
from admission.service.security.directory import Directory
from admission.service.security.provider import Provider
from admission.service.security.rates import Rates
from admission.service.security.sessions import Sessions
from admission.service.settings import Settings

__all__ = ["Services", "services"]


@dataclass(slots=True)
class Services:
    """The shared parts."""

    settings: Settings
    clock: Clock
    store: Store
    recorder: Recorder
    directory: Directory
    sessions: Sessions
    rates: Rates
    provider: Provider | None
    rules: RuleKeeper
    computing: Computing
    metrics: Metrics


def services(connection: HTTPConnection) -> Services:
    """The shared parts of the application that answers this request."""
    found = connection.app.state.services
    assert isinstance(found, Services)
    return found
