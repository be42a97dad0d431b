"""docs/service.md agrees with the program.

`ADMISSION_WRITE_DOCS=1 pytest tests/service/test_docs.py` writes the generated blocks anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from admission.service import Settings
from admission.service.problem_words import TITLES, Kind
from admission.service.security.access import ACCESS
from admission.service.security.access_pages import PAGES

PAGE = Path(__file__).resolve().parents[2] / "docs" / "service.md"


def _settings() -> str:
    lines = ["| 环境变量 | 默认 | 说明 |", "|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = field.get_default(call_default_factory=True)
        shown = "" if str(default) in ("", "()", "**********") else f"`{default}`"
        lines.append(f"| `ADMISSION_{name.upper()}` | {shown} | {field.description} |")
    return "\n".join(lines) + "\n"


def _kinds() -> str:
    lines = ["| type | 状态 | |", "|---|---|---|"]
    lines += [f"| `{kind}` | {kind.status} | {TITLES[kind][0]} · {TITLES[kind][1]} |" for kind in Kind]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(("name", "table"), [("settings", _settings()), ("problem kinds", _kinds())])
def test_generated_blocks_are_up_to_date(name: str, table: str) -> None:
    block = re.compile(rf"(<!-- generated: {name} -->\n).*?(<!-- end generated -->)", re.DOTALL)
    text = PAGE.read_text(encoding="utf-8")
    assert block.search(text)
    wanted = block.sub(lambda match: match[1] + table + match[2], text)
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        PAGE.write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, "run ADMISSION_WRITE_DOCS=1 pytest tests/service/test_docs.py"


def test_every_setting_says_what_it_is() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_every_route_of_the_api_is_told() -> None:
    text = PAGE.read_text(encoding="utf-8")
    routes = {path for _, path in ACCESS.keys() - PAGES.keys()} - {"/static/{path:path}", "/logout", "/login"}
    assert [path for path in sorted(routes) if re.sub(r"/\{.*", "", path).removesuffix("/results") not in text] == []
