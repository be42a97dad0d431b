"""The words of the rules: facts, their values, and the codes of industries (GB/T 4754) and hazardous wastes."""

from __future__ import annotations

from admission.vocabulary.codes import Hit, IndustryCodes
from admission.vocabulary.loading import load_vocabulary
from admission.vocabulary.model import Fact, FactType, Label, Member, Value, normalise_key
from admission.vocabulary.values import is_unknown, parse_date, parse_value
from admission.vocabulary.vocabulary import Vocabulary
from admission.vocabulary.wastes import Waste, WasteCodes

__all__ = [
    "Fact",
    "FactType",
    "Hit",
    "IndustryCodes",
    "Label",
    "Member",
    "Value",
    "Vocabulary",
    "Waste",
    "WasteCodes",
    "is_unknown",
    "load_vocabulary",
    "normalise_key",
    "parse_date",
    "parse_value",
]
