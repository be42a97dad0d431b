"""The commands put together, and how the process ends."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from admission._version import VERSION
from admission.cli.industry import industry_command
from admission.cli.rules_check import check_command
from admission.cli.rules_list import list_command
from admission.cli.rules_show import show_command
from admission.cli.schema import schema_command
from admission.cli.screen import screen_command
from admission.cli.streams import Exit, complain, emit

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
app.command("industry")(industry_command)
app.command("schema")(schema_command)
_rules.command("list")(list_command)
_rules.command("show")(show_command)
_rules.command("check")(check_command)


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
