"""A vocabulary of one fact per type, for tests of reading values and documents."""

from __future__ import annotations

from functools import cache

from admission.vocabulary import Vocabulary, load_vocabulary

__all__ = ["CODES", "FACTS", "UNITS", "vocabulary"]

_REST = "meaning: {zh: 含义, en: meaning}, ask: {zh: 问？, en: ask?}, proof: {zh: 可研报告, en: study}"

FACTS = f"""
facts:
  has_electroplating: {{type: bool, label: {{zh: 有电镀工艺, en: Electroplating}}, aliases: [electroplating], {_REST}}}
  coating_t_per_year:
    {{type: number, unit: t/a, range: [0, 1000000], label: {{zh: 年用涂料量（含稀释剂）, en: Coating used}},
     aliases: [coating_tpa], {_REST}}}
  ratio: {{type: number, range: [null, 1], label: {{zh: 比例, en: Ratio}}, {_REST}}}
  heat: {{type: number, unit: kJ, range: [0, null], label: {{zh: 热量, en: Heat}}, {_REST}}}
  furnace: {{type: enum, label: {{zh: 熔炼炉, en: Furnace}}, {_REST},
    members: {{cupola: {{zh: 冲天炉, en: Cupola, aliases: [化铁炉]}}, eaf: {{zh: 电弧炉, en: Electric arc furnace}}}}}}
  nature: {{type: set, label: {{zh: 建设性质, en: Nature}}, {_REST},
    members: {{new: {{zh: 新建, en: New build}}, expansion: {{zh: 扩建、续建, en: Expansion}}}}}}
  approved_on: {{type: date, label: {{zh: 批复日期, en: Approval date}}, {_REST}}}
  industry: {{type: code, label: {{zh: 行业代码, en: Industry}}, aliases: [industry_code], {_REST}}}
  activity: {{type: set, label: {{zh: 工作内容, en: Activity}}, {_REST}, members: {{boiler: {{zh: 锅炉, en: Boiler}}}}}}
  remark: {{type: text, label: {{zh: 备注, en: Remark}}, {_REST}}}
  is_coated: {{type: bool, label: {{zh: 涂装, en: Coated}}, define: coating_t_per_year > 0, {_REST}}}
  report_hit: {{type: bool, label: {{zh: 报告书命中, en: Report hit}}, internal: true}}
"""
UNITS = "units: {t/a: [吨/年, tpa], t: [吨], kJ: [千焦]}\n"
CODES = """code,name,level,parent,section,edition
C,制造业,1,,C,2017
33,金属制品业,2,C,C,2017
339,铸造及其他金属制品制造,3,33,C,2017
3391,黑色金属铸造,4,339,C,2017
3392,有色金属铸造,4,339,C,2017
3399,其他未列明金属制品制造,4,339,C,2017
34,通用设备制造业,2,C,C,2017
344,泵、阀门、压缩机及类似机械制造,3,34,C,2017
3443,阀门和旋塞制造,4,344,C,2017
E,建筑业,1,,E,2017
47,房屋建筑业,2,E,E,2017
"""


@cache
def vocabulary() -> Vocabulary:
    problems: list[object] = []
    files = [("vocabulary/facts.yaml", FACTS.encode()), ("units.yaml", UNITS.encode()), ("gbt.csv", CODES.encode())]
    found = load_vocabulary(files, problems)  # type: ignore[arg-type]
    assert not problems, problems
    return found
