"""Who asked not to be called: never proposed for a call, and said in one line before somebody plans one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

CALLS = ("call", "callback", "survey")
"""Kinds of contact for which somebody dials a number."""

_FAMILY = "(SELECT {id} UNION ALL SELECT id FROM alias WHERE root = {id})"


def nobody_there(customer: str) -> str:
    """A condition in SQL: a customer has contact persons and all of them asked not to be called.

    Args:
        customer: an expression for its id.
    """
    return (
        "coalesce((SELECT min(coalesce(p.do_not_call, 0)) FROM contacts p WHERE p.live AND p.customer IN "
        f"{_FAMILY.format(id=customer)}), 0)"
    )


def asked_not(visit: str) -> str:
    """A condition in SQL: the customer of a visit, or the contact person whom it is meant for, asked not to be called.

    Where no person is named, it holds if all persons of the customer asked for it.

    Args:
        visit: the name under which the table stands in the query.
    """
    root = f"coalesce((SELECT root FROM alias WHERE alias.id = {visit}.customer), {visit}.customer)"
    return (
        f"(EXISTS (SELECT 1 FROM customers q WHERE q.id = {root} AND q.do_not_call = 1) OR CASE WHEN {visit}.contact "
        f"IS NOT NULL THEN EXISTS (SELECT 1 FROM contacts p WHERE p.id = {visit}.contact AND p.do_not_call = 1) "
        f"ELSE {nobody_there(root)} END)"
    )


class NoCalls:
    """What customers and their contact persons asked for."""

    def __init__(self, crm: Crm) -> None:
        self.crm = crm

    def reason(self, customer: str, contact: str | None = None) -> str:
        """Who asked not to be called, as a sentence; "" if one may call.

        Args:
            customer: its id.
            contact: the person who is meant; nobody in particular if None.
        """
        db = self.crm.store.reader()
        root = self.crm.customers.root(customer)
        row = db.execute("SELECT name, do_not_call FROM customers WHERE id = ?", (root,)).fetchone()
        name, refused = row or ("", 0)
        if refused:
            return t("{name} asked not to be called", name=name)
        if contact is not None:
            row = db.execute("SELECT name, do_not_call FROM contacts WHERE id = ?", (contact,)).fetchone()
            return t("{name} asked not to be called", name=row[0]) if row and row[1] else ""
        nobody = db.execute(f"SELECT {nobody_there('?1')}", (root,)).fetchone()[0]
        return t("all contact persons of {name} asked not to be called", name=name) if nobody else ""

    def warning(self, customer: str, kind: str | None, contact: str | None = None) -> str:
        """One line to be read before such a contact is planned or logged by hand; "" if nothing speaks against it.

        Args:
            customer: its id.
            kind: a visit's kind; only calls are warned about.
            contact: the person who is meant, if one is.
        """
        if kind not in CALLS:
            return ""
        reason = self.reason(customer, contact)
        no_go = self.crm.customers.get(self.crm.customers.root(customer))["no_go"] if reason else ""
        return f"{reason}: {' '.join(str(no_go).split())}" if no_go else reason

    def persons(self, customer: str) -> list[str]:
        """Names of the contact persons who asked not to be called."""
        family = _FAMILY.format(id="?1")
        rows = self.crm.store.reader().execute(
            f"SELECT name FROM contacts WHERE live AND do_not_call = 1 AND customer IN {family} ORDER BY id",
            (self.crm.customers.root(customer),),
        )
        return [str(name) for (name,) in rows]
