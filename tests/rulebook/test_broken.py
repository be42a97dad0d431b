"""One broken file per mistake: which code, which line, which words the person reads."""

from __future__ import annotations

import pytest

from admission.errors import ProblemCode, RulebookError
from admission.rulebook import load_rulebook, read_sources
from admission.rulebook.loading import load_sources
from tests.rulebook.sources import BASE, BROKEN, base_files, changed, with_file

C = ProblemCode
BROKEN_FILES: dict[str, tuple[ProblemCode, str, tuple[str, ...]]] = {
    # file: code, file:line of the problem (a number means a line of the file itself), words of the sentence
    "alias-or-tag": (C.ALIAS_OR_TAG, "3", ("锚点 &layer", "请直接写出内容")),
    "bad-date": (C.BAD_DATE, "5", ("opened_on", "2010-06-31", "年-月-日")),
    "condition-code": (C.CONDITION_CODE, "15", ("BROKEN-01.when", "3399", "3391 黑色金属铸造")),
    "condition-code-industries": (C.CONDITION_CODE, "6", ("industries", "-3399", "3391 黑色金属铸造")),
    "condition-code-section": (C.CONDITION_CODE, "6", ("industries", "“C”", "2–4 位")),
    "condition-fact": (C.CONDITION_FACT, "15", ("BROKEN-01.when", "has_boilers", "有锅炉(has_boiler)")),
    "condition-fact-park": (C.CONDITION_FACT, "5", ("has_boilers", "有锅炉(has_boiler)")),
    "condition-fact-points": (C.CONDITION_FACT, "13", ("size.points.0.when", "is_larger", "规模大(is_large)")),
    "condition-member": (C.CONDITION_MEMBER, "15", ("cuploa", "应为：cupola、electric", "相近的有：cupola")),
    "condition-node": (C.CONDITION_NODE, "15", ("EXISTS", "docs/conditions.md")),
    "condition-syntax": (C.CONDITION_SYNTAX, "15", ("BROKEN-01.when", "SQL 布尔表达式", "请检查括号")),
    "condition-type": (C.CONDITION_TYPE, "15", ("得到 number[t/a]", "应为 bool")),
    "condition-type-of-a-formula": (C.CONDITION_TYPE, "15", ("得到 number[t/a]", "应为 bool")),
    "condition-type-sensitive-area": (C.CONDITION_TYPE, "8", ("BROKEN-01.form", "in_entry_sensitive_area 只能")),
    "condition-unit": (C.CONDITION_UNIT, "15", ("m 与 t/a", "单位应相同")),
    "duplicate-id": (C.DUPLICATE_ID, "9", ("NAT-01", "base/lists.yaml:9", "请换一个新编号")),
    "duplicate-id-across-kinds": (
        C.DUPLICATE_ID,
        "base/lists.yaml:9",
        ("NAT-01", "rules/duplicate-id-across-kinds.yaml:1"),
    ),
    "duplicate-id-edition": (C.DUPLICATE_ID, "1", ("编号 NAT ", "base/lists.yaml:1")),
    "duplicate-id-park": (C.DUPLICATE_ID, "1", ("park:a", "base/parks.yaml:1")),
    "duplicate-key": (C.DUPLICATE_KEY, "12", ("article", "第 11 行", "请删去其中一个")),
    "encoding": (C.ENCODING, "0", ("GB18030/GBK", "UTF-8")),
    "file-empty": (C.FILE_EMPTY, "0", ("文件是空的",)),
    "internal-fact": (C.INTERNAL_FACT, "5", ("otherwise", "请删去")),
    "looser-layer": (C.LOOSER_LAYER, "19", ("BROKEN-01", "NAT-01（base/lists.yaml:9）", "只能更严")),
    "missing-key": (C.MISSING_KEY, "9", ("items.0.article", "缺少 article")),
    "not-a-mapping": (C.NOT_A_MAPPING, "1", ("just words", "键: 值")),
    "not-text": (C.NOT_TEXT, "0", ("PDF",)),
    "out-of-range": (C.OUT_OF_RANGE, "5", ("coating_t_per_year", "1001", "0 至 1000t/a")),
    "out-of-range-low": (C.OUT_OF_RANGE, "5", ("coating_t_per_year", "-1 ", "0 至 1000t/a")),
    "out-of-range-open": (C.OUT_OF_RANGE, "5", ("bank_distance_m", "-1 ", "0 至 不限m")),
    "overlapping-editions": (C.OVERLAPPING_EDITIONS, "6", ("EIA-3 与 EIA-1", "不得重叠")),
    "period": (C.PERIOD, "6", ("effective", "止日早于起日")),
    "period-cite": (C.PERIOD, "15", ("effective", "止日早于起日")),
    "period-item": (C.PERIOD, "19", ("effective", "止日早于起日")),
    "retired-id": (C.RETIRED_ID, "9", ("NAT-00", "条文废止", "不得再用")),
    "schema-catalogue": (C.SCHEMA, "1", ("kind: catalogue", "levels")),
    "schema-date": (C.SCHEMA, "6", ("effective.from", "2021-02-30")),
    "schema-enum": (C.SCHEMA, "12", ("items.0.effect", "'encourage'", "forbid")),
    "schema-layer": (C.SCHEMA, "1", ("layer: city", "applies_to")),
    "schema-levels": (C.SCHEMA, "1", ("level_labels", "simplified")),
    "schema-must": (C.SCHEMA, "9", ("items.0", "must", "require")),
    "schema-not-a-rule": (C.SCHEMA, "1", ("edition、entries、park、milestones、lifecycle 或 retired",)),
    "schema-same-layer": (C.SCHEMA, "19", ("refines", "NAT-01", "不在更高一层")),
    "schema-type": (C.SCHEMA, "9", ("items.0.id", "应为文字", "数字请加引号")),
    "syntax": (C.SYNTAX, "3", ("语法错误", "YAML")),
    "too-deep": (C.TOO_DEEP, "2", ("40 层",)),
    "unknown-code": (C.UNKNOWN_CODE, "5", ("industry", "C3443", "3443 阀门和旋塞制造")),
    "unknown-edition": (C.UNKNOWN_EDITION, "1", ("EIA-9", "已有：EIA-1、EIA-2")),
    "unknown-edition-kind": (C.UNKNOWN_EDITION, "1", ("没有版本 NAT", "已有：EIA-1、EIA-2")),
    "unknown-key": (C.UNKNOWN_KEY, "19", ("items.0.remdey", "相近的有：remedy")),
    "unknown-member": (C.UNKNOWN_MEMBER, "5", ("cuploa", "应为：cupola、electric", "相近的有：cupola")),
    "unknown-member-set": (C.UNKNOWN_MEMBER, "5", ("nature", "old", "new、expansion")),
    "unknown-reference-activity": (C.UNKNOWN_REFERENCE, "6", ("activities", "工程内容 boilers", "相近的有：boiler")),
    "unknown-reference-area": (C.UNKNOWN_REFERENCE, "6", ("环境敏感区 wetlands", "相近的有：wetland")),
    "unknown-reference-basin": (C.UNKNOWN_REFERENCE, "4", ("流域 yangzte", "相近的有：yangtze")),
    "unknown-reference-clause": (C.UNKNOWN_REFERENCE, "19", ("条目 NAT-02", "相近的有：NAT-01")),
    "unknown-reference-level": (C.UNKNOWN_REFERENCE, "8", ("levels.reports", "相近的有：report")),
    "unknown-reference-milestone": (C.UNKNOWN_REFERENCE, "12", ("节点 filled", "相近的有：filed")),
    "unknown-reference-park": (C.UNKNOWN_REFERENCE, "4", ("园区 aa", "相近的有：a")),
    "vocabulary-condition-fact": (C.CONDITION_FACT, "2", ("broken.define", "brokn", "坏指标(broken)")),
    "vocabulary-condition-member": (C.CONDITION_MEMBER, "2", ("broken.define", "“b”", "应为：a")),
    "vocabulary-condition-type": (C.CONDITION_TYPE, "2", ("broken.define", "得到 bool", "应为 number")),
    "vocabulary-condition-unit": (C.CONDITION_UNIT, "2", ("broken.define", "m 与 t/a")),
    "vocabulary-cycle": (C.CYCLE, "2", ("broken_one → broken_two → broken_one", "不能成环")),
    "vocabulary-duplicate-name": (C.DUPLICATE_NAME, "2", ("有锅炉", "has_boiler（base/vocabulary/words.yaml:")),
    "vocabulary-formula-on-a-broken-one": (C.CONDITION_FACT, "2", ("broken_one.define", "brokn")),
    "vocabulary-schema": (C.SCHEMA, "2", ("facts.broken", "number 类型")),
    "vocabulary-unknown-reference-work": (C.UNKNOWN_REFERENCE, "2", ("broken.work", "boilers", "相近的有：boiler")),
    "weights": (C.WEIGHTS, "8", ("权重合计 99；", "100")),
    "wrong-type": (C.WRONG_TYPE, "5", ("has_boiler", "“yes”", "bool", "true")),
    "wrong-type-list-for-one": (C.WRONG_TYPE, "5", ("furnace", "“cupola、electric”", "enum")),
    "wrong-type-number-for-bool": (C.WRONG_TYPE, "5", ("has_boiler", "“1”", "bool")),
}
NOT_FROM_RULES = {
    # codes that only project documents raise
    C.NOT_A_LIST,
    C.WRONG_UNIT,
    C.STATED_TWICE,
    C.CONTRADICTION,
    C.UNKNOWN_EVENT,
    C.UNKNOWN_PARK,
    C.WRONG_LEVEL,
    C.SAME_NAME,
    C.WORK_ELSEWHERE,
    C.NOT_ONE_PROJECT,
    # what the review finds in rules that load: tests/review/test_checks.py
    C.CITATION,
    C.UNCITED_DAYS,
    C.EDITION_GAP,
    C.DUPLICATE_RULE,
    C.UNREACHABLE,
    C.NO_CASES,
    # tested below: no file can stand for them
    C.FILE_MISSING,
    C.FILE_TOO_LARGE,
    # of workbooks: test_workbook.py
    C.NOT_WORKBOOK,
    C.WORKBOOK_CELL,
    # of the records: tests/record
    C.ENTRY_TEXT,
    C.NOT_RECORDED,
    C.STEP_STATE,
    C.STEP_MISSING,
    C.STEP_DEPARTMENT,
    C.STEP_JUDGEMENT,
    C.STEP_OPINION,
    C.STEP_VERDICT,
    C.STEP_DAY,
    C.USER_TAKEN,
    C.USER_PASSWORD,
}


