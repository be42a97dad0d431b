"""The pages for people; each module registers its routes on a router of its own, all together on `router`."""

from __future__ import annotations

from fastapi import APIRouter

from admission.service.web import audit_tables, audits, briefs, home, parts, problems, results, reviews, rules

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
for module in (home, briefs, parts, results, rules, reviews, problems, audits, audit_tables):
    router.include_router(module.router)
