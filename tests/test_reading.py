from __future__ import annotations

import json
import math
import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from admission._messages import Phrase
from admission._reading import DEPTH, Listing, Mapping, Node, Scalar, decode, describe, parse, place_of, plain
from admission.errors import Place, Problem, ProblemCode


def read(text: str, name: str = "f.yaml") -> tuple[list[object], list[Problem]]:
    problems: list[Problem] = []
    return [plain(node) for node in parse(text, name, problems)], problems


# --- bytes -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"", ProblemCode.FILE_EMPTY, "文件是空的"),
        (b"\xef\xbb\xbf# note\n---\n\n...\n", ProblemCode.FILE_EMPTY, "文件是空的"),
        (b"x" * 101, ProblemCode.FILE_TOO_LARGE, "101"),
        ("名称: 甲".encode("gb18030"), ProblemCode.ENCODING, "GB18030"),
        ("名称: 甲".encode("utf-16"), ProblemCode.ENCODING, "UTF-16"),
        ("name: a".encode("utf-16-be"), ProblemCode.ENCODING, "UTF-16 或二进制"),
        (b"\xfe\xff\x54\x0d", ProblemCode.ENCODING, "UTF-16"),
        (b"PK\x03\x04\x00", ProblemCode.NOT_TEXT, "Excel"),
        (b"\xd0\xcf\x11\xe0\xff", ProblemCode.NOT_TEXT, "旧版"),
        (b"%PDF-1.7 \xff\xff", ProblemCode.NOT_TEXT, "PDF"),
        (b"\xff\x41\xff", ProblemCode.ENCODING, "未知编码"),
    ],
)
def test_bytes_that_are_not_a_document(data: bytes, code: ProblemCode, words: str) -> None:
    problems: list[Problem] = []
    assert decode(data, "f", problems, limit=100) is None
    assert [problem.code for problem in problems] == [code]
    assert words in problems[0].text()


def test_the_byte_order_mark_is_removed() -> None:
    problems: list[Problem] = []
    assert decode("\ufeff名称: 甲".encode(), "f", problems) == "名称: 甲"
    assert not problems


# --- scalars -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("null", None),
        ("~", None),
        ("true", True),
        ("False", False),
        ("yes", "yes"),
        ("是", "是"),
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        ("0", 0),
        ("0411", "0411"),
        ("00", "00"),
        ("-01", "-01"),
        ("01.5", "01.5"),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("1e3", 1000.0),
        ("1_000", "1_000"),
        ("2026-03-01", "2026-03-01"),
        ("'12'", "12"),
        ('"true"', "true"),
        ("1e999", math.inf),
        ("-.inf", -math.inf),
        ("+", "+"),
        ("-", [None]),
        ("9" * 500, math.inf),
    ],
)
def test_scalars(text: str, value: object) -> None:
    documents, problems = read(f"a: {text}" if text != "-" else "a:\n -")
    assert documents == [{"a": value}]
    assert type(documents[0]["a"]) is type(value)  # type: ignore[index]
    assert not problems


def test_not_a_number() -> None:
    documents, _ = read("a: .nan")
    assert math.isnan(documents[0]["a"])  # type: ignore[index]


# --- YAML --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "words"),
    [
        ("a: 1\na: 2", ProblemCode.DUPLICATE_KEY, 2, "键 a 重复（首次出现在第 1 行）"),
        ("a: &x 1", ProblemCode.ALIAS_OR_TAG, 1, "锚点 &x"),
        ("a: *x", ProblemCode.ALIAS_OR_TAG, 1, "引用 *x"),
        ("a: !!str 1", ProblemCode.ALIAS_OR_TAG, 1, "标签 !!str"),
        ("a: !x [1]", ProblemCode.ALIAS_OR_TAG, 1, "标签 !x"),
        ("[1]: 2", ProblemCode.SYNTAX, 1, "键应为文字"),
        ("a: b: c", ProblemCode.SYNTAX, 1, "不应有冒号"),
        ("a:\n\t- b", ProblemCode.SYNTAX, 2, "不用制表符"),
        ("a: [", ProblemCode.SYNTAX, 2, "缺少内容"),
        ("a: 'x", ProblemCode.SYNTAX, 1, "引号没有结束"),
        ("a: |9x", ProblemCode.SYNTAX, 1, "语法错误"),
        ("b: 1\na: 甲\x01", ProblemCode.SYNTAX, 2, "控制字符 U+0001"),
        ('a: "\\x07"', ProblemCode.SYNTAX, 1, "控制字符 U+0007"),
        ("- " * (DEPTH + 5), ProblemCode.TOO_DEEP, 1, f"至多 {DEPTH} 层"),
        ("---\n---\n", ProblemCode.FILE_EMPTY, 0, "文件是空的"),
    ],
)
def test_one_broken_yaml_per_problem(text: str, code: ProblemCode, line: int, words: str) -> None:
    _, problems = read(text)
    assert [(problem.code, problem.place.line) for problem in problems] == [(code, line)]
    assert words in problems[0].text()
    assert problems[0].text("en").isascii()


