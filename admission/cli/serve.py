"""`admission serve`: the HTTP API and the web pages."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admission.cli.options import Lang, RulePaths, open_rulebook, record_errors, rule_paths
from admission.cli.streams import Exit, complain
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.service import Settings

__all__ = ["serve_command"]

Host = Annotated[
    str, typer.Option("--host", metavar="HOST", envvar="ADMISSION_HOST", help="监听地址 (address to listen on)")
]
Port = Annotated[
    int, typer.Option("--port", metavar="PORT", envvar="ADMISSION_PORT", min=0, max=65535, help="端口 (port)")
]
Store = Annotated[
    str,
    typer.Option(
        "--store", metavar="URL", envvar="ADMISSION_STORE", help="台账：sqlite:///文件 或 postgresql://… (the store)"
    ),
]
Workers = Annotated[
    int,
    typer.Option("--workers", metavar="N", envvar="ADMISSION_WORKERS", min=1, max=64, help="工作进程数 (processes)"),
]
Data = Annotated[
    Path, typer.Option("--data", metavar="DIR", envvar="ADMISSION_DATA", help="上传文件和审计结果的文件夹 (files)")
]
Tls = Annotated[
    bool | None,
    typer.Option(
        "--tls/--plain-http",
        help="前面有 TLS 代理，或本机明文试用；默认本机为明文 (behind a TLS proxy, or plain http on this machine)",
    ),
]
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def serve_command(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    store: Store = "sqlite:///admission.db",
    workers: Workers = 1,
    data: Data = Path("admission-files"),
    tls: Tls = None,
    rules: RulePaths = None,
    lang: Lang = "zh",
) -> None:
    """运行服务：HTTP 接口和网页 (run the service).

    其他设置用环境变量 ADMISSION_…，见 docs/service.md。首次运行会提示如何添加管理员。
    """
    plain = host in _LOOPBACK if tls is None else not tls
    given = {
        "host": host,
        "port": port,
        "store": store,
        "workers": workers,
        "data": data.resolve(),
        "plain_http": plain,
    }
    if rules:
        given["rules"] = tuple(path.resolve() for path in rule_paths(rules))
    with record_errors(lang):
        settings = _settings(given, lang)
        rulebook = open_rulebook(settings.rules, lang)
        has_administrator = _prepare(settings)
    if not has_administrator:
        for line in say("serve nobody", lang, store=store).splitlines():
            complain(line)
    if plain:
        complain(say("serve plain", lang))
    url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    complain(say("serve at", lang, url=url, rules=rulebook.sha256[:12], store=settings.shown_store))
    from admission.service.workers import run

    run(settings)


def _settings(given: dict[str, Any], lang: str) -> Settings:
    """The settings of options and environment, put into the environment for the workers."""
    try:
        from pydantic import ValidationError

        from admission.service import Settings
    except ImportError as error:
        from admission.errors import MissingExtraError

        raise MissingExtraError("admission serve", "service") from error
    try:
        settings = Settings(**given)
    except ValidationError as error:
        for wrong in error.errors():
            name = ".".join(map(str, wrong["loc"])) or "plain_http"
            complain(say("serve setting", lang, name=name, detail=wrong["msg"]))
        raise typer.Exit(Exit.WRONG) from None
    for name, value in given.items():
        text = os.pathsep.join(map(str, value)) if isinstance(value, tuple) else str(value)
        os.environ[f"ADMISSION_{name.upper()}"] = text
    return settings


def _prepare(settings: Settings) -> bool:
    """Opens the store, so that its faults are told before anything starts; is there an administrator?"""
    from admission.record import open_store, users

    with open_store(settings.store) as store:
        return any(user.role == "administrator" and user.active for user in users(store))
