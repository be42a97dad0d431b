"""The protocol of an inference engine, and which one this machine uses."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol

from admission.errors import MissingExtraError
from admission.lifecycle.fixpoint import Fixpoint
from admission.lifecycle.symbols import Chain, Symbol

__all__ = ["ENGINES", "Inference", "engine"]

ENGINES = ("durable_rules", "fixpoint")


class Inference(Protocol):
    """Draws every conclusion of its chaining rules from a set of symbols."""

    name: str

    def conclude(self, symbols: Iterable[Symbol]) -> frozenset[Symbol]:
        """The symbols that follow, whatever the order of `symbols`; those given are not repeated.

        Raises `StepsExceededError` when there is no end of conclusions.
        """


@lru_cache(maxsize=16)
def engine(chains: tuple[Chain, ...], name: str | None = None) -> Inference:
    """The engine called `name`; by default durable_rules where it can be imported, else the plain one.

    Raises `MissingExtraError` for durable_rules on a machine that cannot have it.
    """
    if name == ENGINES[1] or not chains:
        return Fixpoint(chains)
    try:
        from admission.lifecycle.durable import Durable
    except ImportError as error:
        if name is not None:
            raise MissingExtraError("durable_rules", "inference") from error
        return Fixpoint(chains)
    return Durable(chains)