def test_all_problems_at_once_and_the_rest_is_read() -> None:
    documents, problems = read("a: 1\na: 2\nb: *x\nc: &y 1\n---\nd: !t 1\n")
    assert [problem.place.line for problem in problems] == [2, 3, 4, 6]
    assert documents == [{"a": 1, "b": None, "c": 1}, {"d": 1}]


def test_documents_before_a_syntax_error_are_kept() -> None:
    documents, problems = read("a: 1\n---\nb: [\n")
    assert documents == [{"a": 1}]
    assert len(problems) == 1


def test_an_alias_bomb_stays_small() -> None:
    bomb = "a0: &a0 x\n" + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 12))
    documents, problems = read(bomb)
    assert len(json.dumps(documents)) < 2000
    assert {problem.code for problem in problems} == {ProblemCode.ALIAS_OR_TAG}


def test_control_characters_do_not_hide_the_rest() -> None:
    documents, problems = read("a: 甲\x01\nb: 2\x07\nb: 3\n")
    assert documents == [{"a": "甲", "b": 2}]
    assert [problem.place.line for problem in problems] == [1, 2, 3]


def test_block_text_and_several_documents() -> None:
    documents, problems = read("a: |\n  12\n---\n- b: 1\n- c: 2\n")
    assert documents == [{"a": "12\n"}, {"b": 1}, {"c": 2}]
    assert not problems


# --- JSON --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1, "b": [true, null, -2.5e3]}', [{"a": 1, "b": [True, None, -2500.0]}]),
        ('[{"a": 1}, {"b": 2}]', [{"a": 1}, {"b": 2}]),
        ('{"a": 1}\n\n{"b": 2}\n', [{"a": 1}, {"b": 2}]),
        ('{\n\t"a"\t:\t"\\ud83d\\ude00\\/\\u4e2d"\n}', [{"a": "😀/中"}]),
        ('{"a": {}, "b": []}', [{"a": {}, "b": []}]),
        ('{"a": "12"}', [{"a": "12"}]),
    ],
)
def test_json(text: str, expected: object) -> None:
    assert read(text, "f.json") == (expected, [])


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('{\n"a": 1,\n}', 2, "} 之前多了一个逗号"),
        ('["a",]', 1, "] 之前多了一个逗号"),
        ('{"a": 1, b: 2}', 1, "双引号内的键"),
        ('{"a" 1}', 1, "应为冒号"),
        ('{"a": }', 1, "应为一个值"),
        ('{"a": 01}', 1, "应为一个值"),
        ('{"a": NaN}', 1, "应为一个值"),
        ('{"a": 1\n"b": 2}', 2, "应为逗号或 }"),
        ('["a"\n"b"]', 2, "应为逗号或 ]"),
        ('{"a": "x\ny"}', 1, "字符串没有结束"),
        ('{"a": "\\q"}', 1, "字符串没有结束"),
        ('{"a": "x', 1, "字符串没有结束"),
        ('{"a": "\\ud800"}', 1, "控制字符 U+D800"),
        ('{"a\\u0000": 1}', 1, "控制字符 U+0000"),
        ('{"a": 1} x', 1, "应为一个值"),
    ],
)
def test_one_broken_json_per_problem(text: str, line: int, words: str) -> None:
    _, problems = read(text, "f.json")
    assert [(problem.code, problem.place.line) for problem in problems] == [(ProblemCode.SYNTAX, line)]
    assert words in problems[0].text()
    assert "JSON" in problems[0].text("en")
    problems[0].text().encode()


def test_unprintable_text_is_replaced() -> None:
    assert read('{"a": "x\\ud800"}', "f.json")[0] == [{"a": "x\ufffd"}]


def test_json_duplicates_depth_and_columns() -> None:
    problems: list[Problem] = []
    (node,) = parse('{"a": 1,\n  "b": 2, "a": 3}', "f", problems)
    assert plain(node) == {"a": 1, "b": 2}
    assert place_of(node, ("b",)) == Place("f", 2, 3)
    assert [problem.code for problem in problems] == [ProblemCode.DUPLICATE_KEY]
    for deep in ("[" * 100_000, '{"a":' * 100_000):
        assert [problem.code for problem in read(deep, "f.json")[1]] == [ProblemCode.TOO_DEEP]


def test_a_broken_line_of_json_lines_does_not_hide_the_others() -> None:
    documents, problems = read('{"a": 1}\n{"b": }\n{"c": 3}\n{"d"\n', "f.jsonl")
    assert documents == [{"a": 1}, {"c": 3}]
    assert [problem.place.line for problem in problems] == [2, 4]


