"""The words of the rules: facts, their values, and the GB/T 4754 industry codes."""

from __future__ import annotations

from admission.vocabulary.codes import Hit, IndustryCodes
from admission.vocabulary.loading import load_vocabulary
from admission.vocabulary.model import Fact, FactType, Label, Member, Value, normalise_key
from admission.vocabulary.values import is_unknown, parse_date, parse_value
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
    "is_unknown",
    "load_vocabulary",
    "normalise_key",
    "parse_date",
    "parse_value",
]
