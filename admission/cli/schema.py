"""`admission schema`: the JSON Schema of a project document and of a decision."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from admission.cli.options import Lang, RulePaths, one_of, open_rulebook
from admission.cli.streams import emit, lines

__all__ = ["schema_command"]

_KINDS = ("project", "decision")
Kind = Annotated[
    str, typer.Argument(metavar="|".join(_KINDS), parser=one_of(*_KINDS), help="哪种文档 (which document)")
]


def schema_command(kind: Kind, lang: Lang = "zh", rules: RulePaths = None) -> None:
    """输出 JSON Schema (print a JSON Schema)."""
    from admission.screening.document_schema import decision_schema, project_schema

    content = project_schema(open_rulebook(rules, lang), lang) if kind == "project" else decision_schema()
    emit(lines([json.dumps(content, ensure_ascii=False, indent=2)]), None, lang)
