"""The pages of docs/ agree with the program; generated blocks are up to date.

`ADMISSION_WRITE_DOCS=1 pytest tests/test_docs.py` writes the generated blocks anew.
"""

from __future__ import annotations

import json
import os
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from admission import Decision, Project, Rulebook, errors, load_rulebook, screen
from admission._messages import Phrase, ProblemCode, message
from admission.errors import Place, Problem
from admission.screening.verdict import Outcome, Verdict

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXAMPLES = yaml.safe_load((ROOT / "tests" / "data" / "problem_examples.yaml").read_text(encoding="utf-8"))
BLOCK = re.compile(r"(<!-- generated: problem codes -->\n).*?(<!-- end generated -->)", re.DOTALL)


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(cache=False)


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def example(code: str) -> Problem:
    given = EXAMPLES[code]
    values = {
        key: Phrase(*value) if isinstance(value, list) else value for key, value in given.get("values", {}).items()
    }
    file, _, line = given["at"].partition(":")
    return Problem(ProblemCode(code), Place(file, int(line or 0)), given.get("field", ""), values)


def problem_table() -> str:
    lines = ["| 代码 code | 例 example |", "|---|---|"]
    for code in ProblemCode:
        chinese, english = (example(code).text(lang).replace("|", "\\|") for lang in ("zh", "en"))
        lines.append(f"| `{code}` | {chinese}<br>{english} |")
    return "\n".join(lines) + "\n"


def test_every_problem_code_has_an_example() -> None:
    assert sorted(EXAMPLES) == sorted(ProblemCode)


@pytest.mark.parametrize("code", ProblemCode)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_an_example_fills_its_sentence(code: ProblemCode, lang: str) -> None:
    wanted = {name for part in message(code, lang) for _, name, _, _ in string.Formatter().parse(part) if name}
    assert wanted - {"field"} <= set(EXAMPLES[code].get("values", {}))


def test_the_problem_codes_of_the_page_are_up_to_date() -> None:
    text = page("errors.md")
    found = BLOCK.search(text)
    assert found is not None
    wanted = BLOCK.sub(lambda match: match[1] + problem_table() + match[2], text)
    if os.environ.get("ADMISSION_WRITE_DOCS"):
        (DOCS / "errors.md").write_text(wanted, encoding="utf-8")
    else:
        assert text == wanted, "run ADMISSION_WRITE_DOCS=1 pytest tests/test_docs.py"


def test_the_page_draws_every_error() -> None:
    public = [name for name in errors.__all__ if name.endswith("Error")]
    assert [name for name in public if name not in page("errors.md")] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_decision_page_explains_every_field(lang: str) -> None:
    chinese, english = page("decision.md").split("# How to read a decision")
    text = chinese if lang == "zh" else english
    explained = set(re.findall(r"`([a-z_0-9]+)`", text))
    fields = {name for name, _ in _fields(Decision.model_json_schema(by_alias=True))}
    assert sorted(fields - explained) == []
    assert sorted({*Verdict, *Outcome} - explained) == []


def _fields(schema: dict[str, object]) -> Iterator[tuple[str, object]]:
    definitions = schema.get("$defs", {})
    assert isinstance(definitions, dict)
    for part in (schema, *definitions.values()):
        yield from part.get("properties", {}).items()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_decision_page_shows_a_real_decision(lang: str, rulebook: Rulebook) -> None:
    """The short JSON of the page is cut from what the program gives for that example."""
    project = Project.from_yaml(ROOT / "examples" / "projects" / "chemical-blender.yaml", rulebook)
    assert project.as_of is not None
    decision = json.loads(screen(project, rulebook.in_force(park=project.park, on=project.as_of)).to_json())
    chinese, english = page("decision.md").split("# How to read a decision")
    shown = json.loads(re.findall(r"```json\n(.*?)```", chinese if lang == "zh" else english, re.DOTALL)[0])
    assert _inside(shown, decision) == []


def _inside(shown: object, real: object, path: str = "$") -> list[str]:
    """Where `shown` says something else than `real`; lists are compared as far as shown."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return [line for key, value in shown.items() for line in _inside(value, real.get(key), f"{path}.{key}")]
    if isinstance(shown, list) and isinstance(real, list):
        pairs = enumerate(zip(shown, real, strict=False))
        longer = [f"{path}: longer than the real list"] if len(shown) > len(real) else []
        return longer + [line for index, (one, other) in pairs for line in _inside(one, other, f"{path}[{index}]")]
    return [] if shown == real else [f"{path}: {shown!r} is {real!r}"]


def test_the_glossary_has_every_verdict_and_outcome() -> None:
    text = page("glossary.md")
    assert [word for word in (*Verdict, *Outcome) if f"`{word}`" not in text] == []


def test_the_vocabulary_page_names_only_facts_that_exist(rulebook: Rulebook) -> None:
    names = set(
        re.findall(
            r"`((?:has|uses|makes|only|in|is|added|site)_[a-z0-9_]+|[a-z0-9_]+_t_per_year)`", page("vocabulary.md")
        )
    )
    assert names
    assert sorted(name for name in names if rulebook.vocabulary.find(name) is None) == []


def test_the_vocabulary_page_lists_every_file() -> None:
    text = page("vocabulary.md")
    files = sorted(
        path.name for path in (ROOT / "rules" / "vocabulary").iterdir() if not path.name.startswith("gbt4754")
    )
    assert [name for name in files if f"`{name}`" not in text] == []
