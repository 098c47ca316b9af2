"""Commands about the machines of the company: devices, device."""

from __future__ import annotations

from typing import Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, command
from crm_tui.cli.session import Session
from crm_tui.cli.working import bundles_of
from crm_tui.words import t


@command("devices")
def devices_command(session: Session) -> None:
    """List the machines of the company: whom they belong to, when they were heard of, what they lack."""
    _devices(session)


@click.group(
    "device", cls=Family, invoke_without_command=True, help="Name this machine, trust another, begin a new log."
)
@click.pass_context
def device_command(ctx: click.Context) -> None:
    """List the machines unless something else is asked for."""
    if ctx.invoked_subcommand is None:
        _devices(ctx.ensure_object(Session))


def _devices(session: Session) -> None:
    from crm_tui.cli.shown import moment, shown_value, table
    from crm_tui.store import logs
    from crm_tui.sync.machine_key import code_of

    bundles = bundles_of(session)
    crm = bundles.crm
    rows: list[dict[str, Any]] = [
        {
            **{"id": peer.id, "name": peer.name, "person": peer.person},
            "code": code_of(bytes.fromhex(peer.key)) if peer.key else "",
            **{"trust": peer.trust, "own": peer.own},
            "heard": f"{peer.heard:%Y-%m-%dT%H:%M:%SZ}" if peer.heard else None,
            **{"lacks": peer.lacks, "logs": list(peer.logs)},
        }
        for peer in bundles.peers()
    ]
    if not any(row["own"] for row in rows):
        name = logs.machine_name(crm.store.reader())
        mine = {"id": None, "name": name, "person": "", "code": bundles.code, "trust": "", "own": True}
        rows.insert(0, {**mine, "heard": None, "lacks": 0, "logs": []})

    def line(row: dict[str, Any]) -> tuple[Any, ...]:
        trust = shown_value(crm, "machines", "trust", row["trust"])
        seen = moment(row["heard"], crm.zone)
        lacks = "" if row["own"] else f"{row['lacks']:,}"
        return ("*" if row["own"] else "", row["name"], row["person"], trust, row["code"], seen, lacks)

    titles = ("", t("Machine"), t("Person"), t("Trust"), t("Code"), t("Heard of"), t("Lacks"))
    session.put(rows, lambda: table([line(row) for row in rows], titles, right=(6,)))


@device_command.member("new", help="Begin a new log with the next change, as after a copied or restored file.")
def _new(session: Session) -> None:
    from crm_tui.store import logs

    crm = session.crm()
    before = crm.store.own_log()
    with crm.store.writing() as db:
        logs.mark_put_back(db)
    session.put({"before": before, "log": None}, t("the next change begins a new log"))


@device_command.member("name", help="Call this machine by another name; others learn it with the next exchange.")
@argument("name")
def _name(session: Session, name: str) -> None:
    crm = session.crm()
    crm.machines.call_this(name)
    session.put({"name": name.strip()}, t("this machine is called {name}", name=name.strip()))


@device_command.member("trust", help="Trust a machine: its name, or the code of one of its logs.")
@argument("device")
def _trust(session: Session, device: str) -> None:
    _set(session, device, "accepted")


@device_command.member("distrust", help="Take nothing from a machine any more, such as a lost laptop.")
@argument("device")
def _distrust(session: Session, device: str) -> None:
    _set(session, device, "distrusted")


def _set(session: Session, device: str, trust: str) -> None:
    bundles = bundles_of(session)
    mine = [peer.id for peer in bundles.peers() if peer.own]
    found = bundles.crm.machines.find(device)
    if trust == "distrusted" and found.id in mine:
        from crm_tui.errors import Refused

        raise Refused(t("this is the machine you are working on; distrust it from another one"))
    changes = bundles.crm.machines.trust(found.id, trust)
    said = (
        t("{name} is trusted", name=found.name)
        if trust == "accepted"
        else t("{name} is not trusted any more; others learn it with the next exchange", name=found.name)
    )
    session.put({"id": found.id, "name": found.name, "trust": trust, "action": changes.action}, said)
