"""`admission replay`: recorded decisions and receipts computed again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from admission.cli.options import Format, Lang, MaybeUrl, Output, RulePaths, open_rulebook, record_errors
from admission.cli.page import Page, shorten
from admission.cli.streams import STDIN, Exit, Failures, emit, lines, read, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.record import Replay

__all__ = ["replay_command"]

Receipts = Annotated[
    list[str],
    typer.Argument(metavar="RECEIPT", help="凭证文件，- 为标准输入；有 --store 时也可为决定编号 (receipts or ids)"),
]
_SHOWN, _WIDE = 30, 60


def replay_command(
    receipts: Receipts,
    store: MaybeUrl = None,
    rules: RulePaths = None,
    format: Format = "text",
    output: Output = None,
    lang: Lang = "zh",
) -> None:
    """按凭证重新研判，看结果是否一致 (compute decisions again from their receipts).

    优先用存储中保留的当时的规则文件，其次用 --rules 或随软件提供的规则。有不一致时以 1 退出。
    """
    with record_errors(lang):
        from admission.record import Rulebooks, open_store, replay

        with nullcontext() if store is None else open_store(store, create=False) as opened:
            wanted = _wanted(receipts, lang, ids=opened is not None)
            rulebooks = Rulebooks([open_rulebook(rules, lang)], opened)
            found = [replay(one, rulebooks) for one in wanted]
    emit(_rendered(found, format, lang, to_file=output is not None), output, lang)
    if not all(one.equal for one in found):
        raise typer.Exit(Exit.WRONG)


def _wanted(names: Sequence[str], lang: str, *, ids: bool) -> list[dict[str, Any] | str]:
    """Receipts read from files; with a store, what is no file is an id."""
    from admission.errors import InputError
    from admission.record import read_receipt

    failures, wanted = Failures(lang), list[dict[str, Any] | str]()
    for name in names:
        if ids and name != STDIN and not Path(name).exists():
            wanted.append(name)
            continue
        found = read(name, failures)
        try:
            if found is not None:
                wanted.append(read_receipt(found[1], found[0]))
        except InputError as error:
            failures.add_problems(error)
    failures.stop_if_any()
    return wanted


def _rendered(found: Sequence[Replay], form: str, lang: str, *, to_file: bool) -> Page | bytes:
    if form == "json":
        return lines(json.dumps(_plain(one), ensure_ascii=False) for one in found)
    page = Page(screen_width(to_file))
    for one in found:
        _write(page, one, lang)
    return page


def _plain(one: Replay) -> dict[str, Any]:
    return {
        "name": one.name,
        "equal": one.equal,
        "identical": one.identical,
        "rules": one.rules,
        "engine_then": one.engine_then,
        "engine_now": one.engine_now,
        "error": one.error,
        "differences": [
            {"path": other.path, "before": other.before, "after": other.after} for other in one.differences
        ],
    }


def _write(page: Page, one: Replay, lang: str) -> None:
    if one.error is not None:
        page.add(say("replay failed", lang, name=one.name, error=one.error))
    elif one.equal:
        page.add(say("replay equal" if one.identical else "replay same result", lang, name=one.name))
    else:
        page.add(say("replay differs", lang, name=one.name, count=len(one.differences)))
    page.add(say(f"replay rules {one.rules}", lang), indent=2)
    if one.engine_then != one.engine_now:
        page.add(say("replay engine", lang, then=one.engine_then, now=one.engine_now), indent=2)
    for other in one.differences[:_SHOWN]:
        before, after = (shorten(json.dumps(value, ensure_ascii=False), _WIDE) for value in (other.before, other.after))
        page.add(say("replay field", lang, path=other.path, before=before, after=after), indent=2)
    if len(one.differences) > _SHOWN:
        page.add(say("replay more", lang, count=len(one.differences) - _SHOWN), indent=2)
