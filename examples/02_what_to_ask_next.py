# 两页招商简介：结论还有几种可能，接下来先问什么，拿什么材料证明。
# A two-page brief: which verdicts are still possible, what to ask first, and which document proves the answer.
from __future__ import annotations

from datetime import date
from pathlib import Path

from admission import Project, load_rulebook, screen

rulebook = load_rulebook()
project = Project.from_yaml(Path(__file__).parent / "projects" / "valve-plant-brief.yaml", rulebook)
decision = screen(project, rulebook.in_force(park="shizhu", on=date(2026, 11, 24)))

print(f"{decision.project}：目前 {decision.verdict}，还可能是 {'、'.join(decision.possible_verdicts)}")
print(f"共有 {len(decision.questions)} 项待补充，先问：")
for number, question in enumerate(decision.questions[:5], 1):
    print(f"{number}. {question.ask}（证明材料：{question.proof}；影响：{'、'.join(question.changes[:3])}）")
