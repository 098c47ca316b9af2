"""Quotes: lines, versions, the approver above the limit, what the customer reads, and the order that comes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import Any

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.rules.discounts import approvers, discount_of, parse_limits
from crm_tui.rules.dues import parse_due
from crm_tui.rules.ids import fixed_id
from crm_tui.rules.money import BASIS, line_total, percent
from crm_tui.rules.policies import DISCOUNTS, DUE, QUOTE_DAYS
from crm_tui.services.noun import NounService, Row
from crm_tui.services.numbering import next_number
from crm_tui.services.sale_lines import Wanted, cost_of, read_lines
from crm_tui.store.database import Changes, Work
from crm_tui.words import t

LETTER = "Q"


@dataclass(frozen=True)
class Discount:
    """The largest discount of a quote against what its person may give, in basis points.

    Attributes:
        given: what the quote gives; `limit` what its person may give.
        approved: whether somebody above has approved as much.
        approvers: who may.
    """

    given: int
    limit: int
    approved: bool
    approvers: tuple[str, ...]

    @property
    def needs_approval(self) -> bool:
        """Whether it may not be sent yet."""
        return self.given > self.limit and not self.approved


class Quotes(NounService):
    """Offers: new, changed, approved, sent, accepted."""

    def find(self, text: str) -> Row:
        """The one quote that `text` means: an id, a number, or a customer with one open quote.

        Raises:
            NotFound: if there is none, or several.
        """
        said = text.strip()
        found = self._rows("id = ? OR (number = ? COLLATE NOCASE AND live)", (said, said))
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(t("more than one quote has the number {number}; use the id", number=said))
        customer = self.crm.customers.resolve(said)
        open_ones = [row for row in self.of(customer) if row["status"] in ("draft", "sent")]
        if len(open_ones) == 1:
            return open_ones[0]
        known = ", ".join(str(row["number"]) for row in open_ones) or "-"
        raise NotFound(t("one open quote is needed; there are: {known}", known=known))

    def newest(self, limit: int, everything: bool = False) -> list[Row]:
        """Quotes, the newest first; only open ones unless everything is wanted."""
        some = "" if everything else " AND status IN ('draft', 'sent')"
        return self._rows(f"live{some} ORDER BY day DESC, id DESC LIMIT ?", (limit,))

    def lines(self, quote: str) -> list[Row]:
        """Its lines in order, each with its `total`."""
        rows = self.crm.noun("quote_lines")._rows("quote = ? AND live ORDER BY position, id", (quote,))
        return [{**row, "total": line_total(row["quantity"], row["price"], row["discount"] or 0)} for row in rows]

    def new(
        self, customer: str, lines: Sequence[str], values: Mapping[str, Any] | None = None, *, deal: str | None = None
    ) -> Changes:
        """Write a draft.

        Args:
            customer: for whom.
            lines: as they are typed, see `rules.line_text`.
            values: further fields: subject, due_rule, valid_until, currency, language, note …
            deal: the deal that it belongs to.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        row = self._row(customer, {**(values or {}), "deal": deal})
        wanted = read_lines(self.crm, lines, customer, date.fromisoformat(str(row["day"])), str(row["currency"]))
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Quoted {name}", noun=self.name, name=name) as work:
            row["number"] = next_number(work, self.name, LETTER)
            ident = work.insert(self.name, row)
            self._insert_lines(work, ident, wanted, 0)
        return work.changes

    def _row(self, customer: str, values: Mapping[str, Any]) -> Row:
        today = self.crm.local_now().date()
        me = self.crm.people.me()
        about = self.crm.customers.get(customer)
        given = {
            **{"id": "0" * 32, "customer": customer, "day": today, "currency": self.crm.products.currency()},
            **{"due_rule": self.crm.policies.value(DUE), "status": "draft", "status_day": today, "version": 1},
            **{"person": (me and me["id"]) or about["owner"], "language": about["language"]},
            "valid_until": today + timedelta(days=self.crm.policies.number(QUOTE_DAYS)),
            **{name: value for name, value in values.items() if value not in (None, "")},
        }
        row = self.noun.validate(given)
        row.pop("id")
        self.check(row, None)
        return row

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a payment rule that nobody understands; it is kept as the rule says it."""
        super().check(row, own)
        check_due(row)

    def add_lines(self, quote: str, lines: Sequence[str]) -> Changes:
        """Add lines to a draft.

        Raises:
            Refused: if it is no draft any more.
            Invalid: with a sentence, for a line that makes no sense.
        """
        row = self._draft(quote)
        day = date.fromisoformat(row["day"]) if row["day"] else self.crm.local_now().date()
        wanted = read_lines(self.crm, lines, row["customer"], day, row["currency"])
        with self.store.action("Changed quote {number}", noun=self.name, number=row["number"]) as work:
            self._insert_lines(work, quote, wanted, len(self.lines(quote)))
        return work.changes

    def drop_line(self, quote: str, place: int) -> Changes:
        """Take a line out of a draft; the first is 1.

        Raises:
            Refused: if it is no draft, or has no such line.
        """
        row = self._draft(quote)
        lines = self.lines(quote)
        if not 1 <= place <= len(lines):
            raise Refused(t("the quote has no line {n}", n=place))
        with self.store.action("Changed quote {number}", noun=self.name, number=row["number"]) as work:
            work.write("quote_lines", [lines[place - 1]["id"]], "deleted", "trashed")
        return work.changes

    def _insert_lines(self, work: Work, quote: str, wanted: Sequence[Wanted], first: int) -> None:
        for place, line in enumerate(wanted, first + 1):
            values = self.crm.noun("quote_lines").noun.validate({"id": "0" * 32, "quote": quote, **line.values(place)})
            values.pop("id")
            work.insert("quote_lines", values)
        work.ids[:] = [quote]

    def _draft(self, quote: str) -> Row:
        row = self.get(quote)
        if row["status"] != "draft" or row["deleted"]:
            raise Refused(t("quote {number} is no draft any more: make a new version", number=row["number"]))
        return row

    def discount(self, quote: str) -> Discount:
        """The largest discount against the limit of the person's role."""
        row = self.get(quote)
        day = date.fromisoformat(row["day"]) if row["day"] else self.crm.local_now().date()
        given = 0
        for line in self.lines(quote):
            listed = (
                self.crm.products.price(line["product"], row["customer"], day, row["currency"])
                if line["product"]
                else None
            )
            given = max(given, discount_of(line["price"], line["discount"] or 0, listed))
        limits = parse_limits(self.crm.policies.value(DISCOUNTS))
        people = self.crm.people.all()
        person = next((one for one in people if one["id"] == row["person"]), None)
        limit = limits.get(str(person["role"]), 0) if person else BASIS
        able = approvers(given, [(str(one["name"]), str(one["role"])) for one in people if one["active"] != 0], limits)
        approved = row["approved_by"] is not None and (row["approved_discount"] or 0) >= given
        return Discount(given, limit, approved, tuple(able))

    def approve(self, quote: str) -> Changes:
        """Approve the discount as the person who works here.

        Raises:
            Refused: if nobody says who works here, or the person's own limit is too low.
        """
        row, found, me = self.get(quote), self.discount(quote), self.crm.people.me()
        limits = parse_limits(self.crm.policies.value(DISCOUNTS))
        if me is None or limits.get(str(me["role"]), 0) < found.given:
            known = ", ".join(found.approvers) or t("nobody")
            raise Refused(t("{given} may be approved by: {known}", given=percent(found.given), known=known))
        now = self.store.now().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        values = {"approved_by": me["id"], "approved": now, "approved_discount": found.given}
        with self.store.action("Approved quote {number}", noun=self.name, number=row["number"]) as work:
            work.update(self.name, quote, values)
        return work.changes

    def send(self, quote: str) -> Changes:
        """Say that it goes to the customer.

        Raises:
            Refused: if it has no lines, is sent already, or gives more than may be given.
        """
        row = self._draft(quote)
        if not self.lines(quote):
            raise Refused(t("quote {number} has no lines yet", number=row["number"]))
        found = self.discount(quote)
        if found.needs_approval:
            known = ", ".join(found.approvers) or t("nobody")
            raise Refused(
                t(
                    "a discount of {given} is above the limit of {limit}; it may be approved by: {known}",
                    given=percent(found.given),
                    limit=percent(found.limit),
                    known=known,
                )
            )
        return self._state(row, "sent", "", verb="Sent quote {number}")

    def decline(self, quote: str, why: str) -> Changes:
        """Say that the customer does not want it, and why.

        Raises:
            Refused: if it is not open.
        """
        row = self.get(quote)
        if row["status"] not in ("draft", "sent"):
            raise Refused(t("quote {number} is closed already", number=row["number"]))
        return self._state(row, "declined", why, verb="Quote {number} was declined")

    def _state(self, row: Row, status: str, note: str, *, verb: str) -> Changes:
        day = self.crm.local_now().date().isoformat()
        values = self.noun.clean({"status": status, "status_day": day, "status_note": note})
        with self.store.action(verb, noun=self.name, number=row["number"]) as work:
            work.update(self.name, row["id"], values)
        return work.changes

    def revise(self, quote: str) -> Changes:
        """Make a new version as a draft with the same lines; the old one is replaced.

        Raises:
            Refused: if it became an order already.
        """
        row = self.get(quote)
        if row["status"] in ("accepted", "replaced") or row["deleted"]:
            raise Refused(t("quote {number} has become an order or another version", number=row["number"]))
        today = self.crm.local_now().date()
        kept = ("customer", "deal", "contact", "subject", "currency", "due_rule", "language", "person", "note")
        values = {
            **{name: row[name] for name in kept},
            **{"number": row["number"], "version": (row["version"] or 1) + 1, "replaces": quote, "status": "draft"},
            **{"day": today.isoformat(), "status_day": today.isoformat()},
            "valid_until": (today + timedelta(days=self.crm.policies.number(QUOTE_DAYS))).isoformat(),
        }
        lines = self.lines(quote)
        with self.store.action("New version of quote {number}", noun=self.name, number=row["number"]) as work:
            ident = work.insert(self.name, values)
            for line in lines:
                names = ("product", "text", "unit", "quantity", "price", "discount", "position")
                work.insert("quote_lines", {"quote": ident, **{name: line[name] for name in names}})
            work.update(self.name, quote, {"status": "replaced", "status_day": today.isoformat(), "status_note": None})
            work.ids[:] = [ident]
        return work.changes

    def accept(self, quote: str, *, promised: str | None = None) -> Changes:
        """Make an order of it; nothing is typed again. Its id comes from the quote's: two machines make one order.

        Args:
            quote: a draft is sent by this, too, if its discount is allowed.
            promised: day on which it shall be delivered.

        Returns:
            The order first in `ids`.

        Raises:
            Refused: if it is closed, has no lines, or gives more than may be given.
        """
        row = self.get(quote)
        if row["status"] not in ("draft", "sent") or row["deleted"]:
            raise Refused(t("quote {number} is closed already", number=row["number"]))
        if not self.lines(quote) or self.discount(quote).needs_approval:
            self.send(quote)  # says why not
        today = self.crm.local_now().date().isoformat()
        order = fixed_id("order", quote)
        values: Row = {
            **{"customer": row["customer"], "quote": quote, "day": today, "status": "confirmed", "status_day": today},
            **{"currency": row["currency"], "due_rule": row["due_rule"] or self.crm.policies.value(DUE)},
            **{"person": row["person"], "note": row["note"], "revision": 1},
            **self.crm.orders.noun.clean({"promised": promised}),
        }
        with self.store.action("Quote {number} became an order", noun="orders", number=row["number"]) as work:
            self.crm.orders.put(work, order, values, self._order_lines(row, order))
            state: Row = {"status": "accepted", "status_day": today, "status_note": None}
            work.update(self.name, quote, state)
            work.ids[:] = [order]
        return work.changes

    def _order_lines(self, quote: Row, order: str) -> list[Row]:
        found = []
        names = ("product", "text", "unit", "quantity", "price", "discount", "position")
        for line in self.lines(quote["id"]):
            product = self.crm.products.get(line["product"]) if line["product"] else None
            cost = cost_of(product, quote["currency"])
            ident = fixed_id("order_line", line["id"])
            found.append({"id": ident, "of_order": order, **{name: line[name] for name in names}, "cost": cost})
        return found


def check_due(row: Mapping[str, Any]) -> None:
    """Refuse a payment rule that nobody understands.

    Raises:
        Invalid: for `due_rule`.
    """
    if row.get("due_rule"):
        try:
            parse_due(str(row["due_rule"]))
        except ValueError as error:
            raise Invalid({"due_rule": str(error)}) from None
