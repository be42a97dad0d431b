"""Sending what waits in the outbox: signed as Standard Webhooks say, tried again ever later, at last given up."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import secrets
from datetime import timedelta
from typing import Literal

import httpx2
from anyio.to_thread import run_sync

from admission.errors import StoreError
from admission.record import Store
from admission.record.operations import Delivery, Endpoint, deliveries_due, endpoints, settle_delivery
from admission.service.clock import Clock
from admission.service.metrics import Metrics
from admission.service.settings import Settings
from admission.service.webhooks.addresses import ForbiddenAddressError, resolved
from admission.service.webhooks.outbox import is_overtaken

__all__ = ["Sender", "new_secret", "pause", "signature"]

_log = logging.getLogger("admission.service")
_PREFIX = "whsec_"
_SECRET_BYTES = 32
_TOGETHER = 10
_PAUSE = 1.0
_FIRST, _FACTOR, _LONGEST = timedelta(seconds=10), 4, timedelta(hours=6)
_LEASE = timedelta(minutes=5)


def new_secret() -> str:
    """A secret to sign with, told to the receiver once."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """The header `webhook-signature`: `v1,` and HMAC-SHA-256 over `id.timestamp.body`."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, f"{id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def pause(attempts: int) -> timedelta:
    """How long to wait after so many attempts."""
    factor: int = _FACTOR ** min(attempts - 1, _TOGETHER)
    return min(_FIRST * factor, _LONGEST)


class Sender:
    """Sends what is due, for one process; several processes share the work."""

    def __init__(self, store: Store, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        self._store, self._settings, self._clock, self._metrics = store, settings, clock, metrics
        self._client = httpx2.AsyncClient(
            timeout=settings.webhook_seconds,
            follow_redirects=False,
            trust_env=False,
            headers={"User-Agent": "admission"},
        )

    async def run(self) -> None:
        """Sends for ever."""
        while True:
            try:
                sent = await self.send_due()
            except StoreError as error:
                _log.error("webhooks: %s", error)
                sent = 0
            if not sent:
                await asyncio.sleep(_PAUSE)

    async def send_due(self) -> int:
        """Sends what is due now, some at a time; how many were tried."""
        now = self._clock.moment()
        due = await run_sync(lambda: deliveries_due(self._store, at=now, again=now + _LEASE, limit=_TOGETHER))
        if due:
            known = {endpoint.id: endpoint for endpoint in await run_sync(lambda: endpoints(self._store))}
            await asyncio.gather(*(self._deliver(delivery, known.get(delivery.endpoint)) for delivery in due))
        return len(due)

    async def close(self) -> None:
        """Ends the connections."""
        await self._client.aclose()

    async def _deliver(self, delivery: Delivery, endpoint: Endpoint | None) -> None:
        if endpoint is None or not endpoint.active:
            await self._settle(delivery, "failed", "no endpoint", final=True)
        elif await run_sync(is_overtaken, self._store, delivery):
            await self._settle(delivery, "failed", "overtaken", final=True)
        else:
            try:
                status = await self._post(delivery, endpoint)
            except ForbiddenAddressError as error:
                await self._settle(delivery, "failed", f"forbidden: {error}", final=True)
            except (httpx2.HTTPError, OSError, ValueError) as error:
                await self._settle(delivery, "failed", type(error).__name__)
            else:
                sent = httpx2.codes.is_success(status)
                await self._settle(delivery, "sent" if sent else "failed", str(status), final=sent)

    async def _post(self, delivery: Delivery, endpoint: Endpoint) -> int:
        target = await resolved(endpoint.url, self._settings.webhook_hosts)
        body, timestamp = delivery.payload.encode(), int(self._clock.moment().timestamp())
        headers = {
            "Host": target.host,
            "Content-Type": "application/json",
            "webhook-id": delivery.id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(endpoint.secret, delivery.id, timestamp, body),
        }
        request = self._client.build_request("POST", target.url, content=body, headers=headers)
        request.extensions["sni_hostname"] = target.name
        response = await self._client.send(request, stream=True)  # what it answers is not read
        await response.aclose()
        return response.status_code

    async def _settle(self, delivery: Delivery, outcome: str, status: str, *, final: bool = False) -> None:
        """Sent, given up, or waiting for the next attempt."""
        self._metrics.webhooks.labels(outcome).inc()
        again = outcome != "sent" and not final and delivery.attempts < self._settings.webhook_attempts
        due = self._clock.moment() + pause(delivery.attempts) if again else None
        state: Literal["waiting", "sent", "failed"] = "sent" if outcome == "sent" else "waiting" if again else "failed"
        await run_sync(lambda: settle_delivery(self._store, delivery.id, state=state, status=status, due=due))
        if state == "failed":
            _log.warning("webhook %s to endpoint %s given up: %s", delivery.id, delivery.endpoint, status)
