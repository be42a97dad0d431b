"""The OpenAPI document: made of the routes, with project documents and problem documents where they belong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from admission.screening import Judgement
from admission.service.asking import PARK
from admission.service.examples import PROJECTS
from admission.service.problem_words import TITLES, Kind
from admission.service.problems import MEDIA_TYPE, ProblemDocument
from admission.service.security.access import ACCESS

__all__ = ["describe", "error", "project_body", "upload_body"]

Schema = dict[str, Any]
_REF = "#/components/schemas/"
_NO_NUL = r"^[^\x00]*$"
_NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f]*$"
_METHODS = ("get", "post", "put", "patch", "delete")
_DESCRIPTION = """\
园区项目准入研判服务。请求正文为项目文件（JSON 或 YAML），与命令行所读的相同；
错误一律为 RFC 9457 问题说明，一次列出全部问题。

The admission service. Bodies are project documents (JSON or YAML) as the command line reads them; errors are RFC 9457
problem documents that list every problem at once. Log in with an API key: `Authorization: Bearer adm_…`.
"""
_EVERY = (Kind.BAD_REQUEST, Kind.TOO_MANY, Kind.INTERNAL)
_RESTRICTED = (Kind.NOT_LOGGED_IN, Kind.FORBIDDEN)
_WITH_BODY = (Kind.TOO_LARGE, Kind.MEDIA_TYPE, Kind.INVALID_INPUT, Kind.OVERLOADED)
_FRAMEWORK = ("HTTPValidationError", "ValidationError")


def error(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """What a route says of the problems it can answer with, beside those of every route."""
    return {kind.status: {"description": _titles(kind)} for kind in kinds}


def _titles(kind: Kind) -> str:
    chinese, english = TITLES[kind]
    return f"{chinese} ({english})"


def project_body(*, several: bool = False) -> Schema:
    """`openapi_extra` of a route that reads a project document, or a list of them."""
    one: Schema = {"$ref": f"{_REF}ProjectDocument"}
    schema: Schema = {"type": "array", "minItems": 1, "items": one} if several else one
    media: Schema = {"schema": schema}
    if several:
        media["examples"] = {"several": {"value": list(PROJECTS.values())}}
        return {"requestBody": {"required": True, "content": {"application/json": media}}}
    media["examples"] = {name: {"value": value} for name, value in PROJECTS.items()}
    return {"requestBody": {"required": True, "content": {"application/json": media, "application/yaml": media}}}


def upload_body(*names: str) -> Schema:
    """`openapi_extra` of a route that takes files; the first is required."""
    file: Schema = {"type": "string", "format": "binary", "description": "CSV, Excel, Parquet"}
    schema = _closed(dict.fromkeys(names, file), names[0])
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": schema}}}}


def describe(app: FastAPI, cookie: str, parks: Callable[[], Iterable[str]]) -> None:
    """Has `app` tell its OpenAPI document, made anew when the rules know other `parks`; `cookie` is the session's."""
    made: tuple[str, ...] = ()

    def document() -> dict[str, Any]:
        nonlocal made
        known = tuple(parks())
        if app.openapi_schema is None or known != made:
            app.openapi_schema, made = _document(app, cookie, known), known
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # the way FastAPI has its document extended


def _document(app: FastAPI, cookie: str, parks: Sequence[str]) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        description=_DESCRIPTION,
        routes=app.routes,
        separate_input_output_schemas=False,
    )
    components = found.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for name in _FRAMEWORK:
        schemas.pop(name, None)
    schemas |= {"ProjectDocument": _project(parks)} | _problem()
    components["securitySchemes"] = {
        "key": {"type": "http", "scheme": "bearer", "description": "API 密钥 (API key)"},
        "session": {"type": "apiKey", "in": "cookie", "name": cookie},
    }
    for path, item in found["paths"].items():
        for method in _METHODS:
            if method in item:
                _complete(item[method], _is_open(method, path))
                for parameter in item[method].get("parameters", ()):
                    _narrow(parameter, parks)
    return found


def _narrow(parameter: Schema, parks: Sequence[str]) -> None:
    """What the gate and the rules refuse of a parameter: NUL, parks there are none of."""
    schema: Schema = parameter["schema"]
    if schema.get("format") == PARK:
        about = {key: schema[key] for key in ("title", "description")}
        parameter["schema"] = {**about, "type": "string", "enum": [*parks]}
        return
    for part in (schema, *schema.get("anyOf", ())):
        if part.get("type") == "string" and parameter["in"] == "query" and not part.keys() & {"enum", "format"}:
            part.setdefault("pattern", _NO_NUL)


def _is_open(method: str, path: str) -> bool:
    access = ACCESS.get((method.upper(), path))
    return access is not None and access.roles is None


def _complete(operation: Schema, is_open: bool) -> None:
    """The problems of every route, all of them as problem documents, and how to log in."""
    kinds = list(_EVERY)
    if not is_open:
        kinds += _RESTRICTED
        operation["security"] = [{"key": []}, {"session": []}]
    if "requestBody" in operation:
        kinds += _WITH_BODY
    if "parameters" in operation:
        kinds.append(Kind.INVALID_REQUEST)
    responses = operation["responses"]
    for kind in kinds:
        responses.setdefault(str(kind.status), {"description": _titles(kind)})
    for status, response in responses.items():
        if not status.startswith(("2", "3")):
            response.setdefault("description", "")
            response["content"] = {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}ProblemDocument"}}}
    operation["responses"] = dict(sorted(responses.items()))


def _problem() -> dict[str, Schema]:
    schema = ProblemDocument.model_json_schema(ref_template=_REF + "{model}", mode="serialization")
    return {**schema.pop("$defs", {}), "ProblemDocument": schema}


def _project(parks: Sequence[str]) -> Schema:
    """The frame of a project document; its facts are told in full by `/v1/schema/project`."""
    text, nothing = {"type": "string", "pattern": _NO_CONTROL}, {"type": "null"}
    codes: Schema = {"anyOf": [text, {"type": "array", "items": text}, nothing]}
    plain: Schema = {
        "anyOf": [{"type": "boolean"}, {"type": "number"}, text, {"type": "array", "items": text}, nothing]
    }
    facts: Schema = {"anyOf": [{"type": "object", "additionalProperties": plain}, nothing]}
    day: Schema = {"anyOf": [{"type": "string", "format": "date"}, nothing]}
    shared = {"industry": codes, "activity": codes, "facts": facts}
    component = _closed({"name": {"anyOf": [text, nothing]}, **shared})
    milestone = _closed({"event": text, "date": day, "document": {"anyOf": [text, nothing]}}, "event")
    judgement = Judgement.model_json_schema()
    properties = {
        "name": {**text, "minLength": 1},
        "park": {"enum": [*parks, None]},
        "as_of": day,
        **shared,
        "components": _list_of(component),
        "milestones": _list_of(milestone),
        "judgements": _list_of(judgement),
    }
    about = "项目文件；全部填报项和节点见 /v1/schema/project (a project document; all facts stand there)"
    return {"title": "ProjectDocument", "description": about, **_closed(properties, "name")}


def _closed(properties: Schema, *required: str) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False, "required": list(required)}


def _list_of(items: Schema) -> Schema:
    return {"anyOf": [{"type": "array", "items": items}, {"type": "null"}]}
