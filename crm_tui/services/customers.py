"""Customers: add with phones and e-mails, find by what people type, the card, merging."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from crm_tui.errors import Invalid, NotFound, Refused
from crm_tui.rules.completeness import completeness
from crm_tui.services.noun import NounService, Row, custom_values
from crm_tui.services.stale import Look, refuse_if_newer
from crm_tui.store import search
from crm_tui.store.database import Changes
from crm_tui.words import t

CHILDREN = ("contacts", "phones", "emails", "addresses", "parties", "relations", "tags", "needs", "key_dates")
"""The nouns that a card shows beside the contact log."""


class Customers(NounService):
    """Customers and what hangs on them."""

    def check(self, row: Mapping[str, Any], own: str | None) -> None:
        """Also refuse a customer that would be part of itself."""
        super().check(row, own)
        self.check_tree(own, "parent", row.get("parent"))

    def create(
        self,
        values: Mapping[str, Any],
        phones: Sequence[str] = (),
        emails: Sequence[str] = (),
        tags: Sequence[str] = (),
    ) -> Changes:
        """Add a customer with its numbers, addresses and tags in one action.

        Raises:
            Invalid: with a sentence for each wrong field.
        """
        me = self.crm.people.me()
        row = self.noun.validate({"owner": me and me["id"], **values, "id": "0" * 32})
        row.pop("id")
        self.check(row, None)
        children = [("phones", self.crm.phones.international({"number": number})) for number in phones]
        children += [("emails", {"address": address}) for address in emails]
        children += [("tags", {"name": name}) for name in tags]
        rows = [(noun, self.crm.noun(noun).noun.clean(child)) for noun, child in children]
        with self.store.action("Added {noun} {name}", noun=self.name, name=row["name"]) as work:
            customer = work.insert(self.name, row)
            for noun, child in rows:
                work.insert(noun, {**child, "customer": customer})
        return work.changes

    def find(self, text: str, limit: int = 50) -> search.Found:
        """Customers that answer to what was typed, names first, each with why."""
        return search.find(self.store.reader(), text, limit)

    def resolve(self, text: str) -> str:
        """The id of the one customer that `text` means: an id, a name, a number, or anything only one answers to.

        Raises:
            NotFound: if nobody, or more than one, answers; the sentence lists them.
        """
        db = self.store.reader()
        row = db.execute(
            "SELECT coalesce(a.root, c.id) FROM customers c LEFT JOIN alias a ON a.id = c.id WHERE c.id = ?", (text,)
        ).fetchone()
        if row:
            return str(row[0])
        exact = db.execute(
            "SELECT id FROM customers WHERE live AND id IN (SELECT id FROM customers WHERE sort_key = ?2 AND name = ?1 "
            "UNION SELECT id FROM customers WHERE number = ?1) LIMIT 2",
            (text, _key(text)),
        ).fetchall()
        if len(exact) == 1:
            return str(exact[0][0])
        found = self.find(text)
        digits = "".join(filter(str.isdigit, text))
        # Digits alone usually are the last ones of a number, as a caller says them.
        ending = [
            hit for hit in found.items if digits == text and "".join(filter(str.isdigit, hit.why[1])).endswith(text)
        ]
        for hits in (found.items, ending):
            if len(hits) == 1:
                return hits[0].id
        if not found.items:
            raise NotFound(t("no customer answers to “{text}”", text=text))
        names = "; ".join(f"{hit.name} ({hit.id})" for hit in found.items[:5])
        raise NotFound(t("“{text}” may be several customers: {names}; say more, or use the id", text=text, names=names))

    def root(self, customer: str) -> str:
        """The customer that this one was merged into, or itself."""
        row = self.store.reader().execute("SELECT root FROM alias WHERE id = ?", (customer,)).fetchone()
        return str(row[0]) if row else customer

    def card(self, customer: str, timeline: int = 50) -> Row:
        """All that is known of a customer: its fields, what hangs on it, the first page of the timeline.

        Raises:
            NotFound: if there is no such customer.
        """
        customer = self.root(customer)
        row = self.get(customer)
        db = self.store.reader()
        names = {"owner": "people", "branch": "branches", "parent": "customers"}
        for field, noun in names.items():
            found = db.execute(f"SELECT name FROM {noun} WHERE id = ?", (row[field],)).fetchone()
            row[f"{field}_name"] = found[0] if found else None
        for noun in CHILDREN:
            row[noun] = self.crm.noun(noun).of(customer)
        row["timeline"] = self.crm.visits.timeline(customer, timeline)
        plans = self.crm.visits.open_plans(customer)
        row["plans"] = plans
        row["next_step"] = plans[0] if plans else None
        row["tickets"] = self.crm.tickets.open_of(customer, 5)
        row["deals"] = self.crm.deals.open_of(customer)
        (row["timeline_count"],) = db.execute(
            "SELECT count(*) FROM visits WHERE customer IN (SELECT ? UNION ALL SELECT id FROM alias WHERE root = ?) "
            "AND live AND status = 'done'",
            (customer, customer),
        ).fetchone()
        (row["history_count"],) = db.execute(
            "SELECT count(*) FROM change c JOIN row r ON r.n = c.row WHERE r.id = ?", (customer,)
        ).fetchone()
        row["children"] = [
            {"id": i, "name": n}
            for i, n in db.execute(
                "SELECT id, name FROM customers WHERE parent = ? AND live ORDER BY sort_key", (customer,)
            )
        ]
        row["merged"] = [
            {"id": i, "name": n}
            for i, n in db.execute(
                "SELECT c.id, c.name FROM alias a JOIN customers c ON c.id = a.id WHERE a.root = ? ORDER BY c.id",
                (customer,),
            )
        ]
        row["custom"] = custom_values(row)
        row["completeness"], row["missing"] = completeness(str(row["kind"]), _known(row))
        return row

    def counts(self) -> dict[str, int]:
        """How many customers there are, with a plan, never contacted, silent for 90 days."""
        day = self.crm.days_ago(90)
        row = (
            self.store.reader()
            .execute(
                "SELECT count(*), sum(next_due IS NOT NULL), sum(last_contact IS NULL), "
                "sum(last_contact < ?) FROM customers WHERE live",
                (day,),
            )
            .fetchone()
        )
        return dict(zip(("all", "planned", "never", "silent"), (value or 0 for value in row), strict=True))

    def merge(
        self, keep: str, other: str, values: Mapping[str, Any] | None = None, opened: Look | None = None
    ) -> Changes:
        """Merge `other` into `keep`; nothing moves, both histories stay, `unmerge` takes it back.

        Args:
            keep: the survivor.
            other: the one that will answer for it.
            values: fields of the survivor that shall take another value.
            opened: what was here when the screen was filled, if it shall ask about what came since.

        Raises:
            ChangedSince: if another machine wrote on one of them meanwhile.
            Refused: if they are one customer already, or one is in the trash.
        """
        keep, other = self.root(keep), self.root(other)
        rows = [self.get(keep), self.get(other)]
        if keep == other:
            raise Refused(t("these are one customer already"))
        for row in rows:
            if row["deleted"]:
                raise Refused(t("{name} is in the trash; restore it first", name=row["name"]))
        clean = self.noun.clean(dict(values or {}))
        if "merged_into" in clean:
            raise Invalid({"merged_into": t("is set by merging only")})
        self.check({**rows[0], **clean}, keep)
        names = {"name": rows[0]["name"], "other": rows[1]["name"]}
        with self.store.action("Merged {other} into {name}", "merge", noun=self.name, **names) as work:
            refuse_if_newer(work, self.name, [keep, other], opened)
            work.write(self.name, [other], "merged_into", keep)
            fields = {name: value for name, value in clean.items() if rows[0][name] != value}
            if fields:
                work.update(self.name, keep, fields)
        return work.changes

    def unmerge(self, customer: str) -> Changes:
        """Separate a customer that was merged into another; what was written on the survivor since stays there.

        Raises:
            Refused: if it was not merged.
        """
        row = self.get(customer)
        root = self.root(customer)
        if root == customer:
            raise Refused(t("{name} was not merged into another customer", name=row["name"]))
        with self.store.action("Separated {name}", "merge", noun=self.name, name=row["name"]) as work:
            work.write(self.name, [customer], "merged_into", None)
            if self.get(root)["merged_into"] is not None:  # a cycle that two machines made
                work.write(self.name, [root], "merged_into", None)
        return work.changes

    def incomplete(self, limit: int = 50) -> list[Row]:
        """Customers with the next plans whose card lacks most: what to ask at the next visit."""
        rows = self.store.reader().execute(
            "SELECT id FROM customers WHERE live AND next_due IS NOT NULL ORDER BY next_due, id LIMIT ?", (limit,)
        )
        cards = [self.card(row, 0) for (row,) in rows.fetchall()]
        return [card for card in cards if card["missing"]]


def _known(row: Row) -> set[str]:
    have = {name for name, value in row.items() if value not in (None, "", [], {})}
    birthdays = any(date["kind"] == "birthday" for date in row["key_dates"])
    return have | ({"birthday"} if birthdays else set())


def _key(text: str) -> str:
    from crm_tui.rules.pinyin import sort_key

    return sort_key(text)
