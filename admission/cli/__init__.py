"""Command line: a skin over the library, one file per command."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Run the `admission` command of this process; ends with the exit status of the contract."""
    from admission.cli.app import run

    run()