def _path(stem: str) -> str:
    return f"vocabulary/{stem}.yaml" if stem.startswith("vocabulary") else f"rules/{stem}.yaml"


def _problems(stem: str) -> RulebookError:
    with pytest.raises(RulebookError) as raised:
        with_file(_path(stem), (BROKEN / f"{stem}.yaml").read_bytes())
    return raised.value


@pytest.mark.parametrize("stem", BROKEN_FILES)
def test_one_mistake_is_one_problem_that_says_where_and_what_to_do(stem: str) -> None:
    code, at, words = BROKEN_FILES[stem]
    (problem,) = _problems(stem).problems
    place = f"{_path(stem)}:{at}" if at.isdigit() else at
    assert problem.code is code
    assert str(problem.place) == place.removesuffix(":0")
    assert all(word in problem.text() for word in words), problem.text()
    assert problem.text().startswith(f"{problem.place}: ")


@pytest.mark.parametrize("stem", BROKEN_FILES)
def test_the_english_sentence_is_english(stem: str) -> None:
    (problem,) = _problems(stem).problems
    sentence = problem.text("en")
    assert "{" not in sentence.replace("{a: {", "")
    assert sentence.startswith(f"{problem.place}: ")
    assert not any(word in sentence for word in ("应为", "请", "没有", "得到", "引用了")), sentence