@pytest.mark.parametrize(
    ("text", "name", "fails_as"),
    [
        ("{a: 1}", "f.yaml", None),
        ("{a: 1}", "<stdin>", None),
        ("{a: 1}", "f.json", "JSON"),
        ('{"a": 1,}', "f.yml", None),
        ('{"a": 1,}', "<stdin>", "JSON"),
        ('[{"a": 1,}]', "<stdin>", "JSON"),
        ("{a: [}", "f.yaml", "YAML"),
        ("[]", "f", "空"),
    ],
)
def test_which_language_was_meant(text: str, name: str, fails_as: str | None) -> None:
    _, problems = read(text, name)
    assert [fails_as in problem.text() for problem in problems if fails_as] == ([True] if fails_as else [])
    assert bool(problems) == bool(fails_as)


# --- nodes -------------------------------------------------------------------------------------------------------


def test_place_of_the_deepest_part_there_is() -> None:
    (node,) = parse("a:\n  - b: 1\n  - c: 2\n", "f", [])
    assert place_of(node, ()) == Place("f", 1, 1)
    assert place_of(node, ("a", 1, "c")) == Place("f", 3, 5)
    assert place_of(node, ("a", 1, "nothing")) == Place("f", 3, 5)
    assert place_of(node, ("a", 7)) == Place("f", 1, 1)
    assert place_of(node, ("a", "b", 0, "b", "beyond")) == Place("f", 2, 5)


def test_mapping_get() -> None:
    (node,) = parse("a: 1", "f", [])
    assert isinstance(node, Mapping)
    assert isinstance(node.get("a"), Scalar)
    assert node.get("b") is None


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("- x", "x", "x"),
        ("- ''", "空值", "nothing"),
        (f"- {'长' * 80}", "长" * 59 + "…", "长" * 59 + "…"),
        ("- [1, 2]", "2 项的列表", "a list of 2"),
        ("- {a: 1}", "1 个键的键值表", "a mapping of 1 keys"),
    ],
)
def test_describe(text: str, zh: str, en: str) -> None:
    (node,) = parse(text, "f", [])
    found = describe(node)
    assert found == zh
    assert (found.en if isinstance(found, Phrase) else found) == en


def test_a_phrase_is_its_chinese_text_and_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(Phrase("无", "none")))
    assert (copy, copy.en, type(copy)) == ("无", "none", Phrase)


# --- anything at all ---------------------------------------------------------------------------------------------

_YAMLISH = st.text(st.sampled_from("ab01-:?!&*#|>'\"%@`{}[],. \t\n\\/~<=甲\u2028\x85\x00\ud83d"), max_size=60)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    problems: list[Problem] = []
    text = decode(data, "f", problems)
    nodes = parse(text, "f", problems) if text is not None else []
    assert nodes or problems
    for problem in problems:
        (problem.text() + problem.text("en")).encode()


@settings(deadline=None, max_examples=300)
@given(_YAMLISH, st.sampled_from(["f.yaml", "f.json", "-"]))
def test_any_text_is_read_or_refused(text: str, name: str) -> None:
    problems: list[Problem] = []
    decoded = decode(text.encode("utf-8", "surrogatepass"), name, problems)
    for node in parse(decoded, name, problems) if decoded is not None else ():
        assert isinstance(node, Scalar | Listing | Mapping)
        plain(node)
        describe(node)
    for problem in problems:
        (problem.text() + problem.text("en")).encode()


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc甲", max_size=4), inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(st.dictionaries(st.text("abc甲", max_size=4), _JSON, max_size=4), st.booleans(), st.sampled_from([None, 2]))
def test_json_reads_as_the_library_does(value: dict[str, object], ascii_only: bool, indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    documents, problems = read(text, "f.json")
    assert not problems
    assert documents == [json.loads(text)]


@settings(deadline=None)
@given(st.dictionaries(st.text('ab\\"\n甲', max_size=4), _JSON, max_size=4), st.sampled_from([None, 2]))
def test_every_part_of_json_has_its_place(value: dict[str, object], indent: int | None) -> None:
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    lines = text.split("\n")

    def check(node: Node) -> None:
        rest = lines[node.place.line - 1][node.place.column - 1 :]
        if isinstance(node, Scalar):
            wanted = node.text if node.plain else json.dumps(node.text, ensure_ascii=False)
            assert rest.startswith(wanted)
        elif isinstance(node, Listing):
            assert rest.startswith("[")
            for item in node.items:
                check(item)
        else:
            assert rest.startswith("{")
            for key, item in node.pairs:
                check(key)
                check(item)

    for document in parse(text, "f.json", []):
        check(document)
