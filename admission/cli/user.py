"""`admission user`: who may sign in to the service. Passwords are asked for, never given on the command line."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Annotated

import typer

from admission.cli.options import Format, Lang, Url, now, one_of, record_errors
from admission.cli.page import Page
from admission.cli.streams import Exit, complain, emit, lines, screen_width
from admission.cli.words import say

__all__ = ["actor", "add_command", "disable_command", "list_users_command", "password_command"]

_ROLES = ("clerk", "reviewer", "administrator", "machine")
Name = Annotated[str, typer.Argument(metavar="NAME", help="用户名 (user name)")]
Role = Annotated[
    str,
    typer.Option(
        "--role",
        metavar="|".join(_ROLES),
        parser=one_of(*_ROLES),
        help="经办人、部门审查人、管理员、系统接口 (role)",
    ),
]
Department = Annotated[
    str | None, typer.Option("--department", metavar="部门", help="审查人所在部门，如 生态环境 (of a reviewer)")
]


def add_command(name: Name, role: Role, store: Url, department: Department = None, lang: Lang = "zh") -> None:
    """添加用户；密码在终端输入，或从标准输入读一行 (add a user)."""
    with record_errors(lang):
        from admission.record import add_user, open_store

        with open_store(store) as opened:
            password = None if role == "machine" else _password(lang)
            made = add_user(opened, name, role=role, department=department, password=password, actor=actor(), at=now())
    _say(say("user added", lang, name=made.name, role=say(f"role {made.role}", lang)), lang)


def password_command(name: Name, store: Url, lang: Lang = "zh") -> None:
    """更改密码 (change a password)."""
    with record_errors(lang):
        from admission.record import open_store, set_password, user

        with open_store(store, create=False) as opened:
            user(opened, name)  # an unknown one is told before the password is asked for
            set_password(opened, name, _password(lang), actor=actor(), at=now())
    _say(say("user changed", lang, name=name), lang)


def disable_command(name: Name, store: Url, lang: Lang = "zh") -> None:
    """停用用户，其接口密钥一并失效；用户名不再使用 (disable a user)."""
    with record_errors(lang):
        from admission.record import disable_user, open_store

        with open_store(store, create=False) as opened:
            disable_user(opened, name, actor=actor(), at=now())
    _say(say("user disabled", lang, name=name), lang)


def list_users_command(store: Url, format: Format = "text", lang: Lang = "zh") -> None:
    """所有用户 (every user)."""
    with record_errors(lang):
        from admission.record import open_store, users

        with open_store(store, create=False) as opened:
            found = users(opened)
    if format == "json":
        rows = [{"name": u.name, "role": u.role, "department": u.department, "active": u.active} for u in found]
        emit(lines(json.dumps(row, ensure_ascii=False) for row in rows), None, lang)
        return
    page = Page(screen_width())
    for one in found:
        role = say(f"role {one.role}", lang) + (f" {one.department}" if one.department else "")
        page.add(f"{one.name}  {role}  {say('user active' if one.active else 'user inactive', lang)}")
    if not found:
        page.add(say("users none", lang))
    emit(page, None, lang)


def _say(text: str, lang: str) -> None:
    emit(f"{text}\n".encode(), None, lang)


def actor() -> str:
    """Whoever runs this command on this machine."""
    try:
        return f"cli:{getpass.getuser()}"
    except (OSError, KeyError):  # no name for this user id
        return "cli"


def _password(lang: str) -> str:
    """Asked twice on a terminal, else one line of standard input."""
    if sys.stdin is not None and sys.stdin.isatty():
        first = typer.prompt(say("password", lang), hide_input=True, err=True)
        if first != typer.prompt(say("password again", lang), hide_input=True, err=True):
            complain(say("password differs", lang))
            raise typer.Exit(Exit.WRONG)
        return str(first)
    line = sys.stdin.readline().rstrip("\r\n") if sys.stdin is not None else ""
    if not line:
        complain(say("password none", lang))
        raise typer.Exit(Exit.WRONG)
    return line
