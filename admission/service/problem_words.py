"""Kinds of problems the service answers with: status and title of each, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from http import HTTPStatus

__all__ = ["TITLES", "Kind"]


class Kind(StrEnum):
    """What went wrong, for programs; stable."""

    BAD_REQUEST = "bad-request"
    NOT_LOGGED_IN = "not-logged-in"
    FORBIDDEN = "forbidden"
    CSRF = "csrf"
    NOT_FOUND = "not-found"
    METHOD = "method-not-allowed"
    NOT_ACCEPTABLE = "not-acceptable"
    CONFLICT = "conflict"
    IDEMPOTENCY = "idempotency-conflict"
    STEP = "step-not-allowed"
    GONE = "gone"
    TOO_LARGE = "too-large"
    MEDIA_TYPE = "unsupported-media-type"
    INVALID_INPUT = "invalid-input"
    INVALID_REQUEST = "invalid-request"
    NOT_IN_FORCE = "not-in-force"
    UNSAFE_FILE = "unsafe-file"
    TOO_MANY = "too-many-requests"
    INTERNAL = "internal"
    NOT_INSTALLED = "not-installed"
    BROKEN_RULES = "broken-rules"
    OVERLOADED = "overloaded"
    STORE = "store-unavailable"

    @property
    def status(self) -> int:
        """Its HTTP status."""
        return _STATUS[self]

    @classmethod
    def of_status(cls, status: int) -> Kind:
        """The general kind of a status that the framework chose."""
        found = next((kind for kind in cls if kind.status == status), None)
        return found or (cls.INTERNAL if status >= HTTPStatus.INTERNAL_SERVER_ERROR else cls.BAD_REQUEST)


_STATUS: Mapping[Kind, HTTPStatus] = {
    Kind.BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    Kind.NOT_LOGGED_IN: HTTPStatus.UNAUTHORIZED,
    Kind.FORBIDDEN: HTTPStatus.FORBIDDEN,
    Kind.CSRF: HTTPStatus.FORBIDDEN,
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.METHOD: HTTPStatus.METHOD_NOT_ALLOWED,
    Kind.NOT_ACCEPTABLE: HTTPStatus.NOT_ACCEPTABLE,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.IDEMPOTENCY: HTTPStatus.CONFLICT,
    Kind.STEP: HTTPStatus.CONFLICT,
    Kind.GONE: HTTPStatus.GONE,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    Kind.MEDIA_TYPE: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    Kind.INVALID_INPUT: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.INVALID_REQUEST: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.NOT_IN_FORCE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.UNSAFE_FILE: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.TOO_MANY: HTTPStatus.TOO_MANY_REQUESTS,
    Kind.INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    Kind.NOT_INSTALLED: HTTPStatus.NOT_IMPLEMENTED,
    Kind.BROKEN_RULES: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.OVERLOADED: HTTPStatus.SERVICE_UNAVAILABLE,
    Kind.STORE: HTTPStatus.SERVICE_UNAVAILABLE,
}

TITLES: Mapping[Kind, tuple[str, str]] = {
    Kind.BAD_REQUEST: ("请求不合规范", "The request is malformed"),
    Kind.NOT_LOGGED_IN: ("请先登录，或给出有效的 API 密钥", "Log in, or give a valid API key"),
    Kind.FORBIDDEN: ("没有权限", "Not allowed"),
    Kind.CSRF: ("页面已过期，请刷新后重试", "The page is out of date: reload it and try again"),
    Kind.NOT_FOUND: ("没有这个内容", "There is no such thing"),
    Kind.METHOD: ("此地址不接受这种请求方法", "This address does not take this method"),
    Kind.NOT_ACCEPTABLE: ("不能以所要求的格式回答", "Not available in the format asked for"),
    Kind.CONFLICT: ("与现有状态冲突", "Conflicts with the present state"),
    Kind.IDEMPOTENCY: ("此 Idempotency-Key 已用于另一个请求", "This Idempotency-Key was used for another request"),
    Kind.STEP: ("现在不能这样做", "Not possible as things stand"),
    Kind.GONE: ("已过保存期，文件已删除", "Kept no longer: the files are gone"),
    Kind.TOO_LARGE: ("内容太大", "Too large"),
    Kind.MEDIA_TYPE: ("不支持的内容类型", "Unsupported content type"),
    Kind.INVALID_INPUT: ("填报内容有误", "The input is wrong"),
    Kind.INVALID_REQUEST: ("请求参数有误", "The parameters are wrong"),
    Kind.NOT_IN_FORCE: ("当日没有有效的规则版本", "Nothing is in force on that day"),
    Kind.UNSAFE_FILE: ("文件不安全，未予处理", "The file is not safe and was not read"),
    Kind.TOO_MANY: ("请求过于频繁，请稍后再试", "Too many requests: try again later"),
    Kind.INTERNAL: ("服务内部错误", "The service failed"),
    Kind.NOT_INSTALLED: ("服务未安装所需组件", "A component is not installed"),
    Kind.BROKEN_RULES: ("规则文件有误，暂不能使用", "The rules are broken"),
    Kind.OVERLOADED: ("服务繁忙，请稍后再试", "The service is busy: try again later"),
    Kind.STORE: ("台账暂不可用，请稍后再试", "The store is not available: try again later"),
}
