"""No threshold, industry code or deadline of the law stands in Python: the law is data.

Every number and every text of three or four digits in the package must be an innocent one: 0, 1,
-1, 2, 100, a number listed here with what it is, or an example of a message. The command line
and the handouts lay out text: there only codes are looked for.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "admission").rglob("*.py"))
INNOCENT = {0, 1, -1, 2, 100}
CODE = re.compile(r"(?<![A-Za-z0-9_.])-?[A-Z]?\d{3,4}(?![A-Za-z0-9_.-])")
INNOCENT_TEXTS = {
    **dict.fromkeys(("3391", "C3391", "344"), "example of a code in a message"),
    **dict.fromkeys(("4754", "2017", "2011"), "GB/T 4754 and its editions"),
    "2026": "example of a date in a message",
    "2002": "tag of YAML's own types",
    "1234": "the four levels of GB/T 4754",
    "100": "full score, in a sentence",
    "2000": "name space of SVG",
    "9457": "RFC on problem documents",
    "S256": "method of PKCE",
}
_DEPTH, _SHOWN, _BYTES, _YEAR = "nesting read", "shown in a message", "largest file in bytes", "months of a year"
EXPLAINED: dict[str, dict[float, str]] = {
    "_messages.py": {60: _SHOWN},
    "_nodes.py": {40: _DEPTH, 400: "digits of an integer"},
    "_reading.py": {2_000_000: _BYTES},
    "lifecycle/clocks.py": {12: _YEAR, 5: "days from Monday to Friday", 8192: "days remembered"},
    "lifecycle/fixpoint.py": {100_000: "conclusions drawn at most", 4096: "sets of kinds remembered"},
    "lifecycle/material.py": {4: "missing facts named at most"},
    "lifecycle/inference.py": {16: "engines kept"},
    "audit/cells.py": {3: "parts of a date", 1970: "first day of Arrow's dates"},
    "audit/engine.py": {16: "bits of a lookup table"},
    "audit/figures.py": {1000: _SHOWN, 6: "decimals"},
    "audit/files.py": {20: _SHOWN},
    "audit/frames.py": {10: "characters of a date"},
    "audit/impact.py": {5: "columns of a change"},
    "audit/life/histories.py": {22: "bits of a day number"},
    "audit/life/limits.py": {1950: "days kept in a table", 2150: "days kept in a table"},
    "audit/life/outcomes.py": {4: "states of an act or a limit", 3: "orders of two days"},
    "audit/life/tables.py": {1970: "first day of Arrow's dates"},
    "audit/ledger.py": {16: "digits of a fingerprint"},
    "audit/machine.py": {64: "bits of a word"},
    "audit/output.py": {20: "power of two", 80: "characters of a file name", 4: "bytes of a random name"},
    "audit/reading.py": {16: "power of two", 5_000_000: "names remembered"},
    "audit/run.py": {15: "power of two", 10_000: _SHOWN},
    "audit/sources.py": {20: "rows above the headings, or power of two"},
    "audit/spark.py": {33: "bits of Spark's row numbers", 4: "engines kept"},
    "audit/spark_files.py": {30: "power of two"},
    "audit/sql/findings.py": {10: "base of the numbers"},
    "audit/sql/writer.py": {50: "arguments of a function"},
    "audit/summary_sheet.py": dict.fromkeys(
        (0.4, 3, 4, 6, 7, 8, 9, 10, 12, 13, 16, 40, 55, 320, 520), "layout of a sheet"
    ),
    "audit/template.py": {
        **dict.fromkeys((1.5, 2.5, 8, 10, 14, 15.0, 16, 26, 30, 32, 48, 50, 60), "layout of a sheet"),
        255: "characters of a drop-down in Excel",
        5000: "rows with drop-downs",
    },
    "audit/workbook.py": {
        **dict.fromkeys((0.4, 8, 9, 10, 14, 15.0, 18, 24, 26, 28, 32, 44, 60), "layout of a sheet"),
        20: "power of two: rows of a sheet",
        3: "sheets of one table",
        50_000: "rows read at a time",
        32_767: "characters of a cell",
    },
    "logic/_wording.py": {1e15: "numbers written in full"},
    "logic/rounding.py": {5: "half of the last place written"},
    "logic/parse.py": {8000: "longest condition", 60: _DEPTH, 20: _SHOWN, 80: _SHOWN},
    "logic/sentence.py": {5: "binding strength of words"},
    "logic/sql.py": {
        63: "characters of a name",
        15: "digits",
        250: "size",
        16: "digits",
        12: _YEAR,
        10.0: "base of the decimals",
    },
    "logic/trace.py": {3: _SHOWN, 4: _SHOWN, 53: "bits of a number"},
    "logic/types.py": {8: _SHOWN},
    "logic/values.py": {12: _YEAR},
    "record/chain.py": {64: "digits of a hash", 200: "characters of a name"},
    "record/migrations/versions/v0001_store.py": {64: "digits of a hash"},
    "record/exporting.py": {1000: "entries read at once"},
    "record/store.py": {
        30_000: "milliseconds waited for a lock",
        1000: "milliseconds of a second",
        10_000: "hashes remembered",
        0o600: "file mode",
    },
    "record/tables.py": {64: "digits of a hash"},
    "record/users.py": {12: "fewest characters of a password", 32: "bytes of a key"},
    "record/verifying.py": {500: "rows read at once", 3: "columns", 4: "columns"},
    "record/times.py": {8: "hours between UTC and China", 5: "bytes of a random name"},
    "review/mutants.py": {10: "per cent with one decimal", 1000: "per cent with one decimal"},
    "review/mutation.py": {400: "facts tried"},
    "review/reach.py": {200: "facts tried"},
    "review/defined.py": {200: "facts tried"},
    "review/pages/documents.py": {120000: "bytes of one page"},
    "review/pages/sectors.py": {3: "digits of a group of the standard", 300: "characters of a condition shown"},
    "screening/answers.py": {32: "answers kept"},
    "screening/catalogue.py": {64: "identities kept"},
    "screening/gates.py": {64: "industries kept"},
    "screening/lists.py": {16: "assessments kept"},
    "screening/questions.py": {4096: "questions kept"},
    "logic/derive.py": {256: "orders kept"},
    "logic/python.py": {64: "functions of a module"},
    "vocabulary/model.py": {65_536: "names remembered"},
    "rulebook/cache.py": {0o700: "file mode", 32: "length of a file name"},
    "rulebook/checks.py": {1e-09: "rounding of a sum"},
    "rulebook/files.py": {10_000_000: _BYTES},
    "rulebook/rulebook.py": {64: "rulesets kept"},
    "rulebook/workbook.py": {32_767: "characters of a cell", 3: "empty rows", 150: "characters of a line"},
    "rulebook/workbook_cells.py": {
        10_000_000: _BYTES,
        20_000_000: _BYTES,
        5_000: "rows read",
        15: "digits of a number",
        16: "base of an escape",
    },
    "rulebook/workbook_layout.py": dict.fromkeys((8, 10, 12, 16, 20, 22, 32, 44), "width of a column"),
    "rulebook/workbook_read.py": {20: "rows above the headings"},
    "rulebook/workbook_write.py": {
        **dict.fromkeys((10, 12, 14, 16, 36, 40, 50, 70), "width of a column"),
        15: "height of a line",
        405: "height of a row",
        300: "width of a page",
        500: "empty rows with drop-downs",
    },
    "service/examples.py": {12000: "an example", 20000: "an example"},
    "service/idempotency.py": {200: "characters of a key", 4: "signs of life before a key is given up"},
    "service/jobs/files.py": {0o700: "file mode"},
    "service/jobs/limits.py": {5: "niceness of a process"},
    "service/jobs/runner.py": {3: "attempts", 0.5: "seconds between looks", 60: "seconds without a sign of life"},
    "service/jobs/uploads.py": {5000: "parts of a workbook", 16: "power of two", 12: "power of two"},
    "service/recorder.py": {64: "decisions written together"},
    "service/routes/audits.py": {20: "power of two", 50: "lines of a page", 500: "lines of a page"},
    "service/routes/decisions.py": {
        **dict.fromkeys((50, 500), "lines of a page"),
        53: "largest whole number of JSON",
        200: "characters of a name",
    },
    "service/handed.py": {200: "characters of the name of a file"},
    "service/routes/reviews.py": {100: "conditions of an opinion"},
    "service/steps.py": {
        **dict.fromkeys((50, 500), "lines of a page"),
        53: "largest whole number of JSON",
        10_000: "characters of a text",
        200: "characters of a name",
    },
    "service/routes/login.py": {
        200: "characters of a name",
        1000: "characters of a password",
        2000: "characters of an address",
    },
    "service/routes/oidc.py": {10: "minutes of an attempt to log in", 2000: "characters of an address"},
    "service/routes/rules.py": {**dict.fromkeys((1000, 1_000_000), "lines of a page"), 200: "characters to find"},
    "service/routes/screen.py": {1000: "facts nobody knows"},
    "service/routes/webhooks.py": {50: "endpoints", 500: "characters of an address", 10: "events of an endpoint"},
    "service/security/directory.py": {1000: "users remembered"},
    "service/security/gate.py": {18: "digits of a length", 200: "characters of a path"},
    "service/security/sessions.py": {10: "parts of the time a session may rest"},
    "service/security/provider.py": {10.0: "seconds", 64: "characters of a verifier", 60: "seconds clocks may differ"},
    "service/webhooks/addresses.py": {
        443: "port",
        80: "port",
        500: "characters of an address",
        4: "part of an address",
    },
    "service/webhooks/outbox.py": {8: "hour of the morning", 50: "decisions looked at"},
    "service/webhooks/sending.py": {
        32: "bytes of a secret",
        **dict.fromkeys((4, 5, 6, 10), "pauses between attempts, and how many go together"),
    },
    "record/turns.py": {0.001: "seconds between tries", 0o600: "file mode"},
    "service/app.py": {0.001: "seconds a thread keeps the interpreter"},
    "service/workers.py": {2048: "connections that may wait", 60: "seconds without an answer"},
    "service/security/csrf.py": {60: "minutes a form can be filled in before the login"},
    "service/converting.py": {90: "seconds LibreOffice may take"},
    "service/web/answering.py": {12: _SHOWN, 200: "characters of an answer"},
    "service/web/briefs.py": {20: "characters of a parameter", 200: "characters of a name"},
    "service/web/home.py": {10: _SHOWN},
    "service/web/parts.py": {20: "components of a brief", 60: "characters of a name"},
    "service/web/results.py": {
        **dict.fromkeys((20, 200), "characters of a parameter"),
        **dict.fromkeys((330, 680), "pixels of a drawing"),
        30: _SHOWN,
        53: "bits of a number",
    },
    "service/web/standing.py": {4: "questions of one page"},
    "service/web/audit_figures.py": dict.fromkeys((3, 4), "columns of a table"),
    "service/web/audit_tables.py": {500: "problems opened at once"},
    "service/web/context.py": {
        50: _SHOWN,
        200: "characters of a field or a file name",
        10_000: "characters of a field",
        100_000: "pages of a list",
    },
    "service/web/reviews.py": {200: "characters of an id"},
    "service/settings.py": dict.fromkeys(
        {5.0, 8, 10, 20, 30, 64, 256, 720, 1000, 1200, 3600, 8000, 10_000, 60_000, 65535}
        | {200_000, 2_000_000, 50_000_000, 500_000_000, 8_000_000_000},
        "a limit of the service, set by its operator",
    ),
    "screening/document.py": {50: _SHOWN},
    "screening/remedies.py": {5: _SHOWN, 400: "combinations tried"},
    "vocabulary/codes.py": {
        3: _SHOWN,
        4: "digits of a class",
        10: "score of a search",
        20: "hits of a search",
        30: "score of a search",
        50: "score of a search",
        80: "score of a search",
    },
    "vocabulary/loading.py": {10_000_000: _BYTES},
    "vocabulary/values.py": {3: _SHOWN, 12: _SHOWN, 50: _SHOWN, 60: _SHOWN},
    "vocabulary/wastes.py": {
        **dict.fromkeys((5.0, 10.0, 30.0, 50.0, 80.0, 95.0, 100.0), "how well a word fits"),
        **dict.fromkeys((3, 20, 30), _SHOWN),
        0.6: "likeness of codes",
    },
    "vocabulary/vocabulary.py": {0.5: "likeness of names", 3: _SHOWN, 40: "names compared", 60: "characters compared"},
}
"""Module → its other numbers, and what each is. A figure of the law has no place here."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT / "admission").as_posix()


