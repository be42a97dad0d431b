# 用中文词查行业代码（GB/T 4754-2017），只凭代码看两个名录管到哪一项、还可能是哪几类。
# Find an industry code by Chinese words; from the code alone, the entries that apply and the classes still possible.
from __future__ import annotations

from datetime import date

from admission import Component, Project, load_rulebook, screen

rulebook = load_rulebook()
ruleset = rulebook.in_force(park="shizhu", on=date(2026, 11, 24))

for words in ("阀门", "黑色金属铸造", "中成药"):
    code = rulebook.vocabulary.codes.search(words, limit=1)[0]
    print(f"{words} → {code.code} {code.name}（{' > '.join(code.path)}）")
    work = Component(name=code.name, industry=frozenset({code.code}))
    decision = screen(Project(name=code.name, components=(work,)), ruleset)
    for title, lines in (("环评", decision.eia.entries), ("排污许可", decision.permit.entries)):
        print(f"  {title}：" + "；".join(f"第{line.entry}项 {'/'.join(line.possible)}" for line in lines))
