from __future__ import annotations

import io
import re
import sys
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment

from admission import Rulebook, load_rulebook
from admission._nodes import Mapping
from admission.errors import MissingExtraError, Place, Problem, RulebookError
from admission.errors import ProblemCode as C
from admission.logic.builder import ConditionsBuilder
from admission.rulebook import Dimension, Edition, Effect, Item, Layer, Period, Status
from admission.rulebook.loading import check_list, load_sources
from admission.rulebook.model import Confidence
from admission.rulebook.workbook import list_to_workbook, list_to_yaml, template_workbook, workbook_to_list
from admission.rulebook.workbook_layout import CHOICES, DOCUMENT_FIELDS, HELP, ITEM_FIELDS, SKELETON
from admission.vocabulary import Label

from .sources import base_files, base_rulebook

NAME = "清单.xlsx"
Change = Callable[[Workbook], object]
COLUMN = {field.heading: position for position, field in enumerate(ITEM_FIELDS, 1)}
ROW = {field.heading: position for position, field in enumerate(DOCUMENT_FIELDS, 2)}
RESERVED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

BASE = base_rulebook()
WORDS = BASE.vocabulary
EDITION = Edition(
    edition="X-LIST",
    kind="list",
    layer=Layer.NATIONAL,
    title=Label(zh="清单", en="List"),
    effective=Period(start=date(2026, 1, 1)),
    provenance="虚构",
)
ITEM = Item(
    id="X-1",
    title=Label(zh="禁止甲", en="No A"),
    article="第一条",
    effect=Effect.PROHIBIT,
    dimension=Dimension.SPATIAL_LAYOUT,
    department="生态环境",
    when="any_of(nature, 'new')",
    status=Status.UNVERIFIED,
    confidence="low",
    provenance="虚构",
)
MUST = ITEM.model_copy(update={"id": "X-2", "effect": Effect.REQUIRE, "must": "coating_t_per_year < 10"})


@pytest.fixture(scope="module")
def shipped() -> Rulebook:
    return load_rulebook(cache=False)


@cache
def exported() -> bytes:
    """A list of two items, as the tests below find and change it."""
    return list_to_workbook(EDITION, [ITEM, MUST], WORDS)


