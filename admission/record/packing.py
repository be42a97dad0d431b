"""How contents stand in the store: compressed with Zstandard, and with zlib where an earlier version wrote them.

Both begin with bytes of their own, so that nothing else has to say which it is.
"""

from __future__ import annotations

import threading
import zlib

import zstandard

__all__ = ["PackingError", "pack", "unpack"]

_LEVEL = 1
_ZSTANDARD = zstandard.FRAME_HEADER


class PackingError(ValueError):
    """What is stored cannot be decompressed: it is not what was written."""


class _OfThread(threading.local):
    """What one thread compresses with; none may be used by two threads at a time."""

    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(_LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()


_of_thread = _OfThread()


def pack(content: bytes) -> bytes:
    """`content` as it is stored."""
    return _of_thread.compressor.compress(content)


def unpack(stored: bytes) -> bytes:
    """The content of stored bytes, those of earlier versions included; raises `PackingError`."""
    try:
        if stored.startswith(_ZSTANDARD):
            return _of_thread.decompressor.decompress(stored, allow_extra_data=False)
        return zlib.decompress(stored)
    except (zstandard.ZstdError, zlib.error) as error:
        raise PackingError(str(error)) from None
