"""The pages for people; they register on `router`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from admission.service.pages import page
from admission.service.security.people import User, current_user
from admission.service.web import audit_tables, audits, problems, reviews, rules

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for _part in (audits, audit_tables, problems, reviews, rules):
    router.include_router(_part.router)


@router.get("/login")
def login_page(request: Request, next: str = "/", failed: bool = False) -> Response:
    """The form to log in."""
    return page(request, "login.html", next=next, failed=failed)


@router.get("/")
def home(request: Request, user: Annotated[User, Depends(current_user)]) -> Response:
    """The first page after the login."""
    return page(request, "home.html")