def altered(change: Change, data: bytes | None = None) -> bytes:
    book = load_workbook(io.BytesIO(data or exported()))
    change(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def with_cell(heading: str, value: object, row: int = 2) -> bytes:
    """The workbook with one cell of the clauses filled in otherwise."""
    return altered(lambda book: book["条目"].cell(row, COLUMN[heading]).__setattr__("value", value))


def with_document(heading: str, value: object, column: int = 2) -> bytes:
    return altered(lambda book: book["文件"].cell(ROW[heading], column).__setattr__("value", value))


def problems(data: bytes, rulebook: Rulebook = BASE) -> list[tuple[C, str]]:
    """Code and place of everything that is wrong; every sentence reads well in both languages."""
    with pytest.raises(RulebookError) as raised:
        workbook_to_list(data, NAME, rulebook)
    for problem in raised.value.problems:
        for lang in ("zh", "en"):
            assert problem.text(lang).startswith(f"{problem.place}: ")
            assert "{" not in problem.text(lang)
    return [(problem.code, str(problem.place).removeprefix(f"{NAME} ")) for problem in raised.value.problems]


def sentence(data: bytes, rulebook: Rulebook = BASE) -> str:
    with pytest.raises(RulebookError) as raised:
        workbook_to_list(data, NAME, rulebook)
    return raised.value.text()


# --- nothing lost ------------------------------------------------------------------------------------------------


def round_trip(edition: Edition, items: list[Item], rulebook: Rulebook) -> None:
    data = list_to_workbook(edition, items, WORDS)
    found = workbook_to_list(data, NAME, rulebook)
    assert found.edition == edition
    assert list(found.items) == items
    assert found.unfilled == ()


def owned(rulebook: Rulebook, name: str) -> list[Item]:
    return [item.rule for item in rulebook.items if item.edition.edition == name]


def test_every_shipped_list_comes_back_equal(shipped: Rulebook) -> None:
    lists = [edition for edition in shipped.editions.values() if edition.kind == "list"]
    assert lists
    for edition in lists:
        items = owned(shipped, edition.edition)
        found = workbook_to_list(list_to_workbook(edition, items, WORDS), NAME, shipped)
        assert (found.edition, list(found.items)) == (edition, items)
        assert found.replaces
        assert not found.gone


def test_the_yaml_of_every_shipped_list_loads_with_an_equal_hash(shipped: Rulebook) -> None:
    from admission.rulebook import read_sources, shipped_paths

    files = dict(read_sources(shipped_paths()))
    for edition in shipped.editions.values():
        if edition.kind != "list":
            continue
        mark = f"edition: {edition.edition}\n".encode()
        (name,) = (name for name, data in files.items() if mark in data and b"\nitems:" in data)
        files[name] = list_to_yaml(edition, owned(shipped, edition.edition)).encode()
    assert load_sources(files.items()).sha256 == shipped.sha256


EDGES = (
    *("\n", "\r", "\t", "\x85", "\u2028", "\ufeff", "'", '"', "“”‘’", "，。；：、（）！？《》【】", "ＡＢ１２，（）"),
    *("🏭", "𠮷", "_x000D_", "_x005F_", "e\u0301", "=1+1", "+1", "-1", "@SUM(A1)", "0411", "1e5", "0o17", "0x1F"),
    *(".inf", "true", "null", "~", "# a", "a: b", "- c", "&x", "!y", "---", "...", "{", "]", "%", "|", ">"),
)
TEXT = (
    st.lists(st.one_of(st.sampled_from(EDGES), st.text(max_size=12)), min_size=1, max_size=6)
    .map("".join)
    .map(lambda text: RESERVED.sub("", text))
    .filter(lambda text: bool(text.strip()))
)
KEY = TEXT.map(str.strip).filter(bool)
LABEL = st.builds(Label, zh=TEXT, en=TEXT)
PERIOD = (
    st.lists(st.dates(), min_size=2, max_size=2)
    .map(sorted)
    .flatmap(lambda days: st.sampled_from([Period(start=days[0], end=days[1]), Period(start=days[0])]))
)
CONDITION = st.sampled_from(
    [
        "true",
        "any_of(nature, 'new')",
        "coating_t_per_year >= 10\n  or furnace = 'cupola'",
        "not (bank_distance_m < 1000) ",
    ]
)


@st.composite
def items(draw: st.DrawFn) -> Item:
    effect = draw(st.sampled_from(Effect))
    with_must = effect is Effect.REQUIRE and draw(st.booleans())
    return Item(
        id="",
        title=draw(LABEL),
        article=draw(KEY),
        effect=effect,
        dimension=draw(st.sampled_from(Dimension)),
        department=draw(KEY),
        when=draw(CONDITION),
        must=draw(CONDITION) if with_must else None,
        judgement=None if with_must else draw(st.none() | LABEL),
        unmet=draw(st.sampled_from(["conditional", "reject"])),
        remedy=draw(st.none() | LABEL),
        explanation=draw(st.none() | LABEL),
        effective=draw(st.none() | PERIOD),
        status=draw(st.sampled_from(Status)),
        confidence=draw(st.sampled_from(get_args(Confidence))),
        provenance=draw(TEXT),
    )


EDITIONS = st.builds(
    Edition,
    edition=KEY.map(lambda text: f"X{text}"),
    kind=st.just("list"),
    layer=st.just(Layer.NATIONAL),
    title=LABEL,
    effective=PERIOD,
    provenance=TEXT,
    document=TEXT.map(lambda text: f"D{text}"),
    status=st.sampled_from(Status),
    number=st.none() | TEXT,
    url=st.none() | KEY,
    applies_to=st.sampled_from([{}, {"river_basin": "yangtze"}]),
    notes=st.lists(LABEL, max_size=3).map(tuple),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(EDITIONS, st.lists(items(), max_size=3), st.data())
def test_any_list_comes_back_equal_and_its_yaml_loads_with_an_equal_hash(
    edition: Edition, found: list[Item], data: st.DataObject
) -> None:
    ids = data.draw(st.lists(KEY.map(lambda text: f"Y{text}"), min_size=len(found), max_size=len(found), unique=True))
    found = [item.model_copy(update={"id": name}) for name, item in zip(ids, found, strict=True)]
    round_trip(edition, found, BASE)
    loaded = load_sources((*base_files(), ("rules/x.yaml", list_to_yaml(edition, found).encode())))
    assert loaded.editions[edition.edition] == edition
    assert owned(loaded, edition.edition) == found


def test_long_text_comes_back() -> None:
    long = "长" * 32_767
    round_trip(EDITION, [ITEM.model_copy(update={"provenance": long})], BASE)


@pytest.mark.parametrize(
    ("update", "field"),
    [
        ({"provenance": "长" * 32_768}, "X-1.provenance"),
        ({"provenance": "𠮷" * 16_384}, "X-1.provenance"),
        ({"remedy": Label(zh="\x07", en="x")}, "X-1.remedy.zh"),
        ({"id": " X-1"}, "X-1.id"),
        ({"refines": ("A、B",)}, "X-1.refines"),
        ({"title": Label(zh="x", en=" ")}, "X-1.title"),
    ],
)
def test_what_a_cell_cannot_hold_is_refused_and_never_dropped(update: dict[str, Any], field: str) -> None:
    with pytest.raises(RulebookError) as raised:
        list_to_workbook(EDITION, [ITEM.model_copy(update=update)], WORDS)
    (problem,) = raised.value.problems
    assert problem.code is C.WORKBOOK_CELL
    assert problem.field.strip() == field.replace("X-1", str(update.get("id", "X-1"))).strip()


def test_an_empty_text_that_is_required_is_refused() -> None:
    with pytest.raises(RulebookError, match="缺少 出处"):
        list_to_workbook(EDITION, [ITEM.model_copy(update={"provenance": ""})], WORDS)


def test_a_list_with_levels_is_refused() -> None:
    levels = {"levels": ("a",), "level_labels": {"a": Label(zh="甲", en="A")}}
    with pytest.raises(RulebookError, match=r"X-LIST\.levels"):
        list_to_workbook(EDITION.model_copy(update=levels), [ITEM], WORDS)


# --- the file ----------------------------------------------------------------------------------------------------


def test_drop_downs_frozen_headings_and_wrapped_cells() -> None:
    book = load_workbook(io.BytesIO(exported()))
    assert book.sheetnames == ["文件", "条目", "填写说明", "指标"]
    sheet = book["条目"]
    assert sheet.freeze_panes == "C2"
    assert [cell.value for cell in sheet[1]] == list(COLUMN)
    assert all(cell.alignment.wrap_text for row in sheet["A1:R3"] for cell in row)
    lists = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation if rule.type == "list"}
    chosen = {COLUMN[field.heading] for field in ITEM_FIELDS if field.kind == "choice" or field.path == "department"}
    assert {sheet[area.split(":")[0]].column for area in lists} == chosen
    assert '"禁止,限制,要求,鼓励"' in lists.values()
    assert all(len(formula) <= 255 for formula in lists.values())
    prompts = [rule.prompt for rule in sheet.data_validations.dataValidation]
    assert len(prompts) == len(ITEM_FIELDS)
    assert all(len(prompt) <= 255 for prompt in prompts)
    layers = [rule for rule in book["文件"].data_validations.dataValidation if rule.formula1 == '"国家,市级,园区"']
    assert [str(rule.sqref) for rule in layers] == [f"B{ROW['层级']}"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", '=cmd|" /C calc"!A0', "=HYPERLINK(A1)", "#REF!"])
def test_text_never_becomes_a_formula(text: str) -> None:
    item = ITEM.model_copy(update={"provenance": text, "article": text})
    data = list_to_workbook(EDITION, [item], WORDS)
    for heading in ("出处", "条款"):
        cell = load_workbook(io.BytesIO(data))["条目"].cell(2, COLUMN[heading])
        assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (text, "s", text[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())
    assert workbook_to_list(data, NAME, BASE).items == (item,)


def test_the_choices_cover_the_model() -> None:
    kinds = {"effect": Effect, "dimension": Dimension, "status": Status, "layer": Layer}
    for path, kind in kinds.items():
        assert list(CHOICES[path]) == list(kind)
    assert list(CHOICES["confidence"]) == list(get_args(Confidence))
    assert list(CHOICES["unmet"]) == list(get_args(Item.model_fields["unmet"].annotation))
    for shown in CHOICES.values():
        assert len(set(shown.values())) == len(shown)


def test_every_field_of_the_models_has_a_column() -> None:
    bases = {field.path.split(".")[0] for field in ITEM_FIELDS}
    assert bases == set(Item.model_fields)
    rows = {field.path.split(".")[0] for field in DOCUMENT_FIELDS}
    assert set(Edition.model_fields) - rows == {"kind", "catalogue", "levels", "level_labels"}


def test_the_examples_of_the_help_are_conditions(shipped: Rulebook) -> None:
    builder = ConditionsBuilder(shipped.vocabulary)
    text = "\n".join(content for _, content in HELP)
    examples = re.findall(r"(?<=例：).+|under\([^)]*\)|any_of\([^)]*\)|\w+ = 'cupola'", text)
    assert len(examples) == 5
    for example in examples:
        builder.add(example)


def test_the_facts_to_write_conditions_with_are_listed(shipped: Rulebook) -> None:
    park = shipped.parks["shizhu"]
    sheet = load_workbook(io.BytesIO(template_workbook(park, shipped.vocabulary)))["指标"]
    names = [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert names == [fact.name for fact in shipped.vocabulary.facts.values() if not fact.internal]
    nature = next(row for row in sheet.iter_rows(values_only=True) if row[0] == "nature")
    assert nature[2] == "多选"
    assert "new = 新建" in str(nature[4])


# --- the template ------------------------------------------------------------------------------------------------


PARK = BASE.parks["b"]


def filled_template() -> bytes:
    def fill(book: Workbook) -> None:
        book["文件"].cell(ROW["施行日"], 2).value = datetime(2026, 11, 24)
        book["文件"].cell(ROW["出处"], 2).value = "园区管委会"
        row = {
            "标题": "甲",
            "条款": 3,
            "效力": "禁止",
            "部门": "生态环境、发改",
            "触发条件": True,
            "核实状态": "已核实",
            "把握": "高",
        }
        for heading, value in {**row, "出处": "第3页"}.items():
            book["条目"].cell(3, COLUMN[heading]).value = value

    return altered(fill, template_workbook(PARK, WORDS))


def test_the_template_has_the_four_dimensions_and_says_what_is_missing() -> None:
    data = template_workbook(PARK, WORDS)
    sheet = load_workbook(io.BytesIO(data))["条目"]
    dimensions = [row[COLUMN["维度"] - 1] for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert list(dict.fromkeys(dimensions)) == [CHOICES["dimension"][dimension] for _, dimension, _ in SKELETON]
    assert problems(data) == [(C.MISSING_KEY, f"文件!B{ROW['施行日']}"), (C.MISSING_KEY, f"文件!B{ROW['出处']}")]


def test_a_template_filled_in_is_a_list_of_the_park() -> None:
    found = workbook_to_list(filled_template(), NAME, BASE)
    assert found.edition.applies_to == {"park": PARK.park}
    assert found.edition.status is Status.UNVERIFIED
    assert found.edition.effective == Period(start=date(2026, 11, 24))
    (item,) = found.items
    assert (item.id, item.article, item.when) == (f"PARK-{PARK.park.upper()}-SL-02", "3", "true")
    assert item.title == Label(zh="甲", en="甲")
    assert not found.replaces
    assert found.chinese_only == 1
    assert found.unfilled == (2, *range(4, 14))
    loaded = load_sources((*base_files(), ("rules/x.yaml", found.to_yaml().encode())))
    assert owned(loaded, found.edition.edition) == [item]


def test_ids_that_went_are_named() -> None:
    with_list = load_sources((*base_files(), ("rules/x.yaml", list_to_yaml(EDITION, [ITEM, MUST]).encode())))
    found = workbook_to_list(altered(lambda book: book["条目"].delete_rows(3)), NAME, with_list)
    assert found.replaces
    assert found.gone == ("X-2",)


# --- what a clerk does -------------------------------------------------------------------------------------------


def both(data: bytes) -> tuple[Item, ...]:
    return workbook_to_list(data, NAME, BASE).items


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 11, 24, 8, 30), "2026-11-24"),
        (date(2026, 11, 24), "2026-11-24"),
        ("2026-11-24", "2026-11-24"),
        ("2026/1/2", "2026-01-02"),
        ("2026年1月2日", "2026-01-02"),
        (20260102, "2026-01-02"),
        (" 2026.1.2 ", "2026-01-02"),
    ],
)
def test_dates_however_they_are_typed(value: object, expected: str) -> None:
    (item, _) = both(with_cell("生效日", value))
    assert item.effective == Period(start=date.fromisoformat(expected))


@pytest.mark.parametrize(
    ("heading", "value", "attribute", "expected"),
    [
        ("条款", 26, "article", "26"),
        ("条款", 26.0, "article", "26"),
        ("条款", 3.1, "article", "3.1"),
        ("编号", 7, "id", "7"),
        ("编号", " X-9 ", "id", "X-9"),
        ("触发条件", True, "when", "true"),
        ("效力", " 限制 ", "effect", "restrict"),
        ("效力", "restrict", "effect", "restrict"),
        ("出处", date(2026, 1, 2), "provenance", "2026-01-02"),
        ("出处", "a_x000D_\nb", "provenance", "a\r\nb"),
        ("细化的上位条目", None, "refines", ()),
        ("不满足时", "不予入园", "unmet", "reject"),
    ],
)
def test_values_as_they_are_typed(heading: str, value: object, attribute: str, expected: object) -> None:
    (item, _) = both(with_cell(heading, value))
    assert getattr(item, attribute) == expected


def insert_title(book: Workbook) -> None:
    book["条目"].insert_rows(1, 2)
    book["条目"]["A1"] = "石柱工业园区清单"


def move_columns(book: Workbook) -> None:
    sheet = book["条目"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(reversed(row), 1):
            sheet.cell(number, column).value = value


def merge_rows(book: Workbook) -> None:
    book["条目"].merge_cells("U2:V3")
    book["条目"]["U2"] = None
    book["条目"].merge_cells(start_row=2, end_row=9, start_column=COLUMN["维度"], end_column=COLUMN["维度"])


def hide(book: Workbook) -> None:
    book["条目"].row_dimensions[3].hidden = True
    book["条目"].column_dimensions["B"].hidden = True
    book["条目"].sheet_state = "hidden"


def format_to_the_end(book: Workbook) -> None:
    book["条目"]["XFD1048576"].number_format = "0.00"
    book["条目"].cell(1_000_000, 1).value = "   "


def decorate(book: Workbook) -> None:
    book.create_sheet("草稿")["A1"] = "=1/0"
    chart = BarChart()
    chart.add_data(Reference(book["草稿"], min_col=1, min_row=1))
    book.create_chartsheet("图").add_chart(chart)
    book["条目"].add_chart(BarChart(), "A9")
    book["条目"]["A2"].comment = Comment("已核对", "张三")
    book["条目"].auto_filter.ref = "A1:V3"
    book.move_sheet("条目", -1)
    for heading in ("编号", "触发条件"):
        book["条目"].cell(1, COLUMN[heading]).value = f" {heading[0]}\n{heading[1:]}"
    book["条目"].title = "条目 "


@pytest.mark.parametrize("change", [insert_title, move_columns, merge_rows, hide, format_to_the_end, decorate])
def test_harmless_changes(change: Change) -> None:
    assert both(altered(change)) == (ITEM, MUST)


def test_empty_rows_are_passed_over() -> None:
    found = workbook_to_list(altered(lambda book: book["条目"].insert_rows(3, 4)), NAME, BASE)
    assert found.items == (ITEM, MUST)
    assert found.unfilled == ()


def test_english_left_empty_reads_as_chinese() -> None:
    found = workbook_to_list(with_cell("标题（英文）", None), NAME, BASE)
    assert found.items[0].title == Label(zh="禁止甲", en="禁止甲")
    assert found.chinese_only == 1


def test_a_workbook_without_optional_columns() -> None:
    def cut(book: Workbook) -> None:
        for heading in reversed(list(COLUMN)):
            if heading.endswith("（英文）") or heading in {"应满足的条件", "不满足时", "理解说明"}:
                book["条目"].delete_cols(COLUMN[heading])
        book["条目"].delete_rows(3)
        book["文件"].delete_cols(3, 2)

    found = workbook_to_list(altered(cut), NAME, BASE)
    assert found.items[0].when == ITEM.when
    assert found.chinese_only == 2


# --- what is wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("编号", None, C.MISSING_KEY),
        ("编号", "  ", C.MISSING_KEY),
        ("编号", "X-2", None),
        ("标题", None, C.MISSING_KEY),
        ("条款", None, C.MISSING_KEY),
        ("条款", datetime(2026, 1, 2), C.WORKBOOK_CELL),
        ("条款", time(1, 30), C.WORKBOOK_CELL),
        ("效力", None, C.MISSING_KEY),
        ("效力", "禁止的", C.UNKNOWN_MEMBER),
        ("维度", "空间", C.UNKNOWN_MEMBER),
        ("部门", None, C.MISSING_KEY),
        ("触发条件", None, C.MISSING_KEY),
        ("触发条件", "any_of(", C.CONDITION_SYNTAX),
        ("触发条件", "coating >= 10", C.CONDITION_FACT),
        ("触发条件", "coating_t_per_year", C.CONDITION_TYPE),
        ("触发条件", "furnace = 'oven'", C.CONDITION_MEMBER),
        ("触发条件", "under(industry, '9999')", C.CONDITION_CODE),
        ("触发条件", "a = (select 1)", C.CONDITION_NODE),
        ("触发条件", "=A1", C.WORKBOOK_CELL),
        ("触发条件", "#REF!", C.WORKBOOK_CELL),
        ("触发条件", datetime(2026, 1, 2), C.WORKBOOK_CELL),
        ("应满足的条件", "true", C.WORKBOOK_CELL),
        ("核实状态", "verify", C.UNKNOWN_MEMBER),
        ("把握", 1, C.UNKNOWN_MEMBER),
        ("出处", None, C.MISSING_KEY),
        ("出处", "=1+1", C.WORKBOOK_CELL),
        ("出处", "_x0007_", C.WORKBOOK_CELL),
        ("整改办法", "=1+1", C.WORKBOOK_CELL),
        ("整改办法（英文）", "only English", None),
        ("生效日", "明年", C.BAD_DATE),
        ("生效日", "2026-02-30", C.BAD_DATE),
        ("生效日", 46350, C.BAD_DATE),
        ("失效日", "2026-01-01", None),
        ("细化的上位条目", "NO-SUCH", C.UNKNOWN_REFERENCE),
    ],
)
def test_one_wrong_cell_is_one_problem_at_that_cell(heading: str, value: object, code: C | None) -> None:
    data = with_cell(heading, value)
    cell = load_workbook(io.BytesIO(data))["条目"].cell(2, COLUMN[heading]).coordinate
    elsewhere = {
        "编号": [(C.DUPLICATE_ID, "条目!A3")],
        "整改办法（英文）": [(C.MISSING_KEY, f"条目!{with_letter('整改办法')}2")],
        "失效日": [(C.MISSING_KEY, f"条目!{with_letter('生效日')}2")],
    }
    assert problems(data) == ([(code, f"条目!{cell}")] if code else elsewhere[heading])


