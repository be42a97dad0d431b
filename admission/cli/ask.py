"""`admission ask`: the interview at the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from admission.cli.options import AsOf, Lang, Park, RulePaths, check_park, open_rulebook, today
from admission.cli.page import Page
from admission.cli.streams import STDIN, Failures, emit, screen_width

if TYPE_CHECKING:
    from admission.cli.ask_session import Session
    from admission.cli.ask_talk import Talk
    from admission.rulebook import Rulebook

__all__ = ["ask_command"]

File = Annotated[str, typer.Argument(metavar="FILE", help="项目文件，可以还不存在 (project file, may not exist yet)")]


def ask_command(file: File, park: Park = None, as_of: AsOf = None, lang: Lang = "zh", rules: RulePaths = None) -> None:
    """逐项询问，只问还能改变结果的事项 (interview: asks only what can still change the result).

    每答一项都写进项目文件；文件不存在时从项目名称、园区、行业问起。也可从管道读入回答，每行一个。
    """
    from admission.cli.ask_file import AskedFile
    from admission.cli.ask_session import Session
    from admission.cli.ask_talk import Talk
    from admission.errors import InputError

    if file == STDIN:
        _stop(lang, file, "ask stdin")
    rulebook = open_rulebook(rules, lang)
    check_park(park, rulebook)
    talk = Talk(lang)
    asked = AskedFile(file, rulebook, lang)
    session = Session(asked, rulebook, talk, park=park, day=as_of, now=today())
    try:
        finished = session.run()
        if asked.draft.content.get("name"):
            asked.save()
            _tell(session, talk, rulebook, file, finished)
    except InputError as error:
        failures = Failures(lang)
        failures.add_problems(error, file)
        failures.stop_if_any()
    except OSError as error:
        _stop(lang, file, "cannot write", reason=error.strerror or error)


def _tell(session: Session, talk: Talk, rulebook: Rulebook, file: str, finished: bool) -> None:
    """The decision at the end of the interview; what was not finished can go on later."""
    from admission.cli.decision_text import DecisionText

    session.standing()
    decision = session.decision
    if finished and decision is not None:
        page = Page(screen_width())
        page.rule()
        DecisionText(page, decision, rulebook, talk.lang).write()
        page.rule()
        emit(page, None, talk.lang)
        session.tell_end()
    talk.say("ask saved", file=file)


def _stop(lang: str, file: str, key: str, **values: object) -> None:
    failures = Failures(lang)
    failures.add(file, key, **values)
    failures.stop_if_any()
