# 研判一个项目：结论、环评与排污许可类别、起作用的条款和整改路径。
# Screen one project: verdict, EIA and permit class, the clauses that weigh, and what would lift the rejection.
from __future__ import annotations

from datetime import date
from pathlib import Path

from admission import Project, load_rulebook, screen

rulebook = load_rulebook()
project = Project.from_yaml(Path(__file__).parent / "projects" / "chemical-blender.yaml", rulebook)
decision = screen(project, rulebook.in_force(park="shizhu", on=date(2026, 11, 24)))

print(f"{decision.project}：结论 {decision.verdict}，环评 {decision.eia.level}，排污许可 {decision.permit.level}")
for finding in decision.findings:
    if finding.outcome in ("hit", "unmet", "review"):
        print(f"- [{finding.outcome}] 《{finding.cite.document}》{finding.cite.article}：{finding.why}")
for remedy in decision.remedies:
    print("整改路径：" + "；".join(f"{change.label} {change.before} → {change.after}" for change in remedy.changes))
