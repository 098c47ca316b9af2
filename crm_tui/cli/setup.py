"""Commands about the surroundings: people, custom fields, paths, shell completion."""

from __future__ import annotations

from typing import Any

import click

from crm_tui.cli.program import Command, argument, command, option
from crm_tui.cli.session import Session
from crm_tui.errors import Refused
from crm_tui.words import t


@click.group("people", invoke_without_command=True, help="List colleagues, add one, say who you are.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def people_command(ctx: click.Context, as_json: bool) -> None:
    """List colleagues unless something else is asked for."""
    session = ctx.ensure_object(Session)
    session.json = session.json or as_json
    if ctx.invoked_subcommand is None:
        _people(session)


def _people(session: Session) -> None:
    from crm_tui.cli.shown import plain, shown_value, table

    crm = session.crm()
    me = crm.people.me()
    rows = [
        {**plain(row), "me": bool(me and me["id"] == row["id"]), "branch_name": _name(crm, row["branch"])}
        for row in crm.people.all()
    ]
    if not rows:
        session.say(t("nobody yet; add one with: crm-tui people add NAME"))

    def line(row: dict[str, Any]) -> tuple[Any, ...]:
        role = shown_value(crm, "people", "role", row["role"])
        return ("*" if row["me"] else "", row["name"], role, row["team"], row["branch_name"], row["phone"], row["id"])

    session.put(rows, lambda: table([line(row) for row in rows]))


def _name(crm: Any, branch: str | None) -> str | None:
    return str(crm.branches.get(branch)["name"]) if branch else None


@people_command.command("list", cls=Command, help="List colleagues.")
@click.pass_obj
def _list(session: Session) -> None:
    _people(session)


@people_command.command("add", cls=Command, help="Add a colleague.")
@argument("name")
@argument("values", nargs=-1, metavar="[FIELD=VALUE]...")
@click.pass_obj
def _add(session: Session, name: str, values: tuple[str, ...]) -> None:
    from crm_tui.cli.values import assignments

    crm = session.crm(create=True)
    changes = crm.people.add({**assignments(crm, "people", values), "name": name})
    session.say(t("Added {name}", name=name))
    session.put({"id": changes.ids[0], "action": changes.action}, changes.ids[0])


@people_command.command("me", cls=Command, help="Say who you are; without a name, ask.")
@argument("person", required=False)
@click.pass_obj
def _me(session: Session, person: str | None) -> None:
    from crm_tui.cli.shown import plain

    crm = session.crm()
    if person is not None:
        crm.people.i_am(str(crm.people.find(person)["id"]))
    me = crm.people.me()
    if me is None:
        raise Refused(t("nobody said yet who works here; say it with: crm-tui people me NAME"))
    session.put(plain(me), str(me["name"]))


@click.group("fields", invoke_without_command=True, help="List custom fields, or add one.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def fields_command(ctx: click.Context, as_json: bool) -> None:
    """List custom fields unless something else is asked for."""
    session = ctx.ensure_object(Session)
    session.json = session.json or as_json
    if ctx.invoked_subcommand is None:
        _fields(session)


def _fields(session: Session) -> None:
    from crm_tui.cli.shown import noun_label, pick, plain, shown_value, table

    crm = session.crm()
    rows = sorted(crm.custom_fields.all(), key=lambda row: (row["noun"], row["position"] or 999, row["key"]))
    session.put(
        [plain(row) for row in rows],
        lambda: table(
            (
                noun_label(row["noun"]),
                f"extra.{row['key']}",
                pick(row["label_en"], row["label_zh"]),
                shown_value(crm, "custom_fields", "kind", row["kind"]),
                ", ".join(str(row["choices"] or "").splitlines()),
            )
            for row in rows
        ),
    )


@fields_command.command("list", cls=Command, help="List custom fields.")
@click.pass_obj
def _list_fields(session: Session) -> None:
    _fields(session)


@fields_command.command("add", cls=Command, help="Add a custom field: a noun such as customers, and a key.")
@argument("noun")
@argument("key")
@option("--kind", type=click.Choice(["text", "note", "integer", "day", "choice"]), default="text", help="Its kind.")
@option("--en", "label_en", metavar="LABEL", help="Its name in English.")
@option("--zh", "label_zh", metavar="LABEL", help="Its name in Chinese.")
@option("--choice", "choices", multiple=True, help="One of its choices; may be given several times.")
@option("--required", is_flag=True, help="Whether it must be filled in.")
@click.pass_obj
def _add_field(session: Session, /, choices: tuple[str, ...], required: bool, **values: Any) -> None:
    crm = session.crm(create=True)
    kind = "choice" if choices else values["kind"]
    changes = crm.custom_fields.add(
        {**values, "kind": kind, "choices": "\n".join(choices) or None, "required": int(required) or None}
    )
    session.say(t("Added {name}", name=values["key"]))
    session.put({"id": changes.ids[0], "action": changes.action}, changes.ids[0])


@command("where")
def where_command(session: Session) -> None:
    """Print every path that is used."""
    from crm_tui.cli.shown import pairs
    from crm_tui.paths import data_folder, themes_folder

    home, file = session.home, session.file
    places = {
        "database": str(file),
        "backups": str(file.with_name(file.name + ".backups")),
        "drafts": str(file.with_name(file.name + ".drafts")),
        "config": str(home.config_file),
        "themes": str(home.themes),
        "log": str(home.log_file),
        "memory": str(home.memory),
        "shipped_data": str(data_folder()),
        "shipped_themes": str(themes_folder()),
    }
    labels = {
        **{"database": t("File"), "backups": t("Backups"), "drafts": t("Drafts"), "config": t("Settings")},
        **{"themes": t("Own themes"), "log": t("Log"), "shipped_data": t("Shipped data")},
        "memory": t("Logs of this machine"),
        "shipped_themes": t("Shipped themes"),
    }
    session.put(places, lambda: pairs((labels[name], place) for name, place in places.items()))


@command("lost-laptop")
def lost_laptop_command(session: Session) -> None:
    """Print what to do when a laptop is lost, step by step."""
    from crm_tui.paths import page
    from crm_tui.words import language

    text = page("lost-laptop", language()).read_text(encoding="utf-8").rstrip()
    session.put({"language": language(), "title": text.partition("\n")[0], "text": text}, text)


@command("completion")
@argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(session: Session, shell: str) -> None:
    """Print the completion script of a shell; its first lines say where it belongs."""
    from click.shell_completion import get_completion_class

    from crm_tui.cli.program import program

    kind = get_completion_class(shell)
    if kind is None:
        raise Refused(t("there is no completion for {shell}", shell=shell))
    script = kind(program, {}, "crm-tui", "_CRM_TUI_COMPLETE").source()
    session.put({"shell": shell, "script": script}, script)