def test_every_broken_file_and_every_code_of_the_loader_is_in_the_table() -> None:
    assert {path.stem for path in BROKEN.iterdir()} == {*BROKEN_FILES, "everything", "cascade"}
    assert {code for code, _, _ in BROKEN_FILES.values()} | NOT_FROM_RULES == set(C)


def test_a_broken_file_hides_no_other() -> None:
    """All files at once give the problems of each, in the order of files and lines."""
    stems = [stem for stem in BROKEN_FILES if not stem.startswith("duplicate-id")]
    own_ids = [(_path(stem), _with_own_ids(stem)) for stem in stems]
    with pytest.raises(RulebookError) as raised:
        load_sources((*base_files(), *reversed(own_ids)))
    found = [(str(p.place), p.code) for p in raised.value.problems]
    expected = {(f"{_path(stem)}:{BROKEN_FILES[stem][1]}".removesuffix(":0"), BROKEN_FILES[stem][0]) for stem in stems}
    assert expected <= set(found)
    places = [problem.place for problem in raised.value.problems]
    assert places == sorted(places)


def _with_own_ids(stem: str) -> bytes:
    data = (BROKEN / f"{stem}.yaml").read_bytes()
    if stem in ("looser-layer", "encoding", "not-text"):
        return data
    if stem.startswith("vocabulary"):
        return data.replace("坏指标".encode(), stem.encode()).replace(b"broken", stem.replace("-", "_").encode())
    return data.replace(b"BROKEN", stem.upper().encode()).replace(b"park: broken", b"park: " + stem.encode())


