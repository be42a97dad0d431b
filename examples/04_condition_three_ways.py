# 同一个条件的四种样子：中文句子、Python 函数、Polars 表达式、SQL；三种算法结果相同，不知道就是不知道。
# One condition as a Chinese sentence, a Python function, a Polars expression and SQL; unknown stays unknown in each.
from __future__ import annotations

import polars as pl

from admission import load_rulebook
from admission.logic.columnar import to_polars
from admission.logic.sentence import to_sentence
from admission.logic.sql import to_sql

rulebook = load_rulebook()
entry = next(owned.rule for owned in rulebook.entries if owned.rule.id == "CN-EIA-2021-069")
text = entry.levels["report"].when
tree = rulebook.conditions.tree(text)
frame = pl.DataFrame({"has_electroplating": [False, False, None], "solvent_coating_t_per_year": [9.9, 10.0, 2.0]})

print("规则文件：", text)
print("中文句子：", to_sentence(tree, rulebook.vocabulary))
print("Python ：", [rulebook.conditions.function(text)(row.get) for row in frame.to_dicts()])
print("Polars ：", frame.select(to_polars(tree).alias("report"))["report"].to_list())
print("SQL    ：", to_sql(tree, "postgres"))
