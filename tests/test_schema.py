from __future__ import annotations

from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from admission._messages import Phrase
from admission._reading import parse, validate
from admission.errors import Problem


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")
    size: int = Field(ge=1, le=9)
    kind: Literal["x", "y"] = "x"


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, pattern="^[a-z]*$")
    flag: bool = False
    parts: list[Inner] = []
    named: dict[str, Inner] | None = None
    pair: tuple[int, int] = (0, 0)
    share: float = Field(0.5, allow_inf_nan=False, multiple_of=0.5)

    @model_validator(mode="after")
    def _check(self) -> Outer:
        if self.name == "bad":
            raise ValueError(Phrase("名称不好", "the name is bad"))
        if self.name == "worse":
            raise ValueError("plain words")
        return self


@pytest.mark.parametrize(
    ("text", "line", "field", "words", "english"),
    [
        ("flag: true", 1, "name", "缺少 name", "name is missing"),
        ("name: a\nnmae: b", 2, "nmae", "相近的有：name", "nearest: name"),
        ("name: a\nzz: b", 2, "zz", "flag、name、named", "flag, name, named"),
        ("name: a\nparts:\n- {size: 1}\n- {size: 1, sise: 2}", 4, "parts.1.sise", "size", "unknown key"),
        ("name: a\nnamed:\n  k: {size: 1, kid: 2}", 3, "named.k.kid", "kind", "unknown key"),
        ("name: 1", 1, "name", "应为文字，得到 1", "expected text, got 1"),
        ("name: ''", 1, "name", "不能为空", "must not be empty"),
        ("name: A", 1, "name", "不符合格式 ^[a-z]*$", "does not match"),
        ("name: a\nflag: maybe", 2, "flag", "应为 true 或 false，得到 maybe", "expected true or false"),
        ("name: a\nparts: x", 2, "parts", "应为列表，得到 x", "expected a list"),
        ("name: a\nparts: [x]", 2, "parts.0", "应为“键: 值”，得到 x", "expected key: value"),
        ("name: a\nnamed: 3", 2, "named", "应为“键: 值”", "expected key: value"),
        ("name: a\nparts: [{size: null}]", 2, "parts.0.size", "应为整数，得到 null", "a whole number"),
        ("name: a\nparts: [{size: 12}]", 2, "parts.0.size", "应不大于 9，得到 12", "at most 9"),
        ("name: a\nparts: [{size: 1, kind: z}]", 2, "parts.0.kind", "'x'", "'x' or 'y'"),
        ("name: a\npair: [1]", 2, "pair.1", "缺少", "missing"),
        (f"name: a\nshare: {'q' * 99}", 2, "share", "…", "expected a number"),
        ("name: a\nshare: .nan", 2, "share", "有限的数字", "finite"),
        ("name: a\nshare: 0.7", 2, "share", "multiple of", "multiple of"),
        ("name: bad", 1, "", "名称不好", "the name is bad"),
        ("name: worse", 1, "", "plain words", "plain words"),
    ],
)
def test_one_broken_file_per_model_error(text: str, line: int, field: str, words: str, english: str) -> None:
    problems: list[Problem] = []
    (node,) = parse(text, "f.yaml", problems)
    assert validate(Outer, node, problems) is None
    assert [(problem.place.line, problem.field) for problem in problems] == [(line, field)]
    assert words in problems[0].text()
    assert english in problems[0].text("en")


def test_validate_gives_the_model_and_takes_other_data() -> None:
    (node,) = parse("name: a", "f", [])
    assert validate(Outer, node, []) == Outer(name="a")
    assert validate(Outer, node, [], {"name": "b"}) == Outer(name="b")