def with_letter(heading: str) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(COLUMN[heading])


@pytest.mark.parametrize(
    ("heading", "value", "code"),
    [
        ("版本编号", None, C.MISSING_KEY),
        ("标题", None, C.MISSING_KEY),
        ("层级", "县级", C.UNKNOWN_MEMBER),
        ("适用流域", "nile", C.UNKNOWN_REFERENCE),
        ("施行日", "=TODAY()", C.WORKBOOK_CELL),
        ("施行日", "x", C.BAD_DATE),
        ("失效日", "2025-12-31", C.PERIOD),
        ("出处", None, C.MISSING_KEY),
    ],
)
def test_one_wrong_cell_of_the_document(heading: str, value: object, code: C) -> None:
    row = ROW["施行日" if code is C.PERIOD else heading]
    assert problems(with_document(heading, value)) == [(code, f"文件!B{row}")]


def test_a_list_of_a_park_says_which() -> None:
    data = with_document("层级", "园区")
    assert problems(data) == [(C.MISSING_KEY, f"文件!B{ROW['适用园区']}")]
    without_row = altered(lambda book: book["文件"].delete_rows(ROW["适用园区"]), data)
    assert problems(without_row) == [(C.MISSING_KEY, "文件")]


def test_the_sentence_names_cell_heading_and_what_to_do() -> None:
    assert sentence(with_cell("触发条件", "coating >= 10")).startswith(
        f"{NAME} 条目!{with_letter('触发条件')}2: 触发条件: 条件引用了未登记的指标 coating；"
    )
    assert sentence(with_cell("效力", "禁")) == (
        f"{NAME} 条目!D2: 效力: 没有选项“禁”；应为：禁止、限制、要求、鼓励；相近的有：禁止"
    )
    assert sentence(with_cell("出处", "=1+1")) == (
        f"{NAME} 条目!S2: 出处: 是公式；应为直接写出的内容；请复制后“选择性粘贴”为数值"
    )


