"""The words of the rules: facts, their values, and the GB/T 4754 industry codes."""

from __future__ import annotations

from admission.vocabulary.codes import Hit, IndustryCodes
from admission.vocabulary.loading import load_vocabulary
from admission.vocabulary.model import Fact, FactType, Label, Member, Value, normalise_key
from admission.vocabulary.values import parse_value
from admission.vocabulary.vocabulary import Vocabulary

__all__ = [
    "Fact",
    "FactType",
    "Hit",
    "IndustryCodes",
    "Label",
    "Member",
    "Value",
    "Vocabulary",
    "load_vocabulary",
    "normalise_key",
    "parse_value",
]
