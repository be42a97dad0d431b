# 在随附的规则库之外加一份自己的清单（own_rules/），不写代码；先看看没有它时的结论。
# Add a list of your own (own_rules/) to the shipped rulebook without code, and compare the verdict with and without it.
from __future__ import annotations

from datetime import date
from pathlib import Path

from admission import Project, load_rulebook, screen
from admission.rulebook import shipped_paths

HERE = Path(__file__).parent

for title, rulebook in (
    ("随附规则库", load_rulebook()),
    ("加上自己的清单", load_rulebook(*shipped_paths(), HERE / "own_rules")),
):
    project = Project.from_yaml(HERE / "projects" / "valve-plant.yaml", rulebook)
    decision = screen(project, rulebook.in_force(park="demo", on=date(2026, 11, 24)))
    print(f"{title}：{decision.verdict}")
    for finding in decision.findings:
        if finding.rule.startswith("PARK-DEMO-OWN"):
            print(f"- {finding.rule} {finding.title}：{finding.why}")
    for remedy in decision.remedies:
        print("  整改路径：" + "；".join(f"{item.label} {item.before} → {item.after}" for item in remedy.changes))
