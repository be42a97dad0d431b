"""Pages of the components (建设内容) of a brief: add, name, remove."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.responses import Response

from admission.errors import InputError
from admission.service.pages import page
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.security.people import User
from admission.service.state import Services, services
from admission.service.web.answering import Hits, lookup, texts
from admission.service.web.context import Chosen, Me
from admission.service.web.drafts import DraftState
from admission.service.web.opening import Opened, open_brief, save_state, to_brief
from admission.service.web.standing import part_views, standing
from admission.vocabulary import Vocabulary

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_LONGEST = 60
_MOST = 20
_FIRST, _NEW = "first", "name"


@router.get("/briefs/{id}/parts")
async def show_parts(request: Request, id: str, user: Me) -> Response:
    """The components of the project, and the form for one more."""
    shared = services(request)
    return await shared.computing.run(lambda: _page(request, shared, open_brief(shared, id, user), {}, {}, Hits(())))


def _page(
    request: Request, shared: Services, opened: Opened, given: dict[str, str], problems: dict[str, str], hits: Hits
) -> Response:
    parts = part_views(opened.state, shared.rules.rulebook)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    values = {"brief": opened.brief, "parts": parts, "most": _MOST, "given": given, "problems": problems, "hits": hits}
    return page(request, "brief_parts.html", status, **values)


@router.post("/briefs/{id}/parts")
async def add_part(request: Request, id: str, user: Me) -> Response:
    """One more component; the first time the project itself becomes the first of them."""
    shared, form = services(request), await request.form()
    return await shared.computing.run(_added, request, shared, id, user, form)


def _added(request: Request, shared: Services, id: str, user: User, form: FormData) -> Response:
    opened, vocabulary = open_brief(shared, id, user), shared.rules.rulebook.vocabulary
    given = {name: " ".join(texts(form, name)) for name in (_FIRST, _NEW)} | {"words": " ".join(texts(form, "words-1"))}
    chosen = [code for text in texts(form, "value-1") if (code := vocabulary.codes.normalise(text)) is not None]
    problems = _wrong_names(given, opened.state)
    if "find" in form or (given["words"] and not chosen):
        problems.setdefault("industry", "请从查到的行业中选一个；没有合适的，换个词再查。")

    def change(state: DraftState) -> None:
        state.add_part(given[_NEW], chosen, first=given[_FIRST], vocabulary=vocabulary)

    if not problems:
        said = _tried(shared, opened, user, change)
        if said is None:
            return to_brief(id, "/parts")
        problems[_NEW] = said
    return _page(request, shared, opened, given, problems, _hits(given["words"], chosen, vocabulary))


def _hits(words: str, chosen: list[str], vocabulary: Vocabulary) -> Hits:
    return lookup("industry", words, vocabulary, chosen) if words or chosen else Hits(())


def _wrong_names(given: dict[str, str], state: DraftState) -> dict[str, str]:
    problems: dict[str, str] = {}
    taken = list(state.parts if len(state.parts) > 1 else ())
    if not taken:
        problems |= _wrong_name(_FIRST, given[_FIRST], [])
        taken = [given[_FIRST]]
    problems |= _wrong_name(_NEW, given[_NEW], taken)
    if len(taken) >= _MOST:
        problems[_NEW] = f"最多 {_MOST} 项建设内容；更多的请合并同类，或用接口提交。"
    return problems


def _wrong_name(field: str, name: str, taken: list[str]) -> dict[str, str]:
    if not name:
        return {field: "请填写名称，如：铸造车间、锅炉房。"}
    if len(name) > _LONGEST:
        return {field: f"名称太长，最多 {_LONGEST} 个字。"}
    return {field: f"已有一项建设内容叫“{name}”，请换个名称。"} if name in taken else {}


def _tried(shared: Services, opened: Opened, user: User, change: Callable[[DraftState], None]) -> str | None:
    """Makes a change and saves it, or says what it contradicts; the brief stays as it was then."""
    fresh = DraftState.of(deepcopy(opened.state.saved()))
    change(fresh)
    try:
        standing(fresh, shared.rules.rulebook, shared.clock.day())
    except InputError as error:
        reasons = "；".join(problem.reason("zh") for problem in error.problems)
        return f"和前面的回答矛盾：{reasons}。请先改正前面的回答。"
    save_state(shared, fresh, user, opened.brief.id)
    return None


@router.post("/briefs/{id}/parts/name")
async def rename_part(request: Request, id: str, user: Me, old: Chosen = "", name: Chosen = "") -> Response:
    """Another name for a component."""
    shared = services(request)

    def work() -> Response:
        opened, new = _with_part(shared, id, user, old), name.strip()
        problems = _wrong_name(_of(old), new, [part for part in opened.state.parts if part != old])
        if problems:
            return _page(request, shared, opened, {_of(old): new}, problems, Hits(()))
        opened.state.rename_part(old, new)
        save_state(shared, opened.state, user, id)
        return to_brief(id, "/parts")

    return await shared.computing.run(work)


@router.post("/briefs/{id}/parts/remove")
async def remove_part(request: Request, id: str, user: Me, name: Chosen = "") -> Response:
    """Takes a component out with all that was answered about it."""
    shared = services(request)

    def work() -> Response:
        opened = _with_part(shared, id, user, name)
        said = _tried(shared, opened, user, lambda state: state.remove_part(name))
        if said is None:
            return to_brief(id, "/parts")
        return _page(request, shared, opened, {}, {_of(name): said}, Hits(()))

    return await shared.computing.run(work)


def _of(part: str) -> str:
    """The field of a component that is there already, unlike those of the new one."""
    return f"part {part}"


def _with_part(shared: Services, id: str, user: User, name: str) -> Opened:
    """The brief, when it has several components and that one among them; else a 404 problem."""
    opened = open_brief(shared, id, user)
    if len(opened.state.parts) < 2 or name not in opened.state.parts:
        raise ProblemError(Kind.NOT_FOUND)
    return opened
