"""Endpoints of other systems that are told of decisions and duties."""

from __future__ import annotations

from http import HTTPStatus
from typing import Literal

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from starlette.responses import Response

from admission.record.operations import Endpoint, add_endpoint, disable_endpoint, endpoints
from admission.service.openapi import error
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.state import services
from admission.service.webhooks.addresses import ForbiddenAddressError, check_url
from admission.service.webhooks.sending import new_secret

__all__ = ["NewWebhook", "Webhook", "WebhookList", "WebhookMade", "router"]

router = APIRouter(prefix="/v1/webhooks", tags=["通知 webhooks"])
Event = Literal["decision.recorded", "duty.due"]
_MOST = 50
_EXAMPLE: JsonDict = {
    "url": "https://approval.example.gov.cn/hooks/admission",
    "events": ["decision.recorded", "duty.due"],
}


class NewWebhook(BaseModel):
    """向何处通知什么 (where to tell what)."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    url: str = Field(
        max_length=500, description="https 地址；其他地址须由运维列入 ADMISSION_WEBHOOK_HOSTS (https only)"
    )
    events: tuple[Event, ...] = Field(min_length=1, max_length=10)


class Webhook(BaseModel):
    """一个通知地址 (an endpoint)."""

    model_config = ConfigDict(frozen=True)

    id: str
    url: str
    events: tuple[str, ...]
    active: bool


class WebhookMade(Webhook):
    """新的通知地址；`secret` 只显示这一次 (the secret is told this once)."""

    secret: str = Field(description="签名密钥，见 Standard Webhooks (to check signatures)")


class WebhookList(BaseModel):
    """通知地址清单 (the endpoints)."""

    model_config = ConfigDict(frozen=True)

    webhooks: tuple[Webhook, ...]


def _told(found: Endpoint) -> Webhook:
    return Webhook(id=found.id, url=found.url, events=found.events, active=found.active)


@router.get("", summary="通知地址 (endpoints)")
async def list_webhooks(request: Request) -> WebhookList:
    """停用的也在内 (ended ones included)."""
    store = services(request).store
    return WebhookList(webhooks=tuple(map(_told, await run_sync(lambda: endpoints(store)))))


@router.post(
    "",
    summary="登记通知地址 (a new endpoint)",
    status_code=HTTPStatus.CREATED,
    responses=error(Kind.INVALID_REQUEST, Kind.CONFLICT),
)
async def add_webhook(request: Request, wanted: NewWebhook) -> WebhookMade:
    """签名遵循 Standard Webhooks：`webhook-id`、`webhook-timestamp`、`webhook-signature`。

    Signed as Standard Webhooks say; tried again with growing pauses, at last given up.
    """
    shared = services(request)
    try:
        check_url(wanted.url, shared.settings.webhook_hosts)
    except ForbiddenAddressError as reason:
        raise ProblemError(Kind.INVALID_REQUEST, f"url: {reason}") from None
    known = await run_sync(lambda: endpoints(shared.store))
    if sum(endpoint.active for endpoint in known) >= _MOST:
        raise ProblemError(Kind.CONFLICT, f"{_MOST}")
    secret, now = new_secret(), shared.clock.moment()
    made = await run_sync(lambda: add_endpoint(shared.store, wanted.url, secret=secret, events=wanted.events, at=now))
    return WebhookMade(**_told(made).model_dump(), secret=secret)


@router.delete(
    "/{id}",
    summary="停用通知地址 (end an endpoint)",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses=error(Kind.NOT_FOUND),
)
async def end_webhook(request: Request, id: str) -> Response:
    """此后不再通知 (nothing is sent there any more)."""
    shared = services(request)
    known = await run_sync(lambda: endpoints(shared.store))
    if id not in {endpoint.id for endpoint in known}:
        raise ProblemError(Kind.NOT_FOUND)
    await run_sync(lambda: disable_endpoint(shared.store, id, at=shared.clock.moment()))
    return Response(status_code=HTTPStatus.NO_CONTENT)
