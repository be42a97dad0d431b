"""Running the service: one process, or several that share a port and its connections evenly.

Processes that take connections from one socket take them unevenly: whoever is awake takes them all.
Here each worker has a socket of its own on the same port, and the kernel spreads connections over them.
"""

from __future__ import annotations

import os
import socket
from tempfile import TemporaryDirectory
from typing import Any

import uvicorn
from prometheus_client.multiprocess import mark_process_dead
from uvicorn.supervisors import Multiprocess

from admission.service.logs import LOGGING
from admission.service.metrics import FOLDER
from admission.service.settings import Settings

__all__ = ["run"]

_BACKLOG = 2048
_SILENT_SECONDS = 60
"""A worker that does not answer its supervisor for so long is replaced. It cannot answer while it starts, which on a
busy machine takes longer than the five seconds that uvicorn would wait: it was killed and started again for ever."""


def run(settings: Settings) -> None:
    """Serves until told to end; workers that die are replaced."""
    config = uvicorn.Config(
        "admission.service.app:from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.workers,
        backlog=_BACKLOG,
        log_config=LOGGING,
        access_log=False,
        timeout_worker_healthcheck=_SILENT_SECONDS,
        server_header=False,
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    if settings.workers == 1:
        uvicorn.Server(config).run()
        return
    with _bound(settings.host, settings.port) as reserved, TemporaryDirectory(prefix="admission-metrics-") as folder:
        os.environ[FOLDER] = folder
        port: int = reserved.getsockname()[1]
        _Workers(config, _Sockets(settings.host, port)).run()


class _Workers(Multiprocess):
    """Workers that are replaced when they die; how things stood in one that died is told no more."""

    def keep_subprocess_alive(self) -> None:
        before = {process.pid for process in self.processes}
        super().keep_subprocess_alive()
        for pid in before - {process.pid for process in self.processes}:
            mark_process_dead(pid)  # type: ignore[no-untyped-call] # the library does not say


class _Sockets(list[socket.socket]):
    """No sockets here; sent to a worker, it becomes a socket of the worker's own."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__()
        self._place = (host, port)

    def __reduce__(self) -> tuple[Any, ...]:
        return _listening, self._place


def _listening(host: str, port: int) -> list[socket.socket]:
    return [_bound(host, port)]


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound to an address that others of this user may be bound to as well."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    found.bind((host, port))
    return found
