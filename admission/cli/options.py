"""Arguments and options that commands share, and the rulebook they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from admission.rulebook import Rulebook

__all__ = [
    "AsOf",
    "Format",
    "Lang",
    "MaybeUrl",
    "Output",
    "Park",
    "RulePaths",
    "Url",
    "check_park",
    "day_of",
    "now",
    "one_of",
    "open_rulebook",
    "record_errors",
    "rule_paths",
    "today",
]

_SHIPPED = "shipped"


def one_of(*choices: str) -> Callable[[str], str]:
    """A parser that takes one of `choices`."""

    def parse(text: str) -> str:
        if text not in choices:
            listed = "、".join(choices)
            raise typer.BadParameter(
                f"没有“{text}”这个选择；应为 {listed} 之一 (expected one of: {', '.join(choices)})"
            )
        return text

    return parse


def day_of(text: str | date) -> date:
    """The day that an option names; wrong usage when there is no such day."""
    from admission.vocabulary.values import parse_date

    day = text if isinstance(text, date) else parse_date(text)
    if day is None:
        raise typer.BadParameter(f"日期“{text}”不存在或写法不对；应为 年-月-日，如 2026-11-24 (expected YYYY-MM-DD)")
    return day


Lang = Annotated[
    str, typer.Option("--lang", metavar="zh|en", parser=one_of("zh", "en"), help="输出语言 (language of the output)")
]
Format = Annotated[
    str,
    typer.Option("--format", metavar="text|json", parser=one_of("text", "json"), help="输出格式 (output format)"),
]
Park = Annotated[str | None, typer.Option("--park", metavar="ID", help="园区编号，优先于文件所写 (park id)")]
AsOf = Annotated[
    date | None,
    typer.Option("--as-of", metavar="DATE", parser=day_of, help="研判日期，优先于文件所写 (day of the law)"),
]
RulePaths = Annotated[
    list[Path] | None,
    typer.Option(
        "--rules",
        metavar="PATH",
        help="规则文件夹或文件，可多次给出；shipped 为随软件提供的规则 (rules of your own instead)",
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="OUT", help="写入文件 (write to a file)")]


Url = Annotated[
    str,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="ADMISSION_STORE",
        help="存储：sqlite:///文件 或 postgresql://… (the store)",
    ),
]
MaybeUrl = Annotated[
    str | None,
    typer.Option(
        "--store",
        metavar="URL",
        envvar="ADMISSION_STORE",
        help="存储：sqlite:///文件 或 postgresql://… (the store)",
    ),
]


def today() -> date:
    """The day of this run; with `now` the only place of the package that reads the clock."""
    return date.today()


def now() -> datetime:
    """The time of this run."""
    return datetime.now(UTC)


@contextmanager
def record_errors(lang: str) -> Iterator[None]:
    """What goes wrong with the store becomes lines on stderr and exit status 1."""
    from admission.cli.streams import Failures, complain
    from admission.errors import MissingExtraError, NotRecordedError, StepError, StoreError

    failures = Failures(lang)
    try:
        yield
    except StepError as error:
        failures.add_problems(error)
    except StoreError as error:
        complain(f"{error.url}: {error.reason if lang == 'zh' else getattr(error.reason, 'en', error.reason)}")
        raise typer.Exit(1) from None
    except (MissingExtraError, NotRecordedError) as error:
        complain(str(error))
        raise typer.Exit(1) from None
    failures.stop_if_any()


def open_rulebook(paths: Sequence[Path] | None, lang: str, *, cache: bool = True) -> Rulebook:
    """The rulebook of `--rules`, or the shipped one; every problem to stderr and exit 1 if it is broken."""
    from admission.cli.streams import Failures
    from admission.errors import RulebookError
    from admission.rulebook import load_rulebook
    from admission.screening.facts import ACTIVITY, INDUSTRY

    failures = Failures(lang)
    place = str(paths[0]) if paths else "rules"
    rulebook = None
    try:
        rulebook = load_rulebook(*rule_paths(paths), cache=cache)
    except RulebookError as error:
        failures.add_problems(error)
    except OSError as error:
        failures.add_os_error(error, str(error.filename or place))
    if rulebook is not None and not rulebook.editions:
        failures.add(place, "no rules")
    elif rulebook is not None:
        for name in (INDUSTRY, ACTIVITY):
            if name not in rulebook.vocabulary.facts:
                failures.add(place, "no fact", name=name)
    failures.stop_if_any()
    assert rulebook is not None  # a missing one has stopped the run
    return rulebook


def rule_paths(paths: Sequence[Path] | None) -> tuple[Path, ...]:
    """The paths of `--rules`, with the folders of this package for `shipped`."""
    from admission.rulebook import shipped_paths

    return tuple(found for path in paths or () for found in (shipped_paths() if str(path) == _SHIPPED else (path,)))


def check_park(park: str | None, rulebook: Rulebook) -> None:
    """Wrong usage when `--park` names no park of the rulebook."""
    if park is not None and park not in rulebook.parks:
        known = "、".join(rulebook.parks) or "—"
        raise typer.BadParameter(f"没有园区“{park}”；应为 {known} 之一 (expected one of these)", param_hint="'--park'")
