"""Uploaded tables: what they are by their content, and whether they are safe to open.

A workbook is a zip archive of XML: it is unpacked once, counted, before any reader sees it. Names of
uploaded files are not used for anything.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from admission.service.problem_words import Kind
from admission.service.problems import ProblemError

__all__ = ["checked_suffix"]

_ZIP, _PARQUET, _OLD_OFFICE = b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0"
_SHEETS = {"xl/workbook.xml": ".xlsx", "content.xml": ".ods"}
_MEMBERS = 5000
_CHUNK = 1 << 16
_HEAD = 1 << 12
_FORBIDDEN = (b"<!doctype", b"<!entity")


def checked_suffix(path: Path, unpacked: int) -> str:
    """The kind of table a file is, as the ending a reader knows; a problem when it is not safe.

    `unpacked` is the most a workbook or a Parquet file may come to, in bytes.
    """
    with path.open("rb") as stream:
        head = stream.read(len(_ZIP))
    if head == _ZIP:
        return _workbook(path, unpacked)
    if head == _PARQUET:
        return _parquet(path, unpacked)
    if head == _OLD_OFFICE:
        return ".xls"
    return ".csv"


def _unsafe(why: str) -> ProblemError:
    return ProblemError(Kind.UNSAFE_FILE, why)


def _workbook(path: Path, unpacked: int) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS:
                raise _unsafe(f"{len(members)} > {_MEMBERS} 个部件 (parts)")
            suffix = next((end for name, end in _SHEETS.items() if name in archive.NameToInfo), None)
            if suffix is None:
                raise ProblemError(Kind.MEDIA_TYPE, "压缩文件不是工作簿 (a zip file, but no workbook)")
            left = unpacked
            for member in members:
                left -= _count(archive, member, left)
            return suffix
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError) as error:
        raise _unsafe("工作簿已损坏 (the workbook is damaged)") from error


def _count(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> int:
    """The true size of a part, whatever the archive says it is; raises when it is too much or names entities."""
    size = 0
    with archive.open(member) as stream:
        for chunk in _chunks(stream):
            if size == 0 and member.filename.lower().endswith((".xml", ".rels")):
                start = chunk[:_HEAD].replace(b"\0", b"").lower()  # UTF-16 as well
                if any(word in start for word in _FORBIDDEN):
                    raise _unsafe("XML 带有文档类型或实体声明 (XML with a document type or entities)")
            size += len(chunk)
            if size > left:
                raise _unsafe("解压后过大 (too large when unpacked)")
    return size


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _parquet(path: Path, unpacked: int) -> str:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            groups = [file.metadata.row_group(number) for number in range(file.metadata.num_row_groups)]
    except (pa.ArrowException, OSError, ValueError) as error:
        raise _unsafe("Parquet 文件已损坏 (the Parquet file is damaged)") from error
    if sum(group.total_byte_size for group in groups) > unpacked:
        raise _unsafe("解压后过大 (too large when unpacked)")
    return ".parquet"
