"""Steps of a ticket by one key: those that need nothing are taken at once, the others ask what they need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from crm_tui.errors import Invalid
from crm_tui.records.about import Choice
from crm_tui.rules.amounts import read_money
from crm_tui.rules.ticket_states import WAITS, verb_name, wait_name
from crm_tui.ui.dialogs.ask import AskLine, Choose
from crm_tui.ui.dialogs.form import FormDialog, FormPlan
from crm_tui.ui.dialogs.pick import Pick
from crm_tui.ui.fields import FormField
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

Ticket = Mapping[str, Any]
"""The row of a ticket; `number` and `id` are read."""

BESIDE = ("cause", "grant", "need", "deal", "subtask", "ask", "article")
"""What can be done beside the steps, whatever the state."""


def choose_step(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    """List what can be done with a ticket now, then do it."""

    def show(steps: tuple[str, ...]) -> None:
        rows = [(one, verb_name(one), "") for one in (*steps, "note")]
        rows += [(one, beside_name(one), "") for one in BESIDE if one != "article" or ticket["state"] == "closed"]

        def chosen(step: str | None) -> None:
            if step is not None:
                take_step(screen, ticket, step)

        screen.app.push_screen(Choose(str(ticket["number"]), rows), chosen)

    screen.load(lambda crm: crm.tickets.possible(ticket["id"]), show, group="steps")


def beside_name(step: str) -> str:
    """What people call the things beside the steps."""
    return {
        "cause": t("Cause and prevention"),
        "grant": t("Compensation"),
        "need": t("A need for sales"),
        "deal": t("A deal of it"),
        "subtask": t("Ask a department"),
        "ask": t("Ask the engineer"),
        "article": t("Make an article of it"),
    }[step]


def take_step(screen: WorkingScreen[Any], ticket: Ticket, step: str) -> None:
    """Take a step, or do what stands beside them, asking for what it needs."""
    asks: dict[str, Callable[[WorkingScreen[Any], Ticket], None]] = {
        "dispatch": _dispatch, "wait": _wait, "done": _done, "review": _review, "cause": _cause, "grant": _grant,
        "subtask": _subtask,
    }  # fmt: skip
    if step in asks:
        asks[step](screen, ticket)
    elif step in ("refuse", "reopen", "note", "need", "deal"):
        _line(screen, ticket, step)
    elif step == "ask":
        screen.change(
            lambda crm: crm.articles.ask(ticket["id"]), lambda _: _said(screen, ticket, t("asked the engineer"))
        )
    elif step == "article":
        screen.change(
            lambda crm: crm.articles.from_ticket(ticket["id"]), lambda _: _said(screen, ticket, t("is an article now"))
        )
    else:
        _step(screen, ticket, step)


def _step(screen: WorkingScreen[Any], ticket: Ticket, step: str, **given: Any) -> None:
    def work(crm: Crm) -> Any:
        from crm_tui.services.tickets import Given

        return crm.tickets.step(ticket["id"], step, Given(**given))

    screen.change(work, lambda _: _said(screen, ticket, verb_name(step)))


def _said(screen: WorkingScreen[Any], ticket: Ticket, what: str) -> None:
    screen.toast(t("{number}: {what}. u takes it back", number=ticket["number"], what=what))


def _line(screen: WorkingScreen[Any], ticket: Ticket, step: str) -> None:
    """Steps with a line of text."""
    title = beside_name(step) if step in BESIDE else verb_name(step)

    def typed(text: str | None) -> None:
        if text is None:
            return
        if step == "need":
            screen.change(lambda crm: crm.tickets.need(ticket["id"], text), lambda _: _said(screen, ticket, title))
        elif step == "deal":
            screen.change(lambda crm: crm.tickets.deal(ticket["id"], text), lambda _: _said(screen, ticket, title))
        else:
            _step(screen, ticket, step, reason=text)

    screen.app.push_screen(AskLine(f"{title}: {ticket['number']}"), typed)


def _dispatch(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    """To whom: by load, with what each has open."""

    def show(people: list[tuple[str, str, str]]) -> None:
        def chosen(person: str | None) -> None:
            if person is not None:
                _step(screen, ticket, "dispatch", person=person)

        screen.app.push_screen(Pick(f"{verb_name('dispatch')}: {ticket['number']}", people), chosen)

    screen.load(_people, show, group="people")


def _people(crm: Crm) -> list[tuple[str, str, str]]:
    rows = crm.store.reader().execute(
        "SELECT id, name, coalesce(team, ''), (SELECT count(*) FROM tickets WHERE tickets.person = people.id "
        "AND live AND queue_key IS NOT NULL) FROM people WHERE live AND active IS NOT 0 ORDER BY 4, name"
    )
    return [(row, name, f"{team}  {t('{n} open', n=count)}".strip()) for row, name, team, count in rows]


def _wait(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    def chosen(why: str | None) -> None:
        if why is None:
            return

        def typed(text: str | None) -> None:
            if text is not None:
                _step(screen, ticket, "wait", why=why, reason=text)

        screen.app.push_screen(AskLine(t("Waiting for {what}: why", what=wait_name(why))), typed)

    rows = [(why, wait_name(why), "") for why in WAITS]
    screen.app.push_screen(Choose(t("What is waited for?"), rows), chosen)


def _form(screen: WorkingScreen[Any], ticket: Ticket, step: str, fields: list[FormField], **more: Any) -> None:
    """A form of a step; `more` are further parts of its plan."""
    title = more.pop("title")

    def closed(result: Any) -> None:
        if result is not None:
            _said(screen, ticket, t(title))

    plan = FormPlan(
        key=f"tickets.{step}:{ticket['id']}", title=title, fields=fields, name=str(ticket["number"]), **more
    )
    screen.app.push_screen(FormDialog(plan), closed)


def _with_causes(screen: WorkingScreen[Any], show: Callable[[tuple[Choice, ...]], None]) -> None:
    def causes(found: list[tuple[str, str]]) -> None:
        show(tuple(Choice(code, name, name) for code, name in found))

    screen.load(lambda crm: crm.corrective_actions.causes(), causes, group="causes")


def _done(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    def save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
        from crm_tui.services.tickets import Given

        cost = _money(crm, values.get("cost"), "cost") if values.get("cost") else None
        text = values.get("solution") or ""
        return crm.tickets.step(
            ticket["id"], "done", Given(text, "", None, values.get("minutes"), cost, values.get("cause"), text or None)
        )

    def show(causes: tuple[Choice, ...]) -> None:
        fields = [
            FormField("solution", "What helped", "解决办法", required=True),
            FormField("minutes", "Minutes", "分钟", "minutes"),
            FormField("cost", "Parts and travel", "配件与差旅"),
            FormField("cause", "Cause", "原因", "choice", causes),
        ]
        values = {"solution": ticket.get("solution"), "cause": ticket.get("cause")}
        _form(screen, ticket, "done", fields, title="Done", save=save, values=values, focus="solution")

    _with_causes(screen, show)


def _review(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    def save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
        answers = {name: values.get(name) for name in ("score", "attitude", "recommend", "text")}
        if values.get("solved") is None:
            raise Invalid({"solved": t("say whether it is solved")})
        return crm.tickets.review(ticket["id"], values["solved"] == "yes", answers)

    fields = [
        FormField(
            "solved", "Is it solved?", "是否解决", "choice", (Choice("yes", "Yes", "是"), Choice("no", "No", "否"))
        ),
        FormField("score", "Satisfaction 1-5", "满意度 1-5", "integer"),
        FormField("attitude", "Attitude 1-5", "服务态度 1-5", "integer"),
        FormField("recommend", "Recommends 0-10", "推荐度 0-10", "integer"),
        FormField("text", "Said", "客户原话"),
    ]
    _form(screen, ticket, "review", fields, title="Review callback", save=save, values={"solved": "yes"})


def _cause(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    def save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
        action = {name: values.get(name) for name in ("text", "person", "due")} if values.get("text") else None
        if not values.get("cause"):
            raise Invalid({"cause": t("must not be empty")})
        return crm.corrective_actions.set_cause(ticket["id"], str(values["cause"]), action)

    def show(causes: tuple[Choice, ...]) -> None:
        fields = [
            FormField("cause", "Cause", "原因", "choice", causes, required=True),
            FormField("text", "Against it", "纠正措施", gap=True),
            FormField("person", "Owner", "负责人", "link", link="people"),
            FormField("due", "Due", "到期", "day"),
        ]
        _form(screen, ticket, "cause", fields, title="Cause and prevention", save=save,
              values={"cause": ticket.get("cause")})  # fmt: skip

    _with_causes(screen, show)


def _grant(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    from crm_tui.records.grants import GRANT_KINDS

    def save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
        amount, currency = read_as_money(crm, values.get("amount"), "amount")
        given = {"kind": values.get("kind"), "amount": amount, "currency": currency, "reason": values.get("reason")}
        return crm.grants.give(ticket["id"], given)

    fields = [
        FormField("amount", "Amount", "金额", required=True),
        FormField("kind", "Kind", "类型", "choice", GRANT_KINDS),
        FormField("reason", "Reason", "理由", required=True),
    ]
    _form(screen, ticket, "grant", fields, title="Compensation", save=save, values={"kind": "compensation"})


def read_as_money(crm: Crm, text: Any, name: str) -> tuple[int, str]:
    """An amount as it was typed into the field `name`.

    Raises:
        Invalid: for that field.
    """
    try:
        return read_money(str(text or ""), crm.currency)
    except ValueError as error:
        raise Invalid({name: str(error)}) from None


def _money(crm: Crm, text: Any, name: str) -> int:
    return read_as_money(crm, text, name)[0]


def _subtask(screen: WorkingScreen[Any], ticket: Ticket) -> None:
    def save(crm: Crm, values: dict[str, Any], _: Mapping[str, Any]) -> Any:
        if values.get("promised") is None:
            raise Invalid({"promised": t("must not be empty")})
        return crm.tickets.subtask(
            ticket["id"], str(values.get("department") or ""), str(values.get("text") or ""), values["promised"],
            values.get("person"),
        )  # fmt: skip

    fields = [
        FormField("department", "Department", "部门", required=True),
        FormField("text", "What", "内容", required=True),
        FormField("promised", "Promised for", "承诺时间", "instant", required=True),
        FormField("person", "Person", "人员", "link", link="people"),
    ]
    _form(screen, ticket, "subtask", fields, title="Ask a department", save=save)
