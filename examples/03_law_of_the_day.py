# 同一个项目，2026年8月14日和15日：生态环境法典施行，义务引用的法律随之改变。
# The same project on 14 and 15 August 2026: the Ecological Environment Code comes into force and the duties cite it.
from __future__ import annotations

from datetime import date
from pathlib import Path

from admission import Project, load_rulebook, screen

rulebook = load_rulebook()
project = Project.from_yaml(Path(__file__).parent / "projects" / "valve-plant.yaml", rulebook)

for day in (date(2026, 8, 14), date(2026, 8, 15)):
    decision = screen(project, rulebook.in_force(park="shizhu", on=day))
    print(f"{day}（结论 {decision.verdict}）")
    for duty in decision.duties[:3]:
        print(f"- {duty.title}：" + "；".join(f"《{cite.document}》{cite.article}" for cite in duty.cites))
