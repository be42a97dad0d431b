"""Word documents as PDF, by LibreOffice where this machine has it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from admission.service.problem_words import Kind
from admission.service.problems import ProblemError

__all__ = ["can_make_pdf", "pdf_of"]

_NAMES = ("soffice", "libreoffice")
_SECONDS = 90
_one_at_a_time = Lock()


def can_make_pdf() -> bool:
    """Is LibreOffice on this machine?"""
    return _program() is not None


def _program() -> str | None:
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


def pdf_of(document: bytes) -> bytes:
    """The pages of a Word document; to be done in a thread, it takes seconds.

    Raises a problem document without LibreOffice, or when it gives no page.
    """
    program = _program()
    if program is None:
        raise ProblemError(
            Kind.NOT_INSTALLED, "本机没有安装 LibreOffice，不能生成 PDF；请下载 Word 版 (no LibreOffice here)"
        )
    with _one_at_a_time, TemporaryDirectory(prefix="admission-pdf-") as folder:
        source = Path(folder, "report.docx")
        source.write_bytes(document)
        command = [program, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--norestore"]
        command += ["--convert-to", "pdf", "--outdir", folder, str(source)]
        try:
            subprocess.run(command, capture_output=True, timeout=_SECONDS, check=True, stdin=subprocess.DEVNULL)
            return source.with_suffix(".pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as error:
            raise ProblemError(Kind.OVERLOADED, "PDF 没有生成，请下载 Word 版 (no PDF was made)") from error
