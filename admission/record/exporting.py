"""The whole store as one file that any program can read: a zip of JSON Lines and documents."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from admission.record.reading import DOCUMENT, Reader
from admission.record.store import Store

__all__ = ["export"]

_AT_ONCE = 1000


def export(store: Store, file: Path) -> tuple[int, int]:
    """Write `entries.jsonl` and `documents/<sha256>` to a zip; returns how many of each.

    The file appears complete or not at all. Every line of `entries.jsonl` has the columns of the
    table, `body` as the very text that was hashed. Raises `OSError`, `StoreError`.
    """
    part = file.with_name(f"{file.name}.part")
    documents: list[str] = []
    count = 0
    try:
        with store.reading() as reader, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("entries.jsonl", "w", force_zip64=True) as stream:
                for line, document in _lines(reader):
                    stream.write(line)
                    count += 1
                    documents += document
            for sha256 in documents:
                archive.writestr(f"documents/{sha256}", reader.get(sha256))
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
    return count, len(documents)


def _lines(reader: Reader) -> Iterator[tuple[bytes, list[str]]]:
    after = 0
    while entries := reader.entries(after_seq=after, limit=_AT_ONCE):
        for entry in entries:
            columns = {
                "seq": entry.seq,
                "at": entry.at,
                "actor": entry.actor,
                "kind": entry.kind,
                "subject": entry.subject,
                "body": entry.text,
                "previous_sha256": entry.previous_sha256,
                "sha256": entry.sha256,
            }
            yield f"{json.dumps(columns, ensure_ascii=False)}\n".encode(), [entry.subject] * (entry.kind == DOCUMENT)
        after = entries[-1].seq
