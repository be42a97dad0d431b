"""What the handlers of the pages share: who asks, the store in a thread, a page with what is wrong beside the form."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import File, Form, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from admission.errors import ProblemsError
from admission.service.handed import attached, department_of, file_answer, work
from admission.service.problems import fault_of, language_of
from admission.service.security.people import Me

__all__ = [
    "SHOWN",
    "Asked",
    "Chosen",
    "Field",
    "Files",
    "Me",
    "Number",
    "Several",
    "attached",
    "department_of",
    "file_answer",
    "go",
    "told",
    "work",
]

Asked = Annotated[str, Query(max_length=200)]
"""A word or a few in the address: what somebody looks for."""
Chosen = Annotated[str, Form(max_length=200)]
"""A short field of a form."""
Field = Annotated[str, Form(max_length=10_000)]
"""A long field of a form."""
Several = Annotated[list[str], Form(default_factory=list)]
"""Boxes that are checked."""
Files = Annotated[list[UploadFile], File(default_factory=list)]
Number = Annotated[int, Query(ge=1, le=100_000)]
"""A page of a list, or a row."""
SHOWN = 50
"""Lines of a list on one page."""


def told(request: Request, error: ProblemsError) -> list[str]:
    """Everything that is wrong, as sentences: what, what was expected, what to do."""
    faults = [fault_of(problem, language_of(request)) for problem in error.problems]
    return ["".join(filter(None, (fault.what, "。" if fault.what else "", fault.advice))) for fault in faults]


def go(path: str) -> Response:
    """On to another page after a form was taken."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER)
