"""Orders: new, revised, delivered in parts, brought back, closed; the chain from the quote to the money."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.rules.dues import parse_due
from crm_tui.rules.line_text import parse_line
from crm_tui.rules.money import line_total, quantity_text
from crm_tui.rules.policies import DUE
from crm_tui.rules.receivables import Position, position
from crm_tui.services.noun import OWNER, NounService, Row
from crm_tui.services.numbering import next_number
from crm_tui.services.order_chain import Step, chain_of
from crm_tui.services.quotes import check_due
from crm_tui.services.sale_lines import cost_of, read_lines
from crm_tui.store.database import Changes, Work
from crm_tui.store.sales import facts_of
from crm_tui.words import t

LETTER = "SO"


class Orders(NounService):
    """What was sold."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a payment rule that nobody understands."""
        super().check(row, own)
        check_due(row)

    def find(self, text: str) -> Row:
        """The one order that `text` means: an id, a number, or a customer with one open order.

        Raises:
            NotFound: if there is none, or several.
        """
        said = text.strip()
        found = self._rows("id = ? OR (number = ? COLLATE NOCASE AND live)", (said, said))
        if len(found) == 1:
            return found[0]
        if found:
            raise NotFound(t("more than one order has the number {number}; use the id", number=said))
        customer = self.crm.customers.resolve(said)
        open_ones = [row for row in self.of(customer) if row["stage"] != "done"]
        if len(open_ones) == 1:
            return open_ones[0]
        known = ", ".join(str(row["number"] or row["id"]) for row in open_ones[:8]) or "-"
        raise NotFound(t("one open order is needed; there are: {known}", known=known))

    def newest(self, limit: int, *, customer: str | None = None, only_open: bool = False) -> list[Row]:
        """Orders, the newest first."""
        where, params = "live", []
        if customer is not None:
            where, params = OWNER, [customer, customer]
        if only_open:
            where += " AND stage <> 'done'"
        return self._rows(f"{where} ORDER BY day DESC, id DESC LIMIT ?", (*params, limit))

    def chain(self, order: str) -> list[Step]:
        """Its way from the quote to the money, with the step that blocks it."""
        return chain_of(self.crm, order)

    def last_delivery(self, order: str) -> Row | None:
        """The last delivery, if there is one."""
        found = self.crm.noun("deliveries")._rows("of_order = ? AND live ORDER BY day DESC, id DESC LIMIT 1", (order,))
        return found[0] if found else None

    def lines(self, order: str) -> list[Row]:
        """Its lines in order, each with `total`, `delivered` and `returned` (thousandths)."""
        rows = self.crm.noun("order_lines")._rows("of_order = ? AND live ORDER BY position, id", (order,))
        went = self._moved("deliveries", "delivery_lines", "delivery", order)
        back = self._moved("returns", "return_lines", "of_return", order)
        return [
            {
                **row,
                "total": line_total(row["quantity"], row["price"], row["discount"] or 0),
                "delivered": went.get(row["id"], 0),
                "returned": back.get(row["id"], 0),
            }
            for row in rows
        ]

    def _moved(self, noun: str, lines: str, link: str, order: str) -> dict[str, int]:
        return dict(
            self.store.reader().execute(
                f"SELECT l.line, sum(l.quantity) FROM {noun} d CROSS JOIN {lines} l ON l.{link} = d.id "
                "WHERE d.of_order = ? AND d.live AND l.live GROUP BY l.line",
                (order,),
            )
        )

    def position(self, order: str) -> Position:
        """Where an order stands."""
        return position(facts_of(self.store.reader(), [order])[order])

    def new(self, customer: str, lines: Sequence[str], values: Mapping[str, Any] | None = None) -> Changes:
        """Write an order.

        Args:
            customer: whose.
            lines: as they are typed, see `rules.line_text`.
            values: further fields: due_rule, promised, day, currency, person, channel, note …

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        row = self._row(customer, values or {})
        wanted = read_lines(self.crm, lines, customer, date.fromisoformat(str(row["day"])), str(row["currency"]))
        if not wanted:
            raise Invalid({"line": t("an order needs a line, such as: rice x2 @85")})
        rows = [
            {**line.values(place), "cost": cost_of(line.product, str(row["currency"]))}
            for place, line in enumerate(wanted, 1)
        ]
        name = self.crm.customers.get(customer)["name"]
        with self.store.action("Ordered by {name}", noun=self.name, name=name) as work:
            row["number"] = next_number(work, self.name, LETTER)
            ident = work.insert(self.name, row)
            self._insert_lines(work, ident, rows)
            work.ids[:] = [ident]
        return work.changes

    def _row(self, customer: str, values: Mapping[str, Any]) -> Row:
        today = self.crm.local_now().date()
        me = self.crm.people.me()
        about = self.crm.customers.get(customer)
        given = {
            **{"id": "0" * 32, "customer": customer, "day": today, "currency": self.crm.products.currency()},
            **{"due_rule": self.crm.policies.value(DUE), "status": "confirmed", "status_day": today},
            **{"person": (me and me["id"]) or about["owner"], "channel": about["sales_channel"]},
            **{name: value for name, value in values.items() if value not in (None, "")},
        }
        row = self.noun.validate(given)
        row.pop("id")
        self.check(row, None)
        row["due_rule"] = parse_due(str(row["due_rule"])).text
        return row

    def _insert_lines(self, work: Work, order: str, rows: Sequence[Row]) -> None:
        about = self.crm.noun("order_lines").noun
        for row in rows:
            values = about.validate({"id": "0" * 32, **row, "of_order": order})
            if values["id"] == "0" * 32:
                values.pop("id")
            work.insert("order_lines", values)

    def put(self, work: Work, order: str, values: Row, lines: Sequence[Row]) -> None:
        """Write an order whose id is fixed inside an action; one that was undone comes back."""
        there = work.db.execute("SELECT deleted, number FROM orders WHERE id = ?", (order,)).fetchone()
        if there is None:
            work.insert(self.name, {"id": order, "number": next_number(work, self.name, LETTER), **values})
        else:
            work.write(self.name, [order], "deleted", None)
            work.update(self.name, order, values)
        for line in lines:
            known = work.db.execute("SELECT 1 FROM order_lines WHERE id = ?", (line["id"],)).fetchone()
            if known is None:
                self._insert_lines(work, order, [line])
            else:
                work.write("order_lines", [line["id"]], "deleted", None)
                work.update("order_lines", line["id"], {name: v for name, v in line.items() if name != "id"})

    def revise(
        self, order: str, lines: Sequence[str] = (), drop: Sequence[int] = (), why: str = "", **values: Any
    ) -> Changes:
        """Change what was ordered; it becomes a new revision.

        Args:
            order: its id.
            lines: lines to add, or new terms of a line whose product is there already.
            drop: lines to take out; the first is 1.
            why: the reason.
            values: further fields: due_rule, promised, note.

        Raises:
            Refused: if it is closed, or less would be ordered than was delivered.
        """
        row = self._open(order)
        there = self.lines(order)
        wanted = read_lines(self.crm, lines, row["customer"], date.fromisoformat(row["day"]), row["currency"])
        by_product = {line["product"] or line["text"]: line for line in there}
        today = self.crm.local_now().date().isoformat()
        given = {name: value for name, value in values.items() if value not in (None, "")}
        clean = self.noun.clean({**given, "revised": today, "revision_note": why})
        self.check({**row, **clean}, order)
        for line in wanted:
            known = by_product.get(line.product["id"] if line.product else line.text)
            if known and line.quantity < known["delivered"]:
                raise Refused(_delivered(known))
        gone = [there[place - 1] for place in drop if 0 < place <= len(there)]
        for one in gone:
            if one["delivered"]:
                raise Refused(_delivered(one))
        number = row["number"] or row["id"]
        with self.store.action("Revised order {number}", noun=self.name, number=number) as work:
            for place, line in enumerate(wanted, len(there) + 1):
                known = by_product.get(line.product["id"] if line.product else line.text)
                terms: Row = {"quantity": line.quantity, "price": line.price, "discount": line.discount or None}
                if known:
                    work.update("order_lines", known["id"], terms)
                else:
                    cost = cost_of(line.product, row["currency"])
                    self._insert_lines(work, order, [{**line.values(place), "cost": cost}])
            if gone:
                work.write("order_lines", [one["id"] for one in gone], "deleted", "trashed")
            work.update(self.name, order, {**clean, "revision": (row["revision"] or 1) + 1})
            work.ids[:] = [order]
        return work.changes

    def _open(self, order: str) -> Row:
        row = self.get(order)
        if row["status"] in ("closed", "cancelled") or row["deleted"]:
            raise Refused(t("order {number} is closed", number=row["number"] or row["id"]))
        return row

    def set_status(self, order: str, status: str, why: str = "") -> Changes:
        """Say where it stands: confirmed, production, shipped, received, closed, cancelled.

        A closed order owes only what was delivered; a cancelled one nothing.

        Raises:
            Refused: if it is cancelled though goods went out.
        """
        row = self.get(order)
        if status == "cancelled" and any(line["delivered"] > line["returned"] for line in self.lines(order)):
            raise Refused(t("goods of order {number} are out: take them back, or close it", number=row["number"]))
        today = self.crm.local_now().date().isoformat()
        values = self.noun.clean({"status": status, "status_day": today, "status_note": why})
        with self.store.action("Order {number}: {status}", noun=self.name, number=row["number"], status=status) as work:
            work.update(self.name, order, values)
        return work.changes

    def set_step(self, order: str, step: str) -> Changes:
        """Note the production step that it has reached today."""
        row = self._open(order)
        values = self.noun.clean({"step": step, "step_day": self.crm.local_now().date().isoformat()})
        told = {"noun": self.name, "number": row["number"], "status": step}
        with self.store.action("Order {number}: {status}", **told) as work:
            work.update(self.name, order, values)
        return work.changes

    def deliver(
        self,
        order: str,
        lines: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
        *,
        word: str = "",
        serial: str = "",
    ) -> Changes:
        """Deliver an order, or a part of it.

        Args:
            order: its id.
            lines: what, like "rice x2"; all that is left if none.
            values: further fields of the delivery: day, carrier, tracking, note, visit.
            word: why goods leave that the stock does not show.
            serial: serial number of what is delivered; it goes into the register of what the customer owns.

        Raises:
            Refused: if nothing is left to deliver, more than that is asked for, or the stock lacks it and no word.
        """
        row = self._open(order)
        chosen = self._chosen(order, lines, lambda line: line["quantity"] - line["delivered"])
        if not chosen:
            raise Refused(t("nothing of order {number} is left to deliver", number=row["number"]))
        self._check_stock(chosen, word)
        delivery = self._moved_row("deliveries", order, {**(values or {}), "stock_word": word})
        with self.store.action("Delivered order {number}", noun="deliveries", number=row["number"]) as work:
            ident = work.insert("deliveries", delivery)
            for line, quantity in chosen:
                values_of = {"delivery": ident, "line": line["id"], "quantity": quantity, "serial": serial or None}
                work.insert("delivery_lines", values_of)
                self.crm.assets.follow(work, row["customer"], line, str(delivery["day"]), serial)
            if row["status"] in ("confirmed", "production"):
                state = {"status": "shipped", "status_day": delivery["day"], "status_note": None}
                work.update(self.name, order, state)
            work.ids[:] = [ident]
        return work.changes

    def take_back(
        self,
        order: str,
        lines: Sequence[str] = (),
        values: Mapping[str, Any] | None = None,
        *,
        refund: int | None = None,
        method: str | None = None,
    ) -> Changes:
        """Take goods back, and give money back if that is wanted.

        Args:
            order: its id.
            lines: what, like "rice x2"; all that was delivered if none.
            values: further fields of the return: day, reason, requested, restocked, note.
            refund: minor units that are paid back.
            method: how.

        Raises:
            Refused: if not so much was delivered.
        """
        row = self.get(order)
        chosen = self._chosen(order, lines, lambda line: line["delivered"] - line["returned"])
        if not chosen:
            raise Refused(t("nothing of order {number} can come back", number=row["number"] or order))
        back = self._moved_row("returns", order, values or {})
        with self.store.action("Took back from order {number}", noun="returns", number=row["number"]) as work:
            ident = work.insert("returns", back)
            for line, quantity in chosen:
                work.insert("return_lines", {"of_return": ident, "line": line["id"], "quantity": quantity})
            if refund:
                given = {"day": back["day"], "method": method, "of_return": ident}
                payment = self.crm.payments.row(row["customer"], refund, row["currency"], "refund", order, given)
                self.crm.payments.put(work, payment)
            work.ids[:] = [ident]
        return work.changes

    def _moved_row(self, noun: str, order: str, values: Mapping[str, Any]) -> Row:
        me = self.crm.people.me()
        given = {
            **{"id": "0" * 32, "of_order": order, "day": self.crm.local_now().date(), "person": me and me["id"]},
            **{name: value for name, value in values.items() if value not in (None, "")},
        }
        row: Row = dict(self.crm.noun(noun).noun.validate(given))
        row.pop("id")
        self.crm.noun(noun).check(row, None)
        return row

    def _chosen(self, order: str, texts: Sequence[str], left: Any) -> list[tuple[Row, int]]:
        """The lines that are meant, with how much of each; everything that is left if none is named."""
        lines = self.lines(order)
        if not texts:
            return [(line, left(line)) for line in lines if left(line) > 0]
        chosen = []
        for text in texts:
            try:
                said = parse_line(text, "")
            except ValueError as error:
                raise Invalid({"line": str(error)}) from None
            line = self._line_of(lines, said.product)
            quantity = said.quantity if "x" in text.casefold() or "×" in text or "*" in text else left(line)
            if quantity > left(line):
                raise Refused(t("of {name} only {n} are left", name=line["text"], n=quantity_text(max(0, left(line)))))
            chosen.append((line, quantity))
        return chosen

    def _line_of(self, lines: Sequence[Row], text: str) -> Row:
        said = text.casefold()
        codes = {x["id"]: self.crm.products.get(x["product"])["code"] for x in lines if x["product"]}
        exact = [
            line
            for place, line in enumerate(lines, 1)
            if said in (str(place), str(line["text"]).casefold(), str(codes.get(line["id"])).casefold())
        ]
        found = exact or [line for line in lines if said in str(line["text"]).casefold()]
        if len(found) != 1:
            known = ", ".join(str(line["text"]) for line in lines) or "-"
            raise Refused(t("“{text}” is not one of: {known}", text=text, known=known))
        return found[0]

    def _check_stock(self, chosen: Sequence[tuple[Row, int]], word: str) -> None:
        wanted: dict[str, int] = {}
        for line, quantity in chosen:
            if line["product"]:
                wanted[line["product"]] = wanted.get(line["product"], 0) + quantity
        short = [one for one in self.crm.products.stock(wanted) if one.on_hand < wanted[one.product]]
        if short and not word:
            names = ", ".join(f"{one.name} ({quantity_text(one.on_hand)})" for one in short)
            raise Refused(t("the stock does not show so much: {names}; say why it can leave all the same", names=names))


def _delivered(line: Row) -> str:
    n = quantity_text(line["delivered"])
    return t("{n} of {name} were delivered already: less cannot be ordered", n=n, name=line["text"])