def test_all_errors_at_once_in_the_order_of_the_cells() -> None:
    def spoil(book: Workbook) -> None:
        book["文件"].cell(ROW["施行日"], 2).value = None
        sheet = book["条目"]
        sheet.cell(2, COLUMN["效力"]).value = "禁"
        sheet.cell(2, COLUMN["触发条件"]).value = "nosuch"
        sheet.cell(3, COLUMN["编号"]).value = "X-1"
        sheet.cell(3, COLUMN["应满足的条件"]).value = "nosuch"
        sheet.cell(3, COLUMN["标题"]).value = None
        for row in range(4, 12):
            sheet.cell(row, COLUMN["标题"]).value = "x"

    found = problems(altered(spoil))
    required = sum(field.required for field in ITEM_FIELDS) - 1
    assert found[:6] == [
        (C.MISSING_KEY, f"文件!B{ROW['施行日']}"),
        (C.UNKNOWN_MEMBER, "条目!D2"),
        (C.CONDITION_FACT, "条目!H2"),
        (C.DUPLICATE_ID, "条目!A3"),
        (C.MISSING_KEY, "条目!B3"),
        (C.CONDITION_FACT, "条目!I3"),
    ]
    assert len(found) == 6 + 8 * required
    rows = [int(place.split("!")[1][1:]) for _, place in found[6:]]
    assert rows == sorted(rows)


