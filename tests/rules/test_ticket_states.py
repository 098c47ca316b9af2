"""The life of a ticket: whatever is done in whatever order, only another person's review closes it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from crm_tui.errors import CrmError, Invalid, Refused
from crm_tui.paths import data_folder
from crm_tui.rules.sla import measure, used_time
from crm_tui.rules.ticket_states import (
    CLOSED,
    DONE,
    MOVES,
    REOPENED,
    STATES,
    WAITS,
    Flow,
    Standing,
    Step,
    check_flow,
    format_flow,
    parse_flow,
    possible,
    take,
    tell,
)
from crm_tui.rules.working_days import EVERY_DAY
from crm_tui.rules.working_time import ALWAYS, WorkClock
from tests.conftest import ZONE

FLOW = parse_flow(tomllib.loads((data_folder() / "desk.toml").read_text("utf-8"))["policies"]["desk_flow"])
WORK = WorkClock(EVERY_DAY, ALWAYS, ZoneInfo(ZONE))
T0 = datetime(2026, 11, 23, 1, tzinfo=UTC)
PEOPLE = ("wei", "li", "na", None)


def at(minutes: int) -> datetime:
    return T0 + timedelta(minutes=minutes)


def walk(*steps: tuple[str, ...]) -> Standing:
    """Take steps given as (verb, by, why)."""
    now = Standing()
    for n, (verb, *rest) in enumerate(steps):
        by, why = [*rest, None, None][:2]
        now = take(FLOW, now, Step(verb, at(n), by, why or ""))
    return now


class Ticket(RuleBasedStateMachine):
    """Anybody tries anything; the log holds what was let through."""

    @initialize()
    def opened(self) -> None:
        self.now, self.minute = Standing(), 0
        self.log = [Step("receive", at(0), "na")]
        self.reopened = 0
        self.waited = self.open_wait = self.rested = 0
        self.done_at: int | None = None
        self.last_workers: set[str] = set()

    @rule(
        verb=st.sampled_from([*MOVES, "wait", "resume", "review", "note"]),
        by=st.sampled_from(PEOPLE),
        why=st.sampled_from([*WAITS, "solved", "unsolved", ""]),
        minutes=st.integers(1, 500),
    )
    def attempt(self, verb: str, by: str | None, why: str, minutes: int) -> None:
        step = Step(verb, at(self.minute + minutes), by, why)
        before = self.now
        try:
            after = take(FLOW, before, step)
        except CrmError:
            assert verb not in possible(FLOW, before) or verb in ("wait", "review", "done")
            return
        if verb != "note" and before.waiting:
            self.waited += minutes + self.minute - self.open_wait
        self.minute += minutes
        self.now = after
        self.log.append(step)
        if verb == "wait":
            self.open_wait = self.minute
        if verb == "done":
            assert by is not None
            self.done_at = self.minute
        if after.state == REOPENED and before.state in (DONE, CLOSED):
            self.reopened += 1
            self.rested += self.minute - (self.done_at or 0)
            self.done_at = None
        if after.state == CLOSED and before.state != CLOSED:
            assert (verb, why, before.state) == ("review", "solved", DONE)
            assert by is not None
            assert by != before.done_by
            assert by not in before.workers

    @invariant()
    def closed_by_another_only(self) -> None:
        if self.now.state == CLOSED:
            assert self.now.reviewed_by not in (None, self.now.done_by)
            assert self.now.done_by is not None

    @invariant()
    def waiting_lies_over_work_only(self) -> None:
        assert not (self.now.waiting and self.now.state in (DONE, CLOSED))

    @invariant()
    def there_is_always_a_way_on(self) -> None:
        assert possible(FLOW, self.now)

    @invariant()
    def the_log_adds_up(self) -> None:
        told = tell(self.log)
        assert told.reopened == self.reopened
        assert (told.finished is not None) == (self.now.state in (DONE, CLOSED))
        assert (told.closed is not None) == (self.now.state == CLOSED)
        assert told.workers == self.now.workers
        waiting = [pause for pause in told.pauses if pause.end is None]
        assert len(waiting) == bool(self.now.waiting)
        end = at(self.minute)
        clock = measure(WORK, T0, end, 60, told.pauses, told.finished)
        over = self.minute if self.done_at is None else self.done_at
        still = self.minute - self.open_wait if self.now.waiting else 0
        assert clock.used == over - self.waited - self.rested - still
        assert clock.paused == bool(self.now.waiting)
        paused = sum(((p.end or end) - p.start for p in told.pauses), timedelta())
        assert used_time(WORK, T0, end if told.finished is None else told.finished, told.pauses) + paused == (
            (end if told.finished is None else told.finished) - T0
        )


Ticket.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestTicket = Ticket.TestCase


def test_the_ordinary_way() -> None:
    now = walk(
        ("respond", "na"), ("dispatch", "na"), ("accept", "wei"), ("arrive", "wei"), ("done", "wei"),
        ("review", "li", "solved"),
    )  # fmt: skip
    assert (now.state, now.done_by, now.reviewed_by) == (CLOSED, "wei", "li")


def test_who_did_the_job_cannot_review_it() -> None:
    for worker in ("wei", "li"):
        with pytest.raises(Refused, match="another person"):
            walk(("accept", "li"), ("dispatch", "li"), ("arrive", "li"), ("done", "wei"), ("review", worker, "solved"))


def test_a_review_without_a_name_is_refused() -> None:
    with pytest.raises(Refused, match="who you are"):
        walk(("done", "wei"), ("review", None, "solved"))
    with pytest.raises(Refused, match="who you are"):
        walk(("done", None))


def test_a_failed_review_reopens_and_the_worker_may_review_nothing_of_the_new_round_but_others_may() -> None:
    now = walk(("done", "wei"), ("review", "li", "unsolved"))
    assert now == Standing(REOPENED)
    assert take(FLOW, take(FLOW, now, Step("done", T0, "li")), Step("review", T0, "wei", "solved")).state == CLOSED


def test_waiting_needs_to_know_for_what() -> None:
    with pytest.raises(Invalid):
        walk(("wait", "na", "lunch"))
    assert walk(("wait", "na", "part")).waiting == "part"
    with pytest.raises(Refused, match="waits already"):
        walk(("wait", "na", "part"), ("wait", "na", "customer"))
    assert walk(("wait", "na", "part"), ("dispatch", "na")).waiting == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("received: done>closed", "only a review"),
        ("received: respond>responded", "no way leads"),
        ("received: done>done accept>accepted; reopened: done>done", "dead end"),
        ("received: done>done; reopened: accept>accepted; accepted: refuse>reopened", "nothing else"),
        ("received: done>done", "dead end"),
        ("received: done>done; done: accept>accepted; accepted: done>done; reopened: done>done", "only a review"),
        ("received: fly>done", "not understood"),
        ("nowhere: done>done", "not understood"),
    ],
)
def test_a_flow_with_a_dead_end_or_a_way_past_the_review_is_refused(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        parse_flow(text)


def test_a_short_flow_is_sound_and_written_flows_read_back() -> None:
    short = parse_flow("received: done>done\nreopened: done>done")
    assert parse_flow(format_flow(short)) == short
    assert parse_flow(format_flow(FLOW)) == FLOW


@given(
    st.dictionaries(
        st.sampled_from(STATES),
        st.dictionaries(st.sampled_from(MOVES), st.sampled_from(STATES), max_size=4),
        max_size=8,
    )
)
@settings(max_examples=200, deadline=None)
def test_a_flow_that_passes_the_check_always_leads_to_the_review(moves: dict[str, dict[str, str]]) -> None:
    flow = Flow(moves)
    if check_flow(flow):
        return
    seen, open_ends = {"received", REOPENED}, ["received", REOPENED]
    while open_ends:
        state = open_ends.pop()
        steps = flow.moves.get(state, {})
        assert CLOSED not in steps.values()
        assert steps or state == DONE
        for to in steps.values():
            if to not in seen:
                seen.add(to)
                open_ends.append(to)
    assert DONE in seen


def test_mixed_logs_of_two_machines_add_up_without_an_error() -> None:
    steps = [
        Step("receive", at(0)), Step("wait", at(5), "a", "part"), Step("wait", at(7), "b", "customer"),
        Step("done", at(10), "a"), Step("done", at(12), "b"), Step("review", at(14), "c", "unsolved"),
        Step("review", at(15), "d", "solved"), Step("wait", at(20), "a", "part"),
    ]  # fmt: skip
    told = tell(steps)
    assert (told.reopened, told.finished, told.closed) == (1, None, None)
    assert [(p.why, p.end) for p in told.pauses] == [("part", at(10)), ("review", at(14)), ("part", None)]
