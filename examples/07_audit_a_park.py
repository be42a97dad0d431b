# 一张企业表批量审计：结论、问题、统计；再看园区清单收紧后谁的结论改变。
# Audit a table of enterprises: verdicts, problems, figures; then whose verdict a stricter park list would change.
from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd

from admission import audit_tables, impact, load_rulebook
from admission.rulebook import shipped_paths

HERE = Path(__file__).parent
TABLES = {name: pd.read_csv(HERE / "audit" / f"{name}.csv", dtype=str) for name in ("enterprises", "components")}
ON = date(2026, 11, 24)

ruleset = load_rulebook().in_force(park="shizhu", on=ON)
result = audit_tables(TABLES["enterprises"], ruleset, components=TABLES["components"])
for row in result.enterprises.itertuples():
    print(f"{row.enterprise}：{row.verdict}，环评可能为 {row.eia_possible}，待补充条款 {row.unknown} 个")
problems = result.findings[result.findings.outcome.isin(["hit", "unmet"]) & (result.findings.severity != "admit")]
for row in problems.itertuples():
    print(f"- {row.enterprise} {row.rule}（{row.citation}），{row.department}")
print(f"读不懂的单元格 {len(result.errors)} 个")

old = load_rulebook().in_force(park="demo", on=ON)
new = load_rulebook(*shipped_paths(), HERE / "own_rules").in_force(park="demo", on=ON)
changes = impact(TABLES["enterprises"], old, new, components=TABLES["components"])
for row in changes[changes.changed == "verdict"].itertuples():
    print(f"清单收紧后 {row.enterprise}：{row.before} → {row.after}（{row.clauses}，{row.since} 起）")