def test_ids_and_layers_are_held_against_the_rulebook(shipped: Rulebook) -> None:
    edition = shipped.editions["PARK-SHIZHU-POS"]
    item = owned(shipped, "PARK-SHIZHU-POS")[0]
    other = edition.model_copy(update={"edition": "X-NEW"})
    changed = [
        item.model_copy(update={"id": "CN-YRPL-2020-49"}),
        item.model_copy(update={"id": "X-1", "refines": ("CN-YRPL-2020-26-3",)}),
    ]
    data = list_to_workbook(other, changed, WORDS)
    assert problems(data, shipped) == [
        (C.OVERLAPPING_EDITIONS, f"文件!B{ROW['施行日']}"),
        (C.DUPLICATE_ID, "条目!A2"),
        (C.LOOSER_LAYER, f"条目!{with_letter('细化的上位条目')}3"),
    ]
    assert "编号 CN-YRPL-2020-49 重复（另见 CN-YRPL-2020）" in sentence(data, shipped)


def test_a_bad_effect_does_not_hide_the_other_condition() -> None:
    def spoil(book: Workbook) -> None:
        book["条目"].cell(3, COLUMN["效力"]).value = "必须"
        book["条目"].cell(3, COLUMN["应满足的条件"]).value = "nosuch"

    assert problems(altered(spoil)) == [(C.UNKNOWN_MEMBER, "条目!D3"), (C.CONDITION_FACT, "条目!I3")]


