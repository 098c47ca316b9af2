"""One typed line becomes a plan, a logged contact or a series: what it says, who is meant, and writing it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from crm_tui.errors import NotFound, Refused
from crm_tui.rules import series as patterns
from crm_tui.rules.captured import Captured
from crm_tui.rules.captured_series import series_of
from crm_tui.rules.captured_steps import took_place
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

_LOOKED_UP = 12
"""So many words of a line are looked up as parts of names; whole names all of them."""
_HITS = 8


@dataclass(frozen=True)
class Named:
    """A customer that a word may mean: its id and name, and the contact person's id if he was named."""

    id: str
    name: str
    contact: str | None = None


@dataclass(frozen=True)
class Understood:
    """A line, read against this file.

    Attributes:
        captured: what the words say.
        choices: the customers that may be meant; one if it is clear.
        start: when (aware, local): the time, or nine o'clock; None if no day was read.
        past: whether it is a contact that took place.
        rule: the series that it says, None for a single one.
        person: id of whose it is, if the line names somebody.
        problem: why it cannot be written yet, as a sentence; "" if it can.
        next_start: when the next step is, where the line tells one besides what took place (`captured.following`).
        next_person: id of whose the next step is, if the line says so.
        warning: what speaks against it without forbidding it (he asked not to be called), as a sentence.
    """

    captured: Captured
    choices: tuple[Named, ...]
    start: datetime | None
    past: bool
    rule: patterns.Series | None
    person: str | None
    problem: str
    next_start: datetime | None = None
    next_person: str | None = None
    warning: str = ""

    @property
    def customer(self) -> Named | None:
        """The customer, if only one may be meant."""
        return self.choices[0] if len(self.choices) == 1 else None

    @property
    def kind(self) -> str:
        """The kind of contact, a visit unless said."""
        return self.captured.kind or "visit"

    @property
    def next_kind(self) -> str:
        """The kind of the next step, that of the contact unless said."""
        following = self.captured.following
        return (following.kind if following is not None else None) or self.kind


