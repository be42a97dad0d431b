"""Everything that goes wrong, as RFC 9457 problem documents: one shape for every error of every route."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from admission._messages import ProblemCode, message
from admission.errors import (
    AdmissionError,
    InputError,
    MissingExtraError,
    NotInForceError,
    NotRecordedError,
    Problem,
    ProblemsError,
    RulebookError,
    StepError,
    StoreError,
)
from admission.service.problem_words import TITLES, Kind

__all__ = [
    "MEDIA_TYPE",
    "Fault",
    "ProblemDocument",
    "ProblemError",
    "answer",
    "fault_of",
    "install",
    "language_of",
    "of_error",
    "problem_of",
    "respond",
]

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:admission:problem:"
_log = logging.getLogger("admission.service")


class Fault(BaseModel):
    """One thing that is wrong: `code` for programs, `text` for people."""

    model_config = ConfigDict(frozen=True)

    code: str = Field(description="问题代码，见 docs/errors.md (stable reason code)")
    file: str = Field("", description="所在文件或参数位置 (file, or part of the request)")
    line: int = Field(0, description="行号，从 1 起；0 为整个文件 (line, from 1; 0: the whole)")
    column: int = 0
    field: str = Field("", description="键或字段 (key or field)")
    what: str = Field("", description="什么不对 (what is wrong)")
    expected: str = Field("", description="应为什么 (what was expected)")
    advice: str = Field("", description="怎么办 (what to do)")
    text: str = Field(description="完整的一句话 (the whole sentence)")


class ProblemDocument(BaseModel):
    """问题说明（RFC 9457）：`type` 供程序判断，`problems` 一次列出全部问题 (every problem at once)."""

    model_config = ConfigDict(frozen=True)

    type: str = Field(description="问题类型 (kind of problem)", examples=[f"{_TYPE}invalid-input"])
    title: str = Field(description="一句话 (one sentence)")
    status: int = Field(description="HTTP 状态码 (HTTP status)")
    detail: str = Field("", description="具体情况 (what happened this time)")
    problems: tuple[Fault, ...] = Field((), description="逐条列出 (one by one)")


class ProblemError(HTTPException):
    """Ends a request with a problem document of `kind`."""

    def __init__(
        self,
        kind: Kind,
        detail: str = "",
        faults: Iterable[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(kind.status, detail, dict(headers or {}))
        self.kind = kind
        self.faults = tuple(faults)


def language_of(request: HTTPConnection) -> Literal["zh", "en"]:
    """The language asked for by `?lang=`, Chinese otherwise."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def fault_of(problem: Problem, lang: str) -> Fault:
    """A problem of the library as data and as a sentence."""
    values = {"field": problem.field, **problem.values}
    what, expected, advice = (_filled(part, values) for part in message(ProblemCode(problem.code), lang))
    return Fault(
        code=problem.code,
        file=_clean(problem.place.file),
        line=problem.place.line,
        column=problem.place.column,
        field=_clean(problem.field),
        what=what,
        expected=expected,
        advice=advice,
        text=_clean(problem.text(lang)),
    )


def _filled(part: str, values: Mapping[str, object]) -> str:
    return _clean(part.format(**values)) if part else ""


def _clean(text: str) -> str:
    """`text` as it can be sent: lone surrogates written as escapes."""
    return text.encode("utf-8", "backslashreplace").decode()


def problem_of(kind: Kind, lang: str, detail: str = "", faults: Iterable[Fault] = ()) -> ProblemDocument:
    """The problem document of a kind in a language."""
    title = TITLES[kind][lang == "en"]
    return ProblemDocument(
        type=f"{_TYPE}{kind}", title=title, status=kind.status, detail=_clean(detail), problems=tuple(faults)
    )


def answer(document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    """The response that carries a problem document."""
    return Response(document.model_dump_json(), document.status, dict(headers or {}), MEDIA_TYPE)


_KINDS: Mapping[type[AdmissionError], Kind] = {
    InputError: Kind.INVALID_INPUT,
    RulebookError: Kind.BROKEN_RULES,
    StepError: Kind.STEP,
    NotInForceError: Kind.NOT_IN_FORCE,
    NotRecordedError: Kind.NOT_FOUND,
    MissingExtraError: Kind.NOT_INSTALLED,
    StoreError: Kind.STORE,
}


def of_error(error: AdmissionError, lang: str) -> ProblemDocument:
    """The problem document of an error of the library."""
    if isinstance(error, ProblemsError):
        kind = next((kind for known, kind in _KINDS.items() if isinstance(error, known)), Kind.INVALID_INPUT)
        return problem_of(kind, lang, faults=[fault_of(problem, lang) for problem in error.problems])
    kind = next((kind for known, kind in _KINDS.items() if isinstance(error, known)), Kind.INVALID_INPUT)
    if kind is Kind.STORE:  # what the database says stands in the log, not in the answer
        _log.error("store: %s", error)
        return problem_of(kind, lang)
    return problem_of(kind, lang, str(error))


def install(app: FastAPI) -> None:
    """Has every failure of `app` answered by a problem document."""
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(AdmissionError, _library)
    app.add_exception_handler(Exception, _unexpected)


def respond(request: Request, error: ProblemError) -> Response:
    """The answer to a request that ends with `error`."""
    document = problem_of(error.kind, language_of(request), error.detail, error.faults)
    return _shown(request, document, error.headers)


def _shown(request: Request, document: ProblemDocument, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a page for people at a browser, as a document for programs."""
    from admission.service.pages import error_page, wants_page

    return error_page(request, document, headers) if wants_page(request) else answer(document, headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if isinstance(error, ProblemError):
        return respond(request, error)
    kind = Kind.of_status(error.status_code)
    detail = "" if error.detail == HTTPStatus(error.status_code).phrase else str(error.detail)
    return _shown(request, problem_of(kind, language_of(request), detail), error.headers)


async def _validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = [_wrong(found) for found in error.errors()]
    return _shown(request, problem_of(Kind.INVALID_REQUEST, language_of(request), faults=faults))


def _wrong(found: Mapping[str, Any]) -> Fault:
    place, *path = [str(part) for part in found["loc"]]
    field, what = _clean(".".join(path)), _clean(found["msg"])
    return Fault(code=f"request-{found['type']}", file=place, field=field, what=what, text=f"{place}: {field}: {what}")


async def _library(request: Request, error: Exception) -> Response:
    assert isinstance(error, AdmissionError)
    return _shown(request, of_error(error, language_of(request)))


async def _unexpected(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed: %s", request.method, request.scope.get("path"), type(error).__name__)
    return _shown(request, problem_of(Kind.INTERNAL, language_of(request)))
