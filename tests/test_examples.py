"""Every example runs and gives what it says; the table worked out by hand agrees with the program."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest
import yaml

from admission import Decision, Rulebook, load_rulebook, read_projects, screen

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
PROJECTS = {path.stem: path for path in sorted((EXAMPLES / "projects").glob("*.yaml"))}
EXPECTED = yaml.safe_load((ROOT / "tests" / "data" / "examples_expected.yaml").read_text(encoding="utf-8"))
WORDS = {
    "eia": {"报告书": "report", "报告表": "form", "登记表": "registration", "不纳入": "none"},
    "permit": {"重点": "key", "简化": "simplified", "登记": "registration", "不纳入": "none"},
}
WHOLE = {"**全项目**", "**whole project**"}
# a part of the output of each script that stays when labels and rules grow
SCRIPTS = {
    "01_screen_a_project.py": (
        "年产5000吨涂料及清洗剂复配项目：结论 reject，环评 form，排污许可 simplified",
        "[hit] 《中华人民共和国长江保护法》第二十六条第二款",
        "整改路径：",
    ),
    "02_what_to_ask_next.py": ("目前 incomplete，还可能是 admit", "1. ", "证明材料："),
    "03_law_of_the_day.py": (
        "2026-08-14",
        "《中华人民共和国环境影响评价法》第二十二条",
        "《中华人民共和国生态环境法典》第一百零二条",
    ),
    "04_condition_three_ways.py": (
        "Python ： [False, True, None]",
        "Polars ： [False, True, None]",
        "SQL    ： has_electroplating OR solvent_coating_t_per_year >= 10",
    ),
    "05_own_rules.py": ("随附规则库：conditional", "加上自己的清单：reject", "PARK-DEMO-OWN-1"),
    "07_audit_a_park.py": (
        "复配化工（虚构）：reject",
        "CN-YRPL-2020-26-2",
        "读不懂的单元格 0 个",
        "清单收紧后 阀门一厂（虚构）：incomplete → reject（PARK-DEMO-OWN-1，2026-01-01 起）",
    ),
    "06_find_industry.py": (
        "阀门 → 3443 阀门和旋塞制造",
        "环评：第69项 report/form/none",
        "黑色金属铸造 → 3391",
        "排污许可：第82项 key/simplified",
    ),
}


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load_rulebook(cache=False)


@pytest.fixture(scope="module")
def decisions(rulebook: Rulebook) -> dict[str, Decision]:
    found = {}
    for name, path in PROJECTS.items():
        (project,) = read_projects(path.read_bytes(), path.name, rulebook)
        assert project.park is not None
        assert project.as_of is not None
        found[name] = screen(project, rulebook.in_force(park=project.park, on=project.as_of))
    return found


def test_every_example_has_an_expectation() -> None:
    assert sorted(EXPECTED) == sorted(PROJECTS)


@pytest.mark.parametrize("name", PROJECTS)
def test_an_example_says_that_it_is_invented(name: str) -> None:
    first, second, *_ = PROJECTS[name].read_text(encoding="utf-8").splitlines()
    assert first.startswith("# 虚构")
    assert second.startswith("# Invented")


@pytest.mark.parametrize("name", PROJECTS)
def test_an_example_gives_what_is_expected(name: str, decisions: dict[str, Decision]) -> None:
    decision = decisions[name]
    found = {
        "verdict": decision.verdict.value,
        "possible": [verdict.value for verdict in decision.possible_verdicts],
        "eia": decision.eia.level,
        "permit": decision.permit.level,
        "eia_entries": sorted({line.entry for line in decision.eia.entries}),
        "permit_entries": sorted({line.entry for line in decision.permit.entries}),
        "hit": [
            finding.rule for finding in decision.findings if (finding.effect, finding.outcome) == ("prohibit", "hit")
        ],
    }
    expected = {**EXPECTED[name], **{key: sorted(EXPECTED[name][key]) for key in ("eia_entries", "permit_entries")}}
    assert found == expected


@pytest.mark.parametrize("name", [name for name, expected in EXPECTED.items() if expected["verdict"] != "incomplete"])
def test_a_complete_example_leaves_nothing_of_admission_open(name: str, decisions: dict[str, Decision]) -> None:
    """What is left belongs to the EIA, the design and the operation: conditions, not gaps in the application."""
    decision = decisions[name]
    left = [finding for finding in decision.findings if finding.outcome == "unknown" and finding.effect != "encourage"]
    assert all(finding.stage != "admission" for finding in left)
    assert decision.eia.level is not None
    assert decision.permit.level is not None
    assert bool(left) == (name != "pump-expansion")


def test_an_example_that_answers_everything_is_admitted_without_a_question(decisions: dict[str, Decision]) -> None:
    assert decisions["pump-expansion"].verdict == "admit"
    assert decisions["pump-expansion"].questions == ()


def test_the_rejected_example_can_be_moved(decisions: dict[str, Decision]) -> None:
    changes = [change for remedy in decisions["chemical-blender"].remedies for change in remedy.changes]
    assert any(change.fact == "distance_to_yangtze_tributary_bank_m" and change.after > 1000 for change in changes)


def worked(language: str) -> list[tuple[str, str, str, str]]:
    """The rows of one table of docs/worked-examples.md, class words as the program's."""
    text = (ROOT / "docs" / "worked-examples.md").read_text(encoding="utf-8")
    table = text.split(f"<!-- table {language} -->\n")[1].split("\n\n")[0].splitlines()[2:]
    rows = []
    for line in table:
        name, component, eia, permit = (cell.strip() for cell in line.strip("|").split("|"))
        whole = "*" if component in WHOLE else component
        rows.append((name, whole, _words(eia, "eia"), _words(permit, "permit")))
    return rows


