"""Pages of the interview: a new project, its questions, corrections, and the end of it."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from admission.errors import InputError
from admission.record import NewDecision, brief_document
from admission.rulebook import Rulebook
from admission.screening.interview import Asked, Phase
from admission.service.pages import page
from admission.service.problem_words import Kind
from admission.service.problems import ProblemError
from admission.service.recording import DECISION_HEADER, record
from admission.service.screening import Screened
from admission.service.security.people import Me, User
from admission.service.state import Services, services
from admission.service.web.answering import NOTHING, Hits, Reply, key_of, lookup, read_form, texts
from admission.service.web.drafts import DraftState
from admission.service.web.opening import Opened, open_brief, save_state, to_brief
from admission.service.web.standing import (
    Standing,
    field_of,
    fields_of,
    given_answers,
    part_views,
    standing,
    steps_of_bounds,
)

__all__ = ["router"]

router = APIRouter(include_in_schema=False)
_LONGEST = 200


# a new project


@router.get("/briefs/new")
async def new_brief(request: Request, user: Me) -> Response:
    """The form that a project begins with."""
    return _new_form(request, services(request).rules.rulebook)


def _new_form(
    request: Request,
    rulebook: Rulebook,
    *,
    name: str = "",
    park: str | None = None,
    words: str = "",
    hits: Hits | None = None,
    problems: dict[str, str] | None = None,
) -> Response:
    parks = [(id, item.name.zh) for id, item in rulebook.parks.items()]
    given = {"name": name, "park": park, "words": words, "hits": hits or Hits(()), "problems": problems or {}}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problems else HTTPStatus.OK
    return page(request, "brief_new.html", status, parks=parks, **given)


@router.post("/briefs")
async def create_brief(request: Request, user: Me) -> Response:
    """Begins the interview of a project, or shows what is missing of the form."""
    shared, form = services(request), await request.form()
    rulebook = shared.rules.rulebook
    name, words = " ".join(texts(form, "name")), " ".join(texts(form, "words-1"))
    park, chosen = next(iter(texts(form, "park")), None), texts(form, "value-1")
    found = [code for text in chosen if (code := rulebook.vocabulary.codes.normalise(text)) is not None]
    problems = _wrong_start(name, park, rulebook)
    if "find" in form or (words and not found):
        problems.setdefault("industry", "请从查到的行业中选一个；没有合适的，换个词再查。")
    if problems:
        hits = lookup("industry", words, rulebook.vocabulary, found)
        return _new_form(request, rulebook, name=name, park=park, words=words, hits=hits, problems=problems)
    state = DraftState.new(name, park if park in rulebook.parks else None, found)
    saved = await shared.computing.run(save_state, shared, state, user)
    return to_brief(saved.id)


def _wrong_start(name: str, park: str | None, rulebook: Rulebook) -> dict[str, str]:
    problems: dict[str, str] = {}
    if not name:
        problems["name"] = "请填写项目名称。"
    elif len(name) > _LONGEST:
        problems["name"] = f"名称太长，最多 {_LONGEST} 个字。"
    if park is None or (park not in rulebook.parks and park != "unknown"):
        problems["park"] = "请选择园区；还没有定，就选“还没有定”。"
    return problems


@router.get("/lookup")
async def look_up(
    request: Request,
    user: Me,
    table: Annotated[str, Query(max_length=20)] = "industry",
    number: Annotated[int, Query(ge=1, le=100)] = 1,
) -> Response:
    """Codes that fit the words typed so far, as a piece of a page."""
    query, vocabulary = request.query_params, services(request).rules.rulebook.vocabulary
    words = query.get(f"words-{number}", "").strip()
    chosen = [text for text in query.getlist(f"value-{number}") if text != "不清楚"]
    hits = lookup(table, words, vocabulary, chosen)
    return page(request, "hits.html", hits=hits, words=words, number=number)


# the interview


@router.get("/briefs/{id}")
async def show_brief(request: Request, id: str, user: Me) -> Response:
    """The questions that are due, and where the result stands."""
    shared = services(request)
    return await shared.computing.run(_interview_page, request, shared, id, user)


def _interview_page(request: Request, shared: Services, id: str, user: User) -> Response:
    opened = open_brief(shared, id, user)
    try:
        found = standing(opened.state, shared.rules.rulebook, shared.clock.day())
    except InputError as error:  # newer rules see a contradiction in older answers
        return _contradicting(request, shared, opened, error)
    return _questions(request, shared, opened, found, Reply({}, fields_of(found)), HTTPStatus.OK)


def _contradicting(request: Request, shared: Services, opened: Opened, error: InputError) -> Response:
    reasons = [problem.reason("zh") for problem in error.problems]
    given = given_answers(opened.state, shared.rules.rulebook)
    values = {"brief": opened.brief, "state": opened.state, "reasons": reasons, "given": given}
    return page(request, "brief_contradicts.html", HTTPStatus.CONFLICT, **values)


def _questions(
    request: Request, shared: Services, opened: Opened, found: Standing, reply: Reply, status: HTTPStatus
) -> Response:
    rulebook, bounds = shared.rules.rulebook, found.interview.bounds
    asks = {ask.key: ask for ask in found.interview.asks}
    fields = tuple(replace(field, asked=asks.get(field.key)) for field in reply.fields)
    hits = {
        field.number: lookup(field.fact.codes, field.value[0] if field.problem else "", rulebook.vocabulary)
        for field in fields
        if field.kind == "code" and field.value
    }
    return page(
        request,
        "brief.html",
        status,
        brief=opened.brief,
        state=opened.state,
        found=found,
        interview=found.interview,
        steps=steps_of_bounds(bounds, opened.state.before),
        fields=fields,
        hits=hits,
        problem=reply.problem,
        given=given_answers(opened.state, rulebook),
        parts=part_views(opened.state, rulebook),
        park=rulebook.parks[found.project.park].name.zh if found.project.park else None,
    )


@router.post("/briefs/{id}/answers")
async def answer(request: Request, id: str, user: Me) -> Response:
    """Saves the answers of a form, or shows it again with what is wrong."""
    form = await request.form()
    shared = services(request)
    reply = await shared.computing.run(read_form, form, shared.rules.rulebook.vocabulary)
    later = "later" in form
    return await shared.computing.run(_answered, request, shared, id, user, reply, later)


def _answered(request: Request, shared: Services, id: str, user: User, reply: Reply, later: bool) -> Response:
    opened, rulebook, today = open_brief(shared, id, user), shared.rules.rulebook, shared.clock.day()
    state = opened.state
    before = standing(state, rulebook, today)
    parts = {part.name for part in before.project.components}
    if not reply.fields or any(field.key.component not in {None, *parts} for field in reply.fields):
        reply = Reply({}, fields_of(before), NOTHING)
    if later:
        state.skip(field.key for field in reply.fields)
        save_state(shared, state, user, id)
        return to_brief(id)
    if not reply.is_fine:
        return _questions(request, shared, opened, before, reply, HTTPStatus.UNPROCESSABLE_ENTITY)
    refined = {ask.key for ask in before.interview.asks if ask.refines}
    coarse = [key for key, value in reply.answers.items() if value is None and key in refined]
    answers = {key: value for key, value in reply.answers.items() if key not in coarse}
    fresh = DraftState.of(deepcopy(state.saved()))
    fresh.answer(answers, rulebook.vocabulary)
    fresh.before = before.interview.bounds
    try:
        after = standing(fresh, rulebook, today)
    except InputError as error:
        reasons = "；".join(problem.reason("zh") for problem in error.problems)
        told = replace(reply, problem=f"和前面的回答矛盾：{reasons}。请改正这一项，或在“已答”中改正前面的。")
        again = DraftState.of(brief_document(shared.store, opened.brief))
        return _questions(request, shared, Opened(opened.brief, again), before, told, HTTPStatus.UNPROCESSABLE_ENTITY)
    fresh.skip([*coarse, *(ask.key for ask in after.interview.asks if ask.refines and ask.key in answers)])
    save_state(shared, fresh, user, id)
    return to_brief(id)


@router.get("/briefs/{id}/answers")
async def correct(
    request: Request, id: str, user: Me, key: Annotated[str, Query(max_length=_LONGEST)] = ""
) -> Response:
    """One earlier answer, to be corrected."""
    shared = services(request)
    return await shared.computing.run(_correction, request, shared, id, user, key)


def _correction(request: Request, shared: Services, id: str, user: User, text: str) -> Response:
    opened, rulebook = open_brief(shared, id, user), shared.rules.rulebook
    key = key_of(text, rulebook.vocabulary)
    written = dict(opened.state.draft(rulebook.vocabulary).answers()) if key is not None else {}
    if key is None or key not in written:
        raise ProblemError(Kind.NOT_FOUND)
    value = written[key]
    shown = [_shown(item) for item in (value if isinstance(value, list) else [value])] or ["无"]
    field = replace(field_of(1, key, rulebook.vocabulary.facts[key.fact]), value=tuple(shown))
    hits = {1: lookup(field.fact.codes, "", rulebook.vocabulary, shown)} if field.kind == "code" else {}
    parts = part_views(opened.state, rulebook)
    return page(request, "brief_correct.html", brief=opened.brief, field=field, hits=hits, parts=parts)


def _shown(item: object) -> str:
    return ("是" if item else "否") if isinstance(item, bool) else str(item)


@router.post("/briefs/{id}/back")
async def back(request: Request, id: str, user: Me, key: Annotated[str, Form(max_length=_LONGEST)] = "") -> Response:
    """Takes the last answers back, or the one named."""
    shared = services(request)

    def work() -> Response:
        state = open_brief(shared, id, user).state
        vocabulary = shared.rules.rulebook.vocabulary
        named = key_of(key, vocabulary)
        if named is not None:
            state.take_back(named, vocabulary)
        elif not state.go_back(vocabulary):
            return to_brief(id)
        save_state(shared, state, user, id)
        return to_brief(id)

    return await shared.computing.run(work)


@router.post("/briefs/{id}/phase")
async def go_on(request: Request, id: str, user: Me, until: Annotated[Phase, Form()]) -> Response:
    """Goes on with the questions of a later phase, or with those that were put off."""
    shared = services(request)

    def work() -> Response:
        state = open_brief(shared, id, user).state
        left = _left_out(state, until, shared)
        state.until, state.skipped = until, left
        save_state(shared, state, user, id)
        return to_brief(id)

    return await shared.computing.run(work)


def _left_out(state: DraftState, until: Phase, shared: Services) -> list[Asked]:
    """The questions of the phase between, when one goes from admission straight to duties and score."""
    if (state.until, until) != (Phase.ADMISSION, Phase.MORE):
        return []
    state.until = Phase.LATER
    found = standing(state, shared.rules.rulebook, shared.clock.day())
    return [ask.key for ask in found.interview.asks]


@router.post("/briefs/{id}/finish")
async def finish(request: Request, id: str, user: Me) -> Response:
    """Decides on what is known and writes the decision down."""
    shared = services(request)
    found, new = await shared.computing.run(_decided, shared, id, user)
    written = await record(found, new, user.name, shared)
    return RedirectResponse(f"/decisions/{written.headers[DECISION_HEADER]}", HTTPStatus.SEE_OTHER)


def _decided(shared: Services, id: str, user: User) -> tuple[Screened, NewDecision]:
    at = standing(open_brief(shared, id, user).state, shared.rules.rulebook, shared.clock.day())
    shared.metrics.decisions.labels(at.decision.verdict).inc()
    content = at.decision.to_bytes()
    new = NewDecision(at.project, at.ruleset, at.decision, text=content, brief=id)
    shared.store.prepare((new.project, new.decision))
    return Screened(at.project, at.ruleset, at.decision, content), new
