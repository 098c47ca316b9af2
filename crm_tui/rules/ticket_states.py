"""The life of a ticket: which step may follow which, who may take it, and what a log of steps adds up to.

received → responded → in work (accepted, dispatched, arrived) → done, to be reviewed → closed, or reopened. Waiting
lies over the state and ends with the next step. Only a review by somebody who did not do the job closes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from crm_tui.errors import Invalid, Refused
from crm_tui.rules.sla import Pause
from crm_tui.words import t

STATES = ("received", "responded", "accepted", "dispatched", "arrived", "done", "reopened", "closed")
MOVES = ("respond", "accept", "refuse", "dispatch", "arrive", "done", "reopen")
"""Steps that lead from one state to another by the flow; review leads by its answer."""

WAITS = ("customer", "part", "department")
RESPONSES = frozenset({"respond", "accept", "dispatch", "arrive", "done"})
"""The first of these stops the clock of the response."""

START, DONE, CLOSED, REOPENED = "received", "done", "closed", "reopened"


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a ticket's log.

    Attributes:
        verb: one of `MOVES`, or receive, wait, resume, review, note.
        at: when (aware).
        by: id of who.
        why: what is waited for; of a review "solved" or "unsolved".
        reason: as typed.
    """

    verb: str
    at: datetime
    by: str | None = None
    why: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a ticket stands.

    Attributes:
        state: one of `STATES`.
        waiting: what is waited for, "" for nothing.
        done_by: id of who did the job last.
        reviewed_by: id of who closed it.
        workers: ids of all who accepted, arrived at or did the job since it was opened last.
    """

    state: str = START
    waiting: str = ""
    done_by: str | None = None
    reviewed_by: str | None = None
    workers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Flow:
    """Which step leads where, by state."""

    moves: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def verbs(self, state: str) -> tuple[str, ...]:
        """The steps that a state allows by the flow, in the order of `MOVES`."""
        return tuple(verb for verb in MOVES if verb in self.moves.get(state, {}))


def parse_flow(text: str) -> Flow:
    """Read "received: respond>responded accept>accepted; responded: done>done …".

    Raises:
        Refused: a part is not understood, or the flow has a dead end; with a sentence.
    """
    moves: dict[str, dict[str, str]] = {}
    for part in filter(None, (part.strip() for part in text.replace("\n", ";").replace("；", ";").split(";"))):
        state, colon, rest = part.replace("：", ":").partition(":")
        state = state.strip()
        steps = [one.partition(">") for one in rest.split()]
        if not colon or state not in STATES or any(v not in MOVES or to not in STATES for v, _, to in steps):
            raise Refused(t("“{text}” is not understood; write steps like received: respond>responded", text=part[:40]))
        moves.setdefault(state, {}).update({verb: to for verb, _, to in steps})
    flow = Flow(moves)
    problems = check_flow(flow)
    if problems:
        raise Refused(problems[0])
    return flow


def format_flow(flow: Flow) -> str:
    """Write a flow so that `parse_flow` reads it back."""
    parts = []
    for state in STATES:
        steps = " ".join(f"{verb}>{flow.moves[state][verb]}" for verb in MOVES if verb in flow.moves.get(state, {}))
        if steps:
            parts.append(f"{state}: {steps}")
    return "; ".join(parts)


def check_flow(flow: Flow) -> list[str]:
    """Sentences about what is wrong: ways past the review, states that lead nowhere, no way from the beginning."""
    problems = []
    for state, steps in flow.moves.items():
        for verb, to in steps.items():
            if to == CLOSED or (state == DONE and verb != "reopen"):
                problems.append(t("{state} {verb}: only a review may follow the job", state=state, verb=verb))
            if state == CLOSED and verb != "reopen":
                problems.append(t("{state} {verb}: what is closed can only be reopened", state=state, verb=verb))
            if (to == REOPENED) != (verb == "reopen"):
                problems.append(t("{state} {verb}: reopening, and nothing else, leads to reopened",
                                  state=state, verb=verb))  # fmt: skip
    reachable = _reach(flow, START) | {REOPENED}
    reachable |= _reach(flow, REOPENED)
    if DONE not in reachable:
        problems.append(t("no way leads from received to done"))
    for state in STATES:
        if state in reachable and state not in (DONE, CLOSED) and DONE not in _reach(flow, state):
            problems.append(t("{state} is a dead end: no way leads to done", state=state))
    return problems


def _reach(flow: Flow, start: str) -> set[str]:
    found, open_ends = {start}, [start]
    while open_ends:
        for to in flow.moves.get(open_ends.pop(), {}).values():
            if to not in found:
                found.add(to)
                open_ends.append(to)
    return found


def possible(flow: Flow, now: Standing) -> tuple[str, ...]:
    """The steps that may be taken, whoever takes them."""
    found = list(flow.verbs(now.state))
    if now.state not in (DONE, CLOSED):
        found.append("resume" if now.waiting else "wait")
    if now.state == DONE:
        found.append("review")
    return tuple(found)


def take(flow: Flow, now: Standing, step: Step) -> Standing:
    """Where a ticket stands after a step.

    Raises:
        Refused: the step does not fit the state, or the person may not take it; with a sentence.
        Invalid: what the step needs is missing.
    """
    if step.verb == "note":
        return now
    if step.verb not in possible(flow, now):
        raise Refused(_unfit(now, step.verb))
    if step.verb == "wait":
        if step.why not in WAITS:
            raise Invalid({"waiting": t("say what is waited for: {known}", known=", ".join(WAITS))})
        return _replace(now, waiting=step.why)
    if step.verb == "resume":
        return _replace(now, waiting="")
    if step.verb == "review":
        return _reviewed(now, step)
    state = flow.moves[now.state][step.verb]
    if step.verb == "reopen":
        return Standing(state)
    workers = now.workers
    if step.verb in ("accept", "arrive", "done") and step.by:
        workers |= {step.by}
    if step.verb == "refuse" and step.by:
        workers -= {step.by}
    if step.verb == "done" and step.by is None:
        raise Refused(t("say who you are first (crm-tui people me NAME): another person has to review the job"))
    done_by = step.by if step.verb == "done" else now.done_by
    return Standing(state, "", done_by, None, workers)


def _reviewed(now: Standing, step: Step) -> Standing:
    if step.by is None:
        raise Refused(t("say who you are first (crm-tui people me NAME): a review has a name"))
    if step.by == now.done_by or step.by in now.workers:
        raise Refused(t("who did the job cannot review it; another person makes the call"))
    if step.why == "solved":
        return Standing(CLOSED, "", now.done_by, step.by, now.workers)
    if step.why == "unsolved":
        return Standing(REOPENED)
    raise Invalid({"solved": t("say whether it is solved")})


def _unfit(now: Standing, verb: str) -> str:
    if verb == "review":
        return t("only what is done can be reviewed; this ticket is {state}", state=state_name(now.state))
    if verb == "wait" and now.waiting:
        return t("this ticket waits already; resume it first")
    if verb == "resume":
        return t("this ticket does not wait")
    return t("{verb} does not follow on {state}", verb=verb_name(verb), state=state_name(now.state))


def _replace(now: Standing, waiting: str) -> Standing:
    return Standing(now.state, waiting, now.done_by, now.reviewed_by, now.workers)


@dataclass(frozen=True, slots=True)
class Story:
    """What the log of a ticket adds up to; logs of two machines may be mixed, and need not fit one another.

    Attributes:
        responded: when the first answer was given.
        finished: when the job was done last; None while it is not, or is reopened.
        closed: when it was closed; None unless it is.
        pauses: spans in which the clock of the solution stands, reviews of failed jobs among them.
        reopened, dispatched, refused: how often.
        workers: who worked on it since it was reopened last.
    """

    responded: datetime | None = None
    finished: datetime | None = None
    closed: datetime | None = None
    pauses: tuple[Pause, ...] = ()
    reopened: int = 0
    dispatched: int = 0
    refused: int = 0
    workers: frozenset[str] = frozenset()


def tell(steps: Iterable[Step]) -> Story:
    """Add up a log; `steps` in the order of their time."""
    ordered = list(steps)
    responded = next((one.at for one in ordered if one.verb in RESPONSES), None)
    finished, closed, pauses = _spans(ordered)
    workers: set[str] = set()
    for one in ordered:
        if _reopens(one):
            workers.clear()
        elif one.by and one.verb in ("accept", "arrive", "done"):
            workers.add(one.by)
        elif one.by and one.verb == "refuse":
            workers.discard(one.by)
    return Story(
        responded, finished, closed, tuple(pauses), sum(map(_reopens, ordered)),
        sum(one.verb == "dispatch" for one in ordered), sum(one.verb == "refuse" for one in ordered),
        frozenset(workers),
    )  # fmt: skip


def _reopens(step: Step) -> bool:
    return step.verb == "reopen" or (step.verb == "review" and step.why == "unsolved")


def _spans(steps: Sequence[Step]) -> tuple[datetime | None, datetime | None, list[Pause]]:
    """When it was done and closed, and the pauses; any move ends a wait, reopening ends the rest after the job."""
    pauses: list[Pause] = []
    waiting: Step | None = None
    finished: datetime | None = None
    closed: datetime | None = None
    for one in steps:
        if waiting is not None and one.verb not in ("note", "wait", "receive"):
            pauses.append(Pause(waiting.at, one.at, waiting.why, waiting.reason))
            waiting = None
        if one.verb == "wait" and waiting is None and finished is None:
            waiting = one
        elif one.verb == "done":
            finished = finished or one.at
        elif _reopens(one):
            if finished is not None:
                pauses.append(Pause(finished, one.at, "review"))
            finished = closed = None
        elif one.verb == "review" and finished is not None:
            closed = one.at
    if waiting is not None:
        pauses.append(Pause(waiting.at, None, waiting.why, waiting.reason))
    return finished, closed, pauses


def state_name(state: str) -> str:
    """What people call a state."""
    said = {
        "received": t("received"), "responded": t("responded"), "accepted": t("accepted"),
        "dispatched": t("dispatched"), "arrived": t("on site"), "done": t("to be reviewed"),
        "reopened": t("reopened"), "closed": t("closed"),
    }  # fmt: skip
    return said.get(state, state)


def wait_name(why: str) -> str:
    """What people call what is waited for."""
    said = {"customer": t("customer"), "part": t("part"), "department": t("other department"), "review": t("review")}
    return said.get(why, why)


def verb_name(verb: str) -> str:
    """What people call a step."""
    said = {
        "receive": t("received"), "respond": t("Respond"), "accept": t("Accept"), "refuse": t("Refuse"),
        "dispatch": t("Dispatch"), "arrive": t("Arrive"), "done": t("Done"), "reopen": t("Reopen"), "wait": t("Wait"),
        "resume": t("Resume"), "review": t("Review"), "note": t("Note"), "close": t("Close"),
    }  # fmt: skip
    return said.get(verb, verb)
