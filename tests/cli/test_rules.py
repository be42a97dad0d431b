from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from rich.cells import cell_len

from admission import Rulebook
from admission.rulebook.life_rows import life_rows
from admission.rulebook.rows import KINDS, rows

Cli = Callable[..., Any]
CHINESE = re.compile("[\u4e00-\u9fff]")


def narrow(text: str) -> bool:
    return all(cell_len(line) <= 80 for line in text.splitlines()) and "\x1b" not in text


def test_list_everything(cli: Cli, rulebook: Rulebook) -> None:
    result = cli("rules", "list")
    assert result.exit_code == 0
    assert narrow(result.stdout)
    assert result.stdout.startswith(f"环评名录条目 {sum(row.kind == 'eia' for row in rows(rulebook))}、")
    assert f"指标 {len(rulebook.vocabulary.facts)}" in result.stdout.replace("\n", " ")
    for expected in (
        "CN-YRPL-2020 中华人民共和国长江保护法（项目准入条款）（国家，",
        "CN-YRPL-2020-26-2  长江干支流岸线1公里范围内禁止新建、扩建化工项目",
        "  《中华人民共和国长江保护法》第二十六条第二款 · 已核实 · 2021-03-01起",
        "  来源：",
    ):
        assert expected in result.stdout
    missing = [row.id for row in rows(rulebook) if f"\n{row.id}  " not in result.stdout]
    assert missing == []


@pytest.mark.parametrize("kind", KINDS)
def test_list_one_kind(cli: Cli, kind: str) -> None:
    listed = json.loads(cli("rules", "list", "--kind", kind, "--format", "json").stdout)
    assert list(listed) == ["counts", "rules", "facts"]
    assert list(listed["counts"]) == list(KINDS)
    found = listed["facts"] if kind == "fact" else listed["rules"]
    assert len(found) == listed["counts"][kind] > 0
    assert {row["kind"] for row in listed["rules"]} <= {kind}


def test_a_row_in_json(cli: Cli) -> None:
    listed = json.loads(cli("rules", "list", "--kind", "list", "--format", "json").stdout)["rules"]
    row = next(row for row in listed if row["id"] == "CN-YRPL-2020-26-2")
    assert row["cite"][0]["article"] == "第二十六条第二款"
    assert row["effective"] == {"from": "2021-03-01", "to": None}
    assert (row["status"], row["layer"], row["edition"]) == ("verified", "national", "CN-YRPL-2020")
    assert row["provenance"]


def test_facts_as_text(cli: Cli) -> None:
    output = cli("rules", "list", "--kind", "fact", "--lang", "en").stdout
    assert "solvent_coating_t_per_year  Solvent-based coating per year, thinner included" in output
    assert narrow(output)


def test_list_for_a_park_and_day(cli: Cli) -> None:
    def ids(*arguments: str) -> set[str]:
        listed = json.loads(cli("rules", "list", "--format", "json", *arguments).stdout)["rules"]
        return {row["id"] for row in listed}

    shizhu = ids("--park", "shizhu", "--as-of", "2026-11-24")
    demo = ids("--park", "demo", "--as-of", "2026-11-24")
    assert "PARK-SHIZHU-POS-01" in shizhu - demo
    assert "CN-YRPL-2020-26-2" in shizhu & demo
    assert "CN-YRPL-2020-26-2" not in ids("--as-of", "2020-12-31")
    assert ids("--as-of", "1980-01-01") == set()
    assert shizhu <= ids("--as-of", "2026-11-24") <= ids()


@pytest.mark.usefixtures("today")
def test_a_park_without_a_day_means_today(cli: Cli) -> None:
    assert (
        cli("rules", "list", "--park", "demo").stdout
        == cli("rules", "list", "--park", "demo", "--as-of", "2026-11-24").stdout
    )


def test_nothing_in_force(cli: Cli) -> None:
    result = cli("rules", "list", "--as-of", "1980-01-01")
    assert result.exit_code == 0
    assert "没有符合的规则。" in result.stdout


@pytest.mark.parametrize(
    "name", ["CN-YRPL-2020-26-2", "cn-yrpl-2020-26-2", "长江干支流岸线1公里范围内禁止新建、扩建化工项目"]
)
def test_show_a_clause(cli: Cli, name: str) -> None:
    result = cli("rules", "show", name)
    assert result.exit_code == 0
    assert narrow(result.stdout)
    starts = [line.split("  ")[1] for line in result.stdout.splitlines() if re.match("  [^ ]", line)]
    assert starts == ["依据", "版本", "效力", "部门", "条件", "整改", "理解", "核实情况", "有效期", "来源"]
    assert "条件  建设性质含 新建 或 扩建，且化工项目" in result.stdout
    assert "效力  禁止 · 空间布局约束" in result.stdout


def test_show_an_entry(cli: Cli) -> None:
    output = cli("rules", "show", "CN-EIA-2021-069").stdout
    assert narrow(output)
    assert "依据  《建设项目环境影响评价分类管理名录（2021年版）》第69项（生态环境部令第16" in output
    assert "环境影响报告书  有电镀工艺；年用溶剂型涂料（含稀释剂）≥10吨" in output
    assert "条件：有电镀工艺，或年用溶剂型涂料量（含稀释剂，新增） ≥ 10 吨/年" in output
    assert output.index("环境影响报告书") < output.index("环境影响报告表")
    assert "341 锅炉及原动设备制造" in output


