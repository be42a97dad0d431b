"""A valid document, damaged anywhere in any way, is read or refused: nothing else can come out."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from admission.errors import InputError
from admission.rulebook import load_rulebook
from admission.screening import Project, read_projects

RULES = load_rulebook(cache=False)
EXAMPLES = Path(__file__).parent.parent.parent / "examples" / "projects"
FULL = """name: 年产12万台阀门项目
park: shizhu
as_of: 2026-11-24
facts: {nature: new, 总投资额: 12000, has_electroplating: 不清楚}
components:
  - name: 阀门车间
    industry: ['3443']
    facts: {solvent_coating_t_per_year: 2 t/a, has_quenching: false}
  - {name: 锅炉, activity: boiler, facts: {gas_boiler_total_t_per_h: 2}}
milestones:
  - {event: eia_approval_date, date: 2025-03-01, document: 批复1号}
judgements:
  - {rule: CN-YRPL-2020-26-2, answer: clear, who: 张三, when: 2026-11-24, why: 现场核查}
""".encode()
_PIECES = st.sampled_from(
    [b"", b":", b": ", b"\n", b"\n  ", b"- ", b"[", b"]", b"{", b"}", b"'", b'"', b"&a ", b"*a", b"!!x ", b"|", b"\t",
     b"\x00", b"\x07", b"\xff", b"\xef\xbb\xbf", b"~", b"#", b"---\n", b"%", b"null", b"1e999", b".nan", b"-", b"\r\n",
     "：".encode(), "，".encode(), "甲".encode(), b"facts:", b"name: ", b"3391", b"2026-02-30", b"9" * 400,
     b"\xc2\x85", b"\xe2\x80\xa8", b"? ", b"<<: "]
)  # fmt: skip


def read(data: bytes, name: str = "p.yaml") -> list[Project] | None:
    try:
        return read_projects(data, name, RULES)
    except InputError as error:
        said = error
    lines = [line for lang in ("zh", "en") for line in said.text(lang).split("\n")]
    assert all(line.isprintable() for line in lines)
    return None


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("*.yaml")), ids=lambda file: file.stem)
def test_shipped_examples_are_read(file: Path) -> None:
    assert read(file.read_bytes(), file.name)


def test_the_document_that_is_damaged_below_is_valid() -> None:
    assert read(FULL)


@pytest.mark.parametrize("change", [lambda d: b"\xef\xbb\xbf" + d, lambda d: d.replace(b"\n", b"\r\n")])
def test_byte_order_mark_and_windows_line_ends_change_nothing(change: object) -> None:
    assert read(change(FULL)) == read(FULL)  # type: ignore[operator]


def test_a_fact_name_in_full_width_characters_is_understood() -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) for c in "has_quenching")
    assert read(FULL.replace(b"has_quenching", wide.encode())) == read(FULL)


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.integers(0, len(FULL)), st.integers(0, 40), _PIECES), min_size=1, max_size=4))
def test_a_damaged_document_is_read_or_refused(damages: list[tuple[int, int, bytes]]) -> None:
    data = FULL
    for start, length, piece in damages:
        data = data[:start] + piece + data[start + length :]
    read(data)


@settings(deadline=None, max_examples=200)
@given(st.integers(0, len(FULL)), st.integers(1, 255))
@example(0, 0x80)
def test_a_document_with_one_bit_pattern_flipped_is_read_or_refused(position: int, mask: int) -> None:
    data = bytearray(FULL)
    data[position % len(FULL)] ^= mask
    read(bytes(data))


@settings(deadline=None, max_examples=200)
@given(
    st.sampled_from(["p.yaml", "p.json", "p.jsonl", "-"]),
    st.binary(max_size=200) | st.text(max_size=200).map(str.encode),
)
def test_random_bytes_and_text_are_refused_or_read(name: str, data: bytes) -> None:
    read(data, name)
