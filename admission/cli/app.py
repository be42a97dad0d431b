"""The commands put together, and how the process ends."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from admission._version import VERSION
from admission.cli.ask import ask_command
from admission.cli.audit import audit_command
from admission.cli.impact import impact_command
from admission.cli.industry import industry_command
from admission.cli.key import issue_command, list_keys_command, revoke_command
from admission.cli.lifecycle import lifecycle_command
from admission.cli.replay import replay_command
from admission.cli.rules_check import check_command
from admission.cli.rules_coverage import coverage_command
from admission.cli.rules_export import export_xlsx_command
from admission.cli.rules_export_sql import export_sql_command
from admission.cli.rules_import import import_xlsx_command
from admission.cli.rules_list import list_command
from admission.cli.rules_mutate import mutate_command
from admission.cli.rules_pages import pages_command
from admission.cli.rules_show import show_command
from admission.cli.rules_test import run_cases_command
from admission.cli.schema import schema_command
from admission.cli.screen import screen_command
from admission.cli.serve import serve_command
from admission.cli.store import export_command, head_command, verify_command
from admission.cli.streams import Exit, complain, emit
from admission.cli.user import add_command, disable_command, list_users_command, password_command
from admission.cli.waste import waste_command

__all__ = ["app", "run"]

_SETTINGS = {"help_option_names": ["-h", "--help"]}


def _new_app(text: str) -> typer.Typer:
    return typer.Typer(
        help=text,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings=_SETTINGS,
    )


app = _new_app("产业园区项目准入研判 (admission screening for industrial parks)")
_rules = _new_app("查看和检查规则库 (the rulebook)")
app.add_typer(_rules, name="rules")
app.command("screen")(screen_command)
app.command("ask")(ask_command)
app.command("lifecycle")(lifecycle_command)
app.command("audit")(audit_command)
app.command("impact")(impact_command)
app.command("industry")(industry_command)
app.command("waste")(waste_command)
app.command("schema")(schema_command)
app.command("replay")(replay_command)
app.command("serve")(serve_command)
_rules.command("list")(list_command)
_rules.command("show")(show_command)
_rules.command("check")(check_command)
_rules.command("test")(run_cases_command)
_rules.command("coverage")(coverage_command)
_rules.command("mutate")(mutate_command)
_rules.command("pages")(pages_command)
_export = _new_app("导出规则 (export rules)")
_rules.add_typer(_export, name="export")
_export.command("xlsx")(export_xlsx_command)
_export.command("sql")(export_sql_command)
_import = _new_app("导入规则 (import rules)")
_rules.add_typer(_import, name="import")
_import.command("xlsx")(import_xlsx_command)

_store = _new_app("决定的存储 (the store of decisions)")
app.add_typer(_store, name="store")
_store.command("verify")(verify_command)
_store.command("head")(head_command)
_store.command("export")(export_command)
_user = _new_app("服务的用户 (users of the service)")
app.add_typer(_user, name="user")
_user.command("add")(add_command)
_user.command("list")(list_users_command)
_user.command("password")(password_command)
_user.command("disable")(disable_command)
_key = _new_app("系统接口的密钥 (keys of machines)")
app.add_typer(_key, name="key")
_key.command("add")(issue_command)
_key.command("list")(list_keys_command)
_key.command("revoke")(revoke_command)


def _print_version(asked: bool) -> None:
    if asked:
        emit(f"admission {VERSION}\n".encode(), None, "en")
        raise typer.Exit(Exit.DONE)


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="版本号 (show the version)")
    ] = False,
) -> None:
    pass


def run() -> None:
    """Run the command line of this process; whatever happens, no traceback unless ADMISSION_DEBUG is set."""
    try:
        app(prog_name="admission")
    except Exception as error:
        if os.environ.get("ADMISSION_DEBUG"):
            raise
        from admission.cli.words import say

        complain(f"admission: {say('failed', 'zh', error=f'{type(error).__name__}: {error}')}")
        sys.exit(Exit.WRONG)