def test_show_a_duty_with_the_law_of_each_day(cli: Cli) -> None:
    output = cli("rules", "show", "CN-DUTY-EIA-APPROVAL").stdout
    assert "（2018-12-29至2026-08-14）" in output.replace("\n", "").replace(" ", "")
    assert "完成标志  环评批复" in output


@pytest.mark.parametrize("name", ["positioning", "PARK-SHIZHU-SCORE/positioning"])
def test_show_a_criterion(cli: Cli, name: str) -> None:
    output = cli("rules", "show", name).stdout
    assert "权重  22" in output
    assert "条件  100 分：" in output
    assert "30 分：其他情形" in output


@pytest.mark.parametrize(
    "name",
    [
        "solvent_coating_t_per_year",
        "solvent_coating_tpa",
        "年用溶剂型涂料量（含稀释剂，新增）",
        "年用溶剂型涂料量(含稀释剂,新增)",
    ],
)
def test_show_a_fact(cli: Cli, name: str) -> None:
    output = cli("rules", "show", name).stdout
    assert output.startswith("solvent_coating_t_per_year 年用溶剂型涂料量（含稀释剂，新增）")
    assert "合理范围  0 至 1000000" in output
    assert "单位  吨/年" in output
    assert "CN-EIA-2021-069" in output


def test_show_kinds_of_facts(cli: Cli, rulebook: Rulebook) -> None:
    assert "选项  new 新建" in cli("rules", "show", "nature").stdout
    assert "由系统计算" in cli("rules", "show", "eia_class").stdout
    derived = next(fact for fact in rulebook.vocabulary.derived if not fact.internal)
    assert "推算  " in cli("rules", "show", derived.name).stdout
    read = {name for row in rows(rulebook) for name in _facts_of(row, rulebook)}
    idle = next(fact for fact in rulebook.vocabulary.facts.values() if fact.name not in read)
    assert "用于  没有规则用到" in cli("rules", "show", idle.name).stdout


def _facts_of(row: Any, rulebook: Rulebook) -> set[str]:
    from admission.cli.rule_text import _keys

    return {name for key in _keys(row) for name in rulebook.reads(key)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_everything_can_be_shown(rulebook: Rulebook, lang: str) -> None:
    from admission.cli.rule_text import fact_lines, rule_lines

    for row in rows(rulebook):
        lines = list(rule_lines(row, rulebook, lang))
        assert all(text for _, text in lines), row.id
        names = [name for name, _ in lines]
        assert lang == "zh" or not CHINESE.search("".join(names)), names
    for fact in list(rulebook.vocabulary.facts.values())[::25]:
        assert all(text for _, text in fact_lines(fact, rulebook, lang)), fact.name


def test_one_name_for_a_rule_and_a_fact_shows_both(cli: Cli, rulebook: Rulebook) -> None:
    titles = {row.title.zh for row in rows(rulebook)}
    twice = next(title for title in sorted(titles) if sum(row.title.zh == title for row in rows(rulebook)) > 1)
    assert "-" * 80 in cli("rules", "show", twice).stdout


@pytest.mark.parametrize(
    ("name", "nearest"), [("CN-EIA-2021-69", "CN-EIA-2021-069"), ("溶剂型涂料", "涂料"), ("", "—")]
)
def test_show_what_is_not_there(cli: Cli, name: str, nearest: str) -> None:
    result = cli("rules", "show", name)
    assert (result.exit_code, result.stdout) == (1, "")
    assert nearest in result.stderr


def test_check(cli: Cli, rulebook: Rulebook) -> None:
    result = cli("rules", "check")
    assert result.exit_code == 0
    assert result.stdout.startswith("规则没有问题。\n  环评名录条目 ")
    assert result.stdout.endswith(f"规则库 sha256：{rulebook.sha256}\n")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_life_cycle_rule_is_listed_and_shown(cli: Cli, rulebook: Rulebook, lang: str) -> None:
    life = rulebook.life
    wanted = [
        rule.id for rules in (life.duties, life.judgements, life.penalties, life.material_change) for rule in rules
    ]
    found = [row.id for row in life_rows(rulebook)]
    assert found == wanted
    assert len(set(found)) == len(found)
    for name in (wanted[0], life.judgements[0].id, life.penalties[0].id, life.material_change[0].id):
        result = cli("rules", "show", name.lower(), "--lang", lang)
        assert result.exit_code == 0, result.stderr
        assert name in result.stdout


def test_a_range_is_shown_with_its_amount_and_a_change_with_its_condition(cli: Cli) -> None:
    assert "总投资额的 1%–5%" in cli("rules", "show", "CN-PEN-001").stdout.replace("\n        ", "")
    assert "第二" in cli("rules", "show", "CN-MATERIAL-2").stdout


def test_life_cycle_rules_of_a_day(cli: Cli) -> None:
    def ids(day: str, *more: str) -> set[str]:
        listed = cli("rules", "list", "--kind", "penalty", "--as-of", day, "--format", "json", *more).stdout
        return {row["id"] for row in json.loads(listed)["rules"]}

    before, after = ids("2026-08-14"), ids("2026-08-15")
    assert "CN-PEN-001" in before - after
    assert "CN-PEN-002" in after - before
    assert ids("2026-08-15", "--park", "shizhu") == after