def test_must_and_a_question_exclude_each_other() -> None:
    assert problems(with_cell("需人工回答的问题", "是吗？", row=3)) == [(C.WORKBOOK_CELL, "条目!I3")]


# --- headings and sheets -----------------------------------------------------------------------------------------


def rename(sheet: str, cell: str, text: str | None) -> Change:
    return lambda book: book[sheet].__setitem__(cell, text)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (rename("条目", "H1", "触发"), [(C.MISSING_KEY, "条目"), (C.UNKNOWN_KEY, "条目!H1")]),
        (rename("条目", "H1", None), [(C.MISSING_KEY, "条目"), (C.WORKBOOK_CELL, "条目!H2")]),
        (rename("条目", "I1", "触发条件"), [(C.DUPLICATE_KEY, "条目!I1")]),
        (rename("条目", "Y1", "联系人"), [(C.UNKNOWN_KEY, "条目!Y1")]),
        (rename("条目", "Y3", "问过张三"), [(C.WORKBOOK_CELL, "条目!Y3")]),
        (rename("条目", "Y9", "问过张三"), [(C.WORKBOOK_CELL, "条目!Y9")]),
        (rename("文件", f"A{ROW['文号']}", "发文号"), [(C.UNKNOWN_KEY, f"文件!A{ROW['文号']}")]),
        (rename("文件", f"A{ROW['出处']}", None), [(C.MISSING_KEY, "文件"), (C.WORKBOOK_CELL, f"文件!A{ROW['出处']}")]),
        (
            rename("文件", f"A{ROW['文号']}", "出处"),
            [(C.MISSING_KEY, f"文件!B{ROW['文号']}"), (C.DUPLICATE_KEY, f"文件!A{ROW['出处']}")],
        ),
        (rename("文件", f"C{ROW['版本编号']}", "X"), [(C.WORKBOOK_CELL, f"文件!C{ROW['版本编号']}")]),
        (rename("文件", "B1", "值"), [(C.MISSING_KEY, "文件"), (C.UNKNOWN_KEY, "文件!B1")]),
        (rename("文件", "F30", "注"), [(C.WORKBOOK_CELL, "文件!F30")]),
        (lambda book: book.remove(book["条目"]), [(C.MISSING_KEY, NAME)]),
        (lambda book: setattr(book["文件"], "title", "Sheet1"), [(C.MISSING_KEY, NAME)]),
        (lambda book: book["条目"].delete_rows(1, 5), None),
    ],
)
def test_headings(change: Change, expected: list[tuple[C, str]] | None) -> None:
    found = problems(altered(change))
    if expected is None:
        assert {code for code, _ in found} == {C.MISSING_KEY}
        assert len(found) == sum(field.required for field in ITEM_FIELDS)
    else:
        assert found == expected