def _docstrings(tree: ast.Module) -> set[int]:
    """Ids of the constants that are docstrings or texts standing alone."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def _near(tree: ast.Module) -> set[int]:
    """Ids of the constants that say how many near names to offer, and how near."""
    calls = (n for n in ast.walk(tree) if isinstance(n, ast.Call) and ast.unparse(n.func).endswith("get_close_matches"))
    return {id(constant) for call in calls for constant in ast.walk(call)}


def _numbers(tree: ast.Module) -> Iterator[tuple[int, float]]:
    near = _near(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in (int, float) and id(node) not in near:
            yield node.lineno, node.value


def _texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    docstrings = _docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def _codes(text: str) -> list[str]:
    return [found for found in CODE.findall(text) if found not in INNOCENT_TEXTS]


def _law_modules() -> list[Path]:
    return [path for path in MODULES if not {"cli", "report"} & set(path.parts)]


@pytest.mark.parametrize("path", _law_modules(), ids=_name)
def test_no_number_of_the_law_stands_in_python(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    allowed = INNOCENT | EXPLAINED.get(_name(path), {}).keys()
    assert not [(line, value) for line, value in _numbers(tree) if value not in allowed]


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_no_industry_code_stands_in_python(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not [(line, text) for line, text in _texts(tree) if _codes(text)]


def test_no_explanation_outlives_its_numbers() -> None:
    for name, explained in EXPLAINED.items():
        tree = ast.parse((ROOT / "admission" / name).read_text(encoding="utf-8"))
        assert explained.keys() <= {value for _, value in _numbers(tree)}, name


@pytest.mark.parametrize("text", ["3443", "C3443", "-2710", "under(industry, '264')", "代码3360"])
def test_a_code_would_be_found(text: str) -> None:
    assert _codes(text)


@pytest.mark.parametrize("text", ["3391", "2026-11-24", "1.234", "utf_8859", "12", "12345"])
def test_what_is_no_code_is_not_taken_for_one(text: str) -> None:
    assert not _codes(text)


@pytest.mark.parametrize("text", ["x >= 10", "min(x, 1000)", "def f(x=0.3): pass"])
def test_a_number_would_be_found(text: str) -> None:
    assert [value for _, value in _numbers(ast.parse(text)) if value not in INNOCENT]
