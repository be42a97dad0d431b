"""`admission store`: is it as it was written, its head, and all of it as a file."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import Format, Lang, Url, record_errors
from admission.cli.page import Page
from admission.cli.streams import Exit, Failures, emit, lines, screen_width
from admission.cli.words import say

if TYPE_CHECKING:
    from admission.record import Head, Verification

__all__ = ["export_command", "head_command", "verify_command"]


_HEAD = re.compile(r"\d{1,18}:[0-9a-f]{64}")


def _head(text: str) -> str:
    """`SEQ:SHA256` as written, when it looks like one."""
    if not _HEAD.fullmatch(text):
        raise typer.BadParameter(
            "应为 admission store head 给出的 序号:哈希 (expected SEQ:SHA256 as `store head` says)"
        )
    return text


KnownHead = Annotated[
    str | None,
    typer.Option("--head", metavar="SEQ:SHA256", parser=_head, help="另处记下的链头 (a head written down elsewhere)"),
]
Archive = Annotated[Path, typer.Option("--output", "-o", metavar="OUT.zip", help="写入的文件 (the file to write)")]


def verify_command(store: Url, head: KnownHead = None, format: Format = "text", lang: Lang = "zh") -> None:
    """核对每条记录、每份文件和引用是否仍是写入时的样子 (verify the whole store).

    有任何不符时以 1 退出，并逐条列出。
    """
    with record_errors(lang):
        from admission.record import Head, open_store, verify

        known = None
        if head is not None:
            seq, _, sha256 = head.partition(":")
            known = Head(int(seq), sha256)
        with open_store(store, create=False) as opened:
            found = verify(opened, known)
    emit(_verified(found, format, lang), None, lang)
    if not found.ok:
        raise typer.Exit(Exit.WRONG)


def head_command(store: Url, lang: Lang = "zh") -> None:
    """最后一条记录的序号和哈希，供另处记下 (number and hash of the last entry)."""
    with record_errors(lang):
        from admission.record import open_store

        with open_store(store, create=False) as opened:
            emit(f"{_told(opened.head())}\n".encode(), None, lang)


def export_command(store: Url, output: Archive, lang: Lang = "zh") -> None:
    """全部记录（entries.jsonl）和文件（documents/）导出为一个 zip (everything as one zip)."""
    with record_errors(lang):
        from admission.record import open_store
        from admission.record.exporting import export

        failures = Failures(lang)
        with open_store(store, create=False) as opened:
            try:
                entries, documents = export(opened, output)
            except OSError as error:
                failures.add(str(output), "cannot write", reason=error.strerror or error)
                failures.stop_if_any()
                raise
    told = say("store exported", lang, entries=entries, documents=documents, file=output)
    emit(f"{told}\n".encode(), None, lang)


def _told(head: Head) -> str:
    return f"{head.seq}:{head.sha256}"


def _verified(found: Verification, form: str, lang: str) -> Page | bytes:
    if form == "json":
        flaws = [
            {"place": flaw.place, "what": flaw.text(lang).removeprefix(f"{flaw.place}: ")} for flaw in found.problems
        ]
        answer = {"ok": found.ok, "entries": found.entries, "documents": found.documents, "head": _told(found.head)}
        return lines([json.dumps({**answer, "problems": flaws}, ensure_ascii=False)])
    page = Page(screen_width())
    if found.ok:
        page.add(say("store fine", lang, entries=found.entries, documents=found.documents))
    else:
        page.add(say("store flaws", lang, count=len(found.problems)))
        for flaw in found.problems:
            page.add(flaw.text(lang), indent=2)
    page.add(say("store head", lang, seq=found.head.seq, sha256=found.head.sha256))
    page.add(say("store keep head", lang))
    return page