def test_an_unknown_heading_is_named_with_the_nearest() -> None:
    text = sentence(altered(rename("条目", "H1", "触发条")))
    assert "不认识的名称“触发条”；应为已有的名称；相近的有：触发条件" in text


# --- files that are no workbook ----------------------------------------------------------------------------------


def member(data: bytes, name: str, content: Callable[[bytes], bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for info in source.infolist():
            part = source.read(info)
            target.writestr(info.filename, content(part) if info.filename == name else part)
    return stream.getvalue()


def archive(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr(name, content)
    return stream.getvalue()


SHEET = "xl/worksheets/sheet2.xml"
ENTITIES = b'<!DOCTYPE a [<!ENTITY b "' + b"x" * 50_000 + b'">]><a>' + b"&b;" * 50_000 + b"</a>"
NO_WORKBOOK: dict[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", "文件是空的"),
    "csv": (lambda: b"id,title\n1,a\n", "像是文字、CSV"),
    "csv in GBK": (lambda: "编号,标题\n1,甲\n".encode("gbk"), "像是文字、CSV"),
    "xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000), "旧版 .xls"),
    "docx": (lambda: archive("word/document.xml", b"<w/>"), "像是 Word"),
    "cut off": (lambda: exported()[: len(exported()) // 2], "已损坏"),
    "one byte": (lambda: b"P", "像是文字"),
    "bits flipped": (lambda: exported().replace(b"xl/workbook.xml", b"xl/workbook.xmm"), "像是 Word|已损坏"),
    "broken sheet": (lambda: member(exported(), SHEET, lambda part: part[:-20]), "已损坏"),
    "no sheet": (lambda: member(exported(), SHEET, lambda part: b""), "已损坏"),
    "strange cells": (lambda: member(exported(), SHEET, lambda part: part.replace(b'r="A2"', b'r="2A"')), "已损坏"),
    "entities": (lambda: member(exported(), SHEET, lambda part: ENTITIES), "已损坏"),
    "too large": (lambda: b"PK\x03\x04" + bytes(10_000_000), "10000004 字节，上限 10000000"),
    "bomb": (lambda: archive("xl/workbook.xml", bytes(20_000_001)), "解压后有 20000001 字节"),
}


@pytest.mark.parametrize("name", NO_WORKBOOK)
def test_a_file_that_is_no_workbook(name: str) -> None:
    make, words = NO_WORKBOOK[name]
    data = make()
    assert problems(data) == [(C.NOT_WORKBOOK, NAME)]
    assert re.search(words, sentence(data))


def test_too_many_rows() -> None:
    def flood(book: Workbook) -> None:
        for row in range(5_010):
            book["条目"].append([f"Y-{row}"])

    assert problems(altered(flood)) == [(C.WORKBOOK_CELL, "条目")]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 10**9), st.binary(min_size=1, max_size=8))
def test_a_damaged_file_never_crashes(position: int, junk: bytes) -> None:
    data = exported()
    at = position % len(data)
    damaged = data[:at] + junk + data[at + len(junk) :]
    with suppress(RulebookError):
        assert workbook_to_list(damaged, NAME, BASE).items


def test_what_is_no_list_has_no_edition() -> None:
    found: list[Problem] = []
    assert check_list(Mapping((), Place("x")), BASE, found) is None
    assert [problem.code for problem in found] == [C.SCHEMA]


@pytest.mark.parametrize("what", ["write", "read"])
def test_without_openpyxl(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = exported()
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(MissingExtraError, match=r"admission\[excel\]"):
        list_to_workbook(EDITION, [ITEM], WORDS) if what == "write" else workbook_to_list(data, NAME, BASE)


def test_the_conditions_of_the_page_are_conditions(shipped: Rulebook) -> None:
    page = (Path(__file__).parents[2] / "docs" / "park-list.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if re.match(r"\| [^|]+ \| (禁止|限制|要求|鼓励) \|", line)]
    conditions = re.findall("`([^`]+)`", "".join(rows))
    assert len(rows) == len(CHOICES["effect"])
    builder = ConditionsBuilder(shipped.vocabulary)
    for condition in conditions:
        builder.add(condition)