def _words(cell: str, kind: str) -> str:
    return re.sub("[\u4e00-\u9fff]+", lambda word: WORDS[kind][word[0]], cell.replace("、", ", "))


def computed(decisions: dict[str, Decision]) -> list[tuple[str, str, str, str]]:
    """The same rows from the program."""
    rows = []
    for name, decision in decisions.items():
        cells: dict[str, dict[str, list[tuple[int, str]]]] = defaultdict(lambda: defaultdict(list))
        for kind, result in (("eia", decision.eia), ("permit", decision.permit)):
            for line in result.entries:
                cells[line.component][kind].append((int(line.entry), f"{line.entry} {'/'.join(line.possible)}"))
        for component, entries in cells.items():
            texts = [", ".join(text for _, text in sorted(entries[kind])) or "—" for kind in ("eia", "permit")]
            rows.append((name, component, *texts))
        rows.append((name, "*", "/".join(decision.eia.possible), "/".join(decision.permit.possible)))
    return rows


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_hand_worked_table_agrees_with_the_program(language: str, decisions: dict[str, Decision]) -> None:
    assert sorted(worked(language)) == sorted(computed(decisions))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_example_has_its_reasons(language: str) -> None:
    text = (ROOT / "docs" / "worked-examples.md").read_text(encoding="utf-8")
    chinese, english = text.split("# Worked examples in English")
    headings = re.findall(r"^### ([a-z-]+)", chinese if language == "zh" else english, re.MULTILINE)
    assert sorted(headings) == sorted(PROJECTS)


def test_every_script_is_listed_and_checked() -> None:
    scripts = sorted(path.name for path in EXAMPLES.glob("*.py"))
    readme = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    assert scripts == sorted(SCRIPTS)
    assert [name for name in scripts + [f"{name}.yaml" for name in PROJECTS] if name not in readme] == []


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_prints_what_it_promises(name: str, tmp_path: Path) -> None:
    if name == "04_condition_three_ways.py":
        pytest.importorskip("polars", reason="needs admission[frames]")
    environment = {**os.environ, "ADMISSION_CACHE": "off", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / name)],
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert [part for part in SCRIPTS[name] if part not in done.stdout] == []