class Captures:
    """Reads and writes typed lines."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def read(self, line: str, *, past: bool = False, customer: str | None = None) -> Understood:
        """Say what a line means here; nothing is written.

        Args:
            line: as typed.
            past: whether it logs what was, so that days without a year are the last ones.
            customer: whose it is, where that is known already (a card): the line names nobody then.
        """
        from crm_tui.rules.capture import capture, who_candidates

        now = self.crm.local_now()
        calendar = self.crm.calendar_days.calendar()
        known = {} if customer else self._known(line, who_candidates(line))
        captured = capture(
            line, now, past=past, is_working_day=calendar.is_working,
            find=None if customer else lambda text: known.get(text, ()),
        )  # fmt: skip
        if customer:
            choices: tuple[Named, ...] = (Named(customer, str(self.crm.customers.get(customer)["name"])),)
        else:
            choices = tuple(captured.who.matches) if captured.who else ()
        start = captured.when.start(now.tzinfo) if captured.when else None
        when = captured.when if captured.repeat is None else None
        is_past = when is not None and took_place(when, now, past=past or captured.over)
        rule, problem = self._rule(captured, start)
        person, unknown = self._person(captured.person)
        following = captured.following
        next_person, unknown_next = self._person(following.person if following else None)
        next_start = following.when.start(now.tzinfo) if following and following.when else None
        return Understood(
            captured, choices, start, is_past, rule, person,
            problem or unknown or unknown_next or self._lacks(captured, choices, start), next_start, next_person,
            self._against(captured, choices),
        )  # fmt: skip

    def write(self, understood: Understood, customer: str | None = None) -> Changes:
        """Write what a line means: a plan, a contact that took place, or a series with its plans.

        Args:
            understood: what `read` gave.
            customer: the one that was chosen, where several were meant.

        Raises:
            Refused: if something is missing.
        """
        chosen = next((one for one in understood.choices if one.id == customer), understood.customer)
        whose = customer or (chosen.id if chosen else None)
        if whose is None or (understood.problem and not (customer and len(understood.choices) > 1)):
            raise Refused(understood.problem or t("say which customer"))
        captured = understood.captured
        values: dict[str, Any] = {"person": understood.person} if understood.person else {}
        if chosen and chosen.contact:
            values["contact"] = chosen.contact
        if understood.rule is not None:
            given = {**values, "minutes": captured.minutes}
            return self.crm.series.create(whose, understood.rule, understood.kind, captured.text, given)
        assert understood.start is not None
        if understood.past:
            text = captured.text or captured.line
            logged = {
                "kind": understood.kind,
                "summary": text,
                "started": understood.start,
                "minutes": captured.minutes,
            }
            return self._log(understood, whose, {**values, **logged})
        values["planned_minutes"] = captured.minutes
        return self.crm.visits.plan(whose, understood.start, understood.kind, captured.text, values)

    def _log(self, understood: Understood, whose: str, values: dict[str, Any]) -> Changes:
        """Log what took place; the next step that the line tells is planned in the same action."""
        following = understood.captured.following
        if following is None or understood.next_start is None:
            return self.crm.visits.log(whose, values)
        planned = {"planned_minutes": following.minutes, "contact": values.get("contact")}
        person = understood.next_person or understood.person
        if person:
            planned["person"] = person
        return self.crm.visits.log(
            whose, values, understood.next_start, following.text, next_kind=understood.next_kind, next_values=planned
        )

    def named(self, text: str) -> tuple[Named, ...]:
        """The customers that a text names, best whole names first; none if it names nobody."""
        from crm_tui.rules.capture import who_candidates

        candidates = who_candidates(text)
        exact = self._exact(candidates)
        return next((exact[one] for one in candidates if one in exact), ())

    def _known(self, line: str, candidates: tuple[str, ...]) -> dict[str, tuple[Named, ...]]:
        """What is known under the runs of words of a line: whole names, else parts of names."""
        from crm_tui.rules.capture import name_parts

        exact = self._exact(candidates)
        if exact:
            return exact
        found = {}
        for word in name_parts(line)[:_LOOKED_UP]:
            hits = self.crm.customers.find(word, _HITS).items
            if hits:
                found[word] = tuple(Named(hit.id, hit.name) for hit in hits)
        return found

    def _exact(self, candidates: tuple[str, ...]) -> dict[str, tuple[Named, ...]]:
        """Customers whose name, number or contact person is exactly one of these."""
        from crm_tui.rules.pinyin import sort_key

        db = self.crm.store.reader()
        found: dict[str, tuple[Named, ...]] = {}
        for text in candidates:
            rows = db.execute(
                "SELECT id, name FROM customers INDEXED BY customers_by_name WHERE live AND sort_key = ? LIMIT 50",
                (sort_key(text),),
            )
            same = [Named(row, name) for row, name in rows if str(name).casefold() == text.casefold()]
            if not same:
                same = [
                    Named(row, name, contact) for contact, row, name in db.execute(
                        "SELECT p.id, c.id, c.name FROM contacts p CROSS JOIN customers c ON c.id = p.customer "
                        "WHERE p.name = ? AND p.live AND c.live LIMIT 9", (text,),
                    )
                ]  # fmt: skip
            if same:
                found[text] = tuple(same)
        return found

    def _rule(self, captured: Captured, start: datetime | None) -> tuple[patterns.Series | None, str]:
        if captured.repeat is None:
            return None, ""
        begin = start or captured_start(captured, self.crm.local_now())
        try:
            rule = series_of(captured.repeat, begin.replace(tzinfo=None), self.crm.zone)
        except Refused as error:
            return None, str(error)
        if rule is None:
            return None, t("what returns by the lunar calendar is a key date: add it to the customer")
        return rule, ""

    def _against(self, captured: Captured, choices: tuple[Named, ...]) -> str:
        """Who asked not to be called, where the line or its next step is a call."""
        following = captured.following
        kinds = (captured.kind, (following.kind or captured.kind) if following else None)
        found = (self.crm.no_calls.warning(one.id, kind, one.contact) for one in choices[:_HITS] for kind in kinds)
        return "; ".join(dict.fromkeys(filter(None, found)))

    def _person(self, text: str | None) -> tuple[str | None, str]:
        if text is None:
            return None, ""
        try:
            return str(self.crm.people.find(text)["id"]), ""
        except NotFound as error:
            return None, str(error)

    def _lacks(self, captured: Captured, choices: tuple[Named, ...], start: datetime | None) -> str:
        if not choices:
            return t("no customer is named that is known here")
        if len(choices) > 1:
            names = "; ".join(one.name for one in choices[:_HITS])
            return t("“{text}” may be several: {names}", text=captured.who.text if captured.who else "", names=names)
        if start is None and captured.repeat is None:
            return t("no day is told")
        return ""


def captured_start(captured: Captured, now: datetime) -> datetime:
    """The first moment from which a series without a first day counts: today at nine, or tomorrow if that is over."""
    morning = now.replace(hour=9, minute=0, second=0, microsecond=0)
    return morning if now <= morning or captured.repeat is None else morning + timedelta(days=1)
