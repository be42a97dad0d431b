"""`admission key`: keys of machines that call the API."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from admission.cli.options import Format, Lang, Url, now, record_errors
from admission.cli.page import Page
from admission.cli.streams import emit, lines, screen_width
from admission.cli.user import actor
from admission.cli.words import say

__all__ = ["issue_command", "list_keys_command", "revoke_command"]

Name = Annotated[str, typer.Argument(metavar="NAME", help="系统接口的用户名 (a machine user)")]
Id = Annotated[str, typer.Argument(metavar="ID", help="密钥编号 (id of the key)")]
KeyLabel = Annotated[str, typer.Option("--label", metavar="TEXT", help="用在哪里 (where it is used)")]


def issue_command(name: Name, store: Url, label: KeyLabel = "", lang: Lang = "zh") -> None:
    """发给密钥，只显示一次；台账只存其哈希 (issue a key).

    用户须已用 admission user add --role machine 添加。
    """
    with record_errors(lang):
        from admission.record import open_store
        from admission.record.users import issue_key

        with open_store(store, create=False) as opened:
            made, secret = issue_key(opened, name, label=label, actor=actor(), at=now())
    emit(f"{say('key issued', lang, id=made.id, secret=secret)}\n".encode(), None, lang)


def revoke_command(id: Id, store: Url, lang: Lang = "zh") -> None:
    """立即撤销密钥 (revoke a key)."""
    with record_errors(lang):
        from admission.record import open_store
        from admission.record.users import revoke_key

        with open_store(store, create=False) as opened:
            revoke_key(opened, id, actor=actor(), at=now())
    emit(f"{say('key revoked', lang, id=id)}\n".encode(), None, lang)


def list_keys_command(store: Url, format: Format = "text", lang: Lang = "zh") -> None:
    """所有密钥，不含密钥本身 (every key, without the key itself)."""
    with record_errors(lang):
        from admission.record import open_store
        from admission.record.users import api_keys

        with open_store(store, create=False) as opened:
            found = api_keys(opened)
    if format == "json":
        rows = [{"id": key.id, "user": key.user, "label": key.label, "active": key.active} for key in found]
        emit(lines(json.dumps(row, ensure_ascii=False) for row in rows), None, lang)
        return
    page = Page(screen_width())
    for key in found:
        state = say("user active" if key.active else "user inactive", lang)
        page.add(f"{key.id}  {key.user}  {key.label or '—'}  {key.issued_at}  {state}")
    if not found:
        page.add(say("keys none", lang))
    emit(page, None, lang)