def test_all_mistakes_of_one_file_come_at_once() -> None:
    assert [(p.place.line, p.code) for p in _problems("everything").problems] == [
        (1, C.SCHEMA),
        (3, C.UNKNOWN_EDITION),
        (5, C.RETIRED_ID),
        (8, C.CONDITION_CODE),
        (10, C.CONDITION_FACT),
        (15, C.DUPLICATE_ID),
        (18, C.BAD_DATE),
    ]


def test_a_rule_with_a_mistake_neither_hides_its_neighbours_nor_makes_others_wrong() -> None:
    found = _problems("cascade").problems
    assert [(p.code, p.field) for p in found] == [
        (C.SCHEMA, "effective.from"),
        (C.MISSING_KEY, "items.0.article"),
        (C.CONDITION_FACT, "BROKEN-13.when"),
        (C.SCHEMA, "city"),
        (C.MISSING_KEY, "milestones.0.en"),
        (C.UNKNOWN_KEY, "retired.0.why"),
        (C.UNKNOWN_KEY, "colour"),
    ], [p.text() for p in found]


def test_a_file_that_is_too_large_is_not_read() -> None:
    with pytest.raises(RulebookError) as raised:
        with_file("rules/large.yaml", b"# " + b"x" * 10_000_000)
    (problem,) = raised.value.problems
    assert (problem.code, problem.place.file) == (C.FILE_TOO_LARGE, "rules/large.yaml")


def test_a_path_that_does_not_exist_is_a_problem(tmp_path: object) -> None:
    with pytest.raises(RulebookError) as raised:
        load_rulebook(f"{tmp_path}/nowhere", f"{tmp_path}/neither.yaml", cache=False)
    assert [(p.code, p.place.file) for p in raised.value.problems] == [
        (C.FILE_MISSING, f"{tmp_path}/neither.yaml"),
        (C.FILE_MISSING, f"{tmp_path}/nowhere"),
    ]
    assert "nowhere（No such file or directory）" in raised.value.problems[1].text()


def test_a_folder_without_rules_is_a_problem(tmp_path: object) -> None:
    with pytest.raises(RulebookError) as raised:
        read_sources([BASE, BASE.parent / "broken" / ".." / "nothing"])
    assert raised.value.problems[0].code is C.FILE_MISSING
    with pytest.raises(RulebookError, match="yaml"):
        load_rulebook(str(tmp_path), cache=False)


def test_rules_need_the_facts_they_speak_of() -> None:
    """Without a vocabulary every reference to it is wrong, and nothing breaks on the way."""
    with pytest.raises(RulebookError) as raised:
        load_sources([file for file in base_files() if not file[0].endswith("words.yaml")])
    assert {p.code for p in raised.value.problems} == {C.CONDITION_FACT, C.UNKNOWN_REFERENCE}


def test_no_code_is_known_without_the_table_of_codes() -> None:
    with pytest.raises(RulebookError) as raised:
        load_sources([file for file in base_files() if not file[0].endswith("codes.csv")])
    assert {p.code for p in raised.value.problems} == {C.CONDITION_CODE, C.UNKNOWN_CODE}


def test_a_clause_may_refine_another_of_the_same_effect() -> None:
    old = "市级距岸线, en: Distance}\n    article: 第二条\n    effect: prohibit"
    assert load_sources(changed("lists.yaml", old, old.replace("prohibit", "restrict")))
