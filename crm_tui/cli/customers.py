"""Commands about customers and what hangs on them: find, card, new, edit, trash, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.program import Command, argument, command, option
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm
    from crm_tui.store.database import Changes

EXACT = 1_000


@command("find")
@argument("text", nargs=-1, required=True)
@option("--limit", type=click.IntRange(1), default=50, help="At most so many.")
def find_command(session: Session, text: tuple[str, ...], limit: int) -> None:
    """Find customers that answer to what was typed."""
    from crm_tui.cli.shown import table

    crm = session.crm()
    asked = " ".join(text)
    found = crm.customers.find(asked, limit)
    items = []
    for hit in found.items:
        card = _brief(crm, hit.id)
        items.append({"id": hit.id, "name": hit.name, **card, "why": f"{hit.why[0]}: {hit.why[1]}"})
    count: int | str = f"{EXACT}+" if found.more else found.count
    if not items:
        session.say(t("no customer answers to “{text}”", text=asked))
    elif len(items) < found.count:
        session.say(t("{n} of {count}; more with --limit", n=len(items), count=count))
    session.put(
        {"query": asked, "count": count, "items": items},
        lambda: table(
            [(i["name"], ", ".join(i["phones"]), i["owner"], i["id"], _why(i["why"])) for i in items],
            (t("Name"), t("Phones"), t("Owner"), t("Id"), t("Found by")),
        ),
    )


def _brief(crm: Crm, customer: str) -> dict[str, Any]:
    db = crm.store.reader()
    kind, owner = db.execute(
        "SELECT c.kind, p.name FROM customers c LEFT JOIN people p ON p.id = c.owner WHERE c.id = ?", (customer,)
    ).fetchone()
    return {"kind": kind, "phones": [row["number"] for row in crm.phones.of(customer)], "owner": owner}


def _why(why: str) -> str:
    """Why a customer was found, where its name does not say it."""
    field, _, text = why.partition(": ")
    return "" if field == "name" else text


@command("card")
@argument("customer", nargs=-1, required=True)
@option("--timeline", type=click.IntRange(0), default=50, help="At most so many contacts.")
def card_command(session: Session, customer: tuple[str, ...], timeline: int) -> None:
    """Show everything about one customer: an id, a name, a number, or anything only one answers to."""
    from crm_tui.cli.cards import card_text
    from crm_tui.cli.shown import plain

    crm = session.crm()
    card = crm.customers.card(crm.customers.resolve(" ".join(customer)), timeline)
    session.put(plain(card), lambda: card_text(crm, card))


@click.group("new", help="Add a customer, or a contact, phone, tag … to one.")
def new_command() -> None:
    """Add a record."""


def _told(session: Session, changes: Changes, title: str) -> None:
    """Print the id of what was made or changed, and say what was done."""
    session.say(title)
    row = changes.ids[0]
    session.put({"id": row, "action": changes.action}, row)


@option("--phone", "phones", multiple=True, help="A phone number; may be given several times.")
@option("--email", "emails", multiple=True, help="An e-mail address; may be given several times.")
@option("--tag", "tags", multiple=True, help="A tag; may be given several times.")
@option("--kind", type=click.Choice(["organisation", "person", "household"]), help="What it is.")
@option("--owner", metavar="PERSON", help="Who looks after it.")
@argument("name")
@argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
def _new_customer(
    session: Session,
    name: str,
    values: tuple[str, ...],
    owner: str | None,
    kind: str | None,
    **rows: tuple[str, ...],
) -> None:
    """Add a customer."""
    from crm_tui.cli.values import assignments

    crm = session.crm(create=True)
    given = assignments(crm, "customers", values)
    if owner is not None:
        given["owner"] = crm.people.find(owner)["id"]
    if kind is not None:
        given["kind"] = kind
    changes = crm.customers.create({**given, "name": name}, **rows)
    _told(session, changes, t("Added {name}", name=name))


@argument("customer")
@argument("text", metavar="TEXT")
@argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.pass_context
def _new_part(ctx: click.Context, session: Session, customer: str, text: str, values: tuple[str, ...]) -> None:
    """Add something to a customer."""
    from crm_tui.cli.values import PARTS, assignments
    from crm_tui.records.nouns import NOUNS

    noun = PARTS[str(ctx.info_name)]
    crm = session.crm()
    row = crm.customers.resolve(customer)
    title = NOUNS[noun].title or "name"
    given = assignments(crm, noun, (f"{title}={text}", *values))
    changes = crm.noun(noun).add({**given, "customer": row})
    _told(session, changes, t("Added {name}", name=text))


def _add_new_commands() -> None:
    from crm_tui.cli.values import PARTS

    group: click.Group = new_command
    group.add_command(command("customer", help="Add a customer.")(_new_customer))
    for name in PARTS:
        said = click.command(name, cls=Command, help="Add one to a customer: an id or a name, then what is added.")
        group.add_command(said(click.pass_obj(_copied(name))))


def _copied(name: str) -> Any:
    """The function of a part, with parameters of its own."""

    def part(*args: Any, **kwargs: Any) -> Any:
        return _new_part(*args, **kwargs)

    part.__click_params__ = list(_new_part.__click_params__)  # type: ignore[attr-defined]  # click reads it from there
    part.__name__ = name
    return part


_add_new_commands()


@command("edit")
@argument("record")
@argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
def edit_command(session: Session, record: str, values: tuple[str, ...]) -> None:
    """Change fields of a record: an id, or whatever only one customer answers to. A custom field is extra.KEY."""
    from crm_tui.cli.values import assignments, record_of

    crm = session.crm()
    noun, row = record_of(crm, record)
    changes = crm.noun(noun).edit(row, assignments(crm, noun, values, row))
    name = crm.noun(noun).title_of(crm.noun(noun).get(row))
    session.say(t("Edited {name}", name=name) if changes.action else t("nothing was different"))
    session.put({"id": row, "action": changes.action}, row)


@command("trash")
@argument("records", nargs=-1, required=True)
def trash_command(session: Session, records: tuple[str, ...]) -> None:
    """Put records into the trash; what hangs on them comes back with them."""
    from crm_tui.cli.values import record_of

    crm = session.crm()
    _each(session, [record_of(crm, record) for record in records], trash=True)


@command("restore")
@argument("records", nargs=-1)
def restore_command(session: Session, records: tuple[str, ...]) -> None:
    """Take records out of the trash, by id or name; without one list what is there."""
    from crm_tui.cli.shown import moment, noun_label, table
    from crm_tui.cli.values import trashed_of

    crm = session.crm()
    if records:
        _each(session, [trashed_of(crm, record) for record in records], trash=False)
        return
    rows = crm.trash.rows()
    session.put(
        [{"noun": row.noun, "id": row.id, "title": row.title, "since": row.since} for row in rows],
        lambda: table([(noun_label(r.noun), r.title, moment(r.since, crm.zone), r.id) for r in rows]),
    )


def _each(session: Session, records: list[tuple[str, str]], *, trash: bool) -> None:
    """Trash or restore records, those of one noun in one action."""
    crm = session.crm()
    nouns: dict[str, list[str]] = {}
    for noun, row in records:
        nouns.setdefault(noun, []).append(row)
    done: list[dict[str, Any]] = []
    for noun, rows in nouns.items():
        service = crm.noun(noun)
        changes = service.trash(*rows) if trash else service.restore(*rows)
        done += [{"id": row, "action": changes.action} for row in rows]
        for row in rows:
            name = service.title_of(service.get(row))
            session.say(t("To the trash: {name}", name=name) if trash else t("Restored {name}", name=name))
    session.put(done[0] if len(done) == 1 else done, "\n".join(item["id"] for item in done))
