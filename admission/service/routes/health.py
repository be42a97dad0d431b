"""Whether the service is well, for those who watch it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from admission._version import VERSION
from admission.service.state import services

__all__ = ["Health", "router"]

router = APIRouter(tags=["运行 operation"])


class Health(BaseModel):
    """运行状况 (state of the service)."""

    model_config = ConfigDict(frozen=True)

    status: Literal["ok", "degraded"] = Field(
        description="degraded：能回答，但新规则有误 (answers, but not all is well)"
    )
    version: str
    rules_sha256: str
    rules_since: datetime
    rules_error: tuple[str, ...] = Field((), description="新规则文件的问题代码 (what is wrong with newer rules)")


@router.get("/healthz", summary="运行状况 (health)")
async def healthz(request: Request) -> Health:
    """能回答即为 200 (200 as long as it can answer)."""
    state = services(request).rules.state
    codes = tuple(problem.code.value for problem in state.error.problems) if state.error else ()
    return Health(
        status="degraded" if codes else "ok",
        version=VERSION,
        rules_sha256=state.rulebook.sha256,
        rules_since=state.since,
        rules_error=codes,
    )


@router.get("/metrics", summary="Prometheus 指标 (metrics)", include_in_schema=False)
async def metrics(request: Request) -> Response:
    """Prometheus reads it with an API key (`authorization: {credentials: adm_…}`)."""
    shared = services(request)
    return Response(shared.metrics.text(), media_type=shared.metrics.media_type)
