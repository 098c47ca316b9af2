"""The command `crm-tui`: its global options, and its commands by name, each loaded only when it is called."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from crm_tui import __version__
from crm_tui.cli.session import Session
from crm_tui.words import t

_F = TypeVar("_F", bound=Callable[..., Any])

COMMANDS: dict[str, tuple[str, str]] = {
    "today": ("visits", "What is due today, overdue first."),
    "find": ("customers", "Find customers by anything: name, pinyin, phone digits, e-mail."),
    "card": ("customers", "Show everything about one customer."),
    "log": ("visits", "Log a contact that took place, and plan the next one."),
    "add": ("schedule", "Write one line as people say it: who, when, what."),
    "plan": ("schedule", "Plan a contact."),
    "done": ("schedule", "Say that a planned contact took place."),
    "move": ("schedule", "Move a planned contact to another time."),
    "move-day": ("schedule", "Move all plans of a day, and list whom to phone."),
    "series": ("series", "Series of plans; leave one occurrence out, move one, end it."),
    "agenda": ("schedule", "What is planned and what was done on a day or in a week."),
    "run-list": ("team", "The errands of a day by area, to be printed."),
    "callbacks": ("callbacks", "The calls that are due, the oldest first; what came of one."),
    "team": ("team", "A week as person by day, plan against actual."),
    "day-report": ("day_reports", "What somebody did on a day, left, moved and promised; what comes next."),
    "targets": ("activity_targets", "Targets for activities, with pace against target."),
    "predict": ("team", "When a customer has used up what was brought."),
    "lead": ("leads", "Write down who called or walked in."),
    "leads": ("leads", "Leads that are open, those that wait for a first answer first."),
    "deals": ("deals", "The deals by stage, with totals."),
    "deal": ("deals", "Open a deal, move it, win it, lose it, say what comes next."),
    "funnel": ("deals", "The funnel by stage, now or on a past day."),
    "forecast": ("deals", "What each month should bring, beside what was won."),
    "products": ("products", "Products with prices and stock; add, price, move stock."),
    "quotes": ("quotes", "Quotes, the newest first."),
    "quote": ("quotes", "Offer something: lines, discount, versions; send it, make an order of it."),
    "orders": ("orders", "Orders, the newest first, each with the step that it waits for."),
    "order": ("orders", "Order, deliver, pay, return."),
    "arrears": ("arrears", "Who owes what since when."),
    "collections": ("arrears", "What is expected and what came, day by day."),
    "commission": ("commission_rules", "What a person earned in a month."),
    "handover": ("team", "Hand customers over to somebody else."),
    "holidays": ("working_days", "Days off and make-up working days: list them, put them into force."),
    "policies": ("working_days", "What the company agreed on: working hours, contacts a day, and so on."),
    "call": ("callers", "Who rings: open tickets and promises of a number or a name."),
    "complain": ("tickets", "Take a complaint in, or a request, question, suggestion, praise."),
    "tickets": ("tickets", "The queue of the desk by its clocks."),
    "ticket": ("tickets", "Show a ticket, or take a step with it."),
    "sla": ("tickets", "The clock of a ticket with its arithmetic."),
    "article": ("articles", "Knowledge: articles, cases, open questions."),
    "service-report": ("service_reports", "Causes, times, reopened, satisfaction and cost of a period."),
    "new": ("customers", "Add a customer, or a contact, phone, tag … to one."),
    "edit": ("customers", "Change fields of a record."),
    "trash": ("customers", "Put records into the trash."),
    "restore": ("customers", "Take records out of the trash."),
    "import": ("files", "Read customers from a file of another program."),
    "export": ("files", "Write customers, contacts or everything into a file."),
    "duplicates": ("duplicates", "List customers that may be the same."),
    "merge": ("duplicates", "Make one customer of two."),
    "unmerge": ("duplicates", "Separate a customer that was merged."),
    "undo": ("history", "Take back the last action, or a numbered one."),
    "redo": ("history", "Take back the last undo."),
    "history": ("history", "List what was done, or what was changed on one record."),
    "bundle": ("sync", "Write, read or look into a file of changes for other machines."),
    "join": ("sync", "Make this machine one of the company that a bundle comes from."),
    "sync": ("sync", "Exchange changes with others by a shared folder."),
    "share": ("shares", "Give chosen customers to a partner, and take back what was done with them."),
    "conflicts": ("conflicts", "List what machines disagree on."),
    "resolve": ("conflicts", "Settle a conflict for everybody."),
    "devices": ("machines", "List the machines of the company."),
    "device": ("machines", "Name this machine, trust another, begin a new log."),
    "backup": ("backups", "Write a checked copy of the file."),
    "restore-backup": ("backups", "Put a backup back in the place of the file."),
    "rescue": ("rescue", "Separate two copies of a file that both went on."),
    "check": ("backups", "Look for damage in the file."),
    "people": ("setup", "List colleagues, add one, say who you are."),
    "fields": ("setup", "List custom fields, or add one."),
    "where": ("setup", "Print every path that is used."),
    "lost-laptop": ("setup", "What to do when a laptop is lost: print the steps."),
    "completion": ("setup", "Print the completion script of a shell."),
    "demo": ("demo", "Open a small world of invented customers to try things in."),
}
"""Module and one line of help of each command, in the order of a working day."""


class Option(click.Option):
    """An option whose help speaks the reader's language."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Its names and its help, translated."""
        record = super().get_help_record(ctx)
        if record is None or not self.help:
            return record
        return record[0], record[1].replace(self.help, t(self.help), 1)


class Command(click.Command):
    """A command whose help speaks the reader's language and which always knows `--json`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(
            Option(["--json", "as_json"], is_flag=True, expose_value=False, callback=_json, help="Print JSON.")
        )

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The command's help, translated."""
        said = self.help or COMMANDS.get(self.name or "", ("", ""))[1]
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(t(said))

    def get_short_help_str(self, limit: int = 45) -> str:
        """One line of help, translated."""
        return t(self.help or "")


def _json(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).json = True


class Program(click.Group):
    """The commands, each imported when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of all commands, in the order of a working day."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load one command."""
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"crm_tui.cli.{COMMANDS[cmd_name][0]}")
        found: click.Command = getattr(module, cmd_name.replace("-", "_") + "_command")
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Load one command; a misspelt one is answered with the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], COMMANDS, 1, 0.5)
            hint = t("did you mean “{near}”?", near=near[0]) if near else t("see: crm-tui --help")
            raise click.UsageError(t("there is no command “{name}”; {hint}", name=args[0], hint=hint), ctx)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading any."""
        with formatter.section(t("Commands")):
            formatter.write_dl([(name, t(said)) for name, (_module, said) in COMMANDS.items()])

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What the program is, translated."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(t(self.help or ""))


@click.group(
    "crm-tui",
    cls=Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Customers, contacts and promises in one file, at the terminal. Without a command the app opens.",
)
@click.option(
    "--db",
    cls=Option,
    type=click.Path(path_type=Path),
    envvar="CRM_TUI_DB",
    help="The file to work on (or in CRM_TUI_DB).",
)
@click.option(
    "--home",
    cls=Option,
    type=click.Path(path_type=Path),
    envvar="CRM_TUI_HOME",
    help="A folder for data, settings and log.",
)
@click.option("--as", "person", cls=Option, metavar="PERSON", envvar="CRM_TUI_AS", help="Who you are: a colleague.")
@click.option("--lang", cls=Option, type=click.Choice(["en", "zh"]), envvar="CRM_TUI_LANG", help="English or Chinese.")
@click.option("--now", cls=Option, metavar="ISO", help="A fixed clock, such as 2026-11-24T10:05.")
@click.option("--zone", cls=Option, metavar="NAME", envvar="CRM_TUI_ZONE", help="A time zone, such as Asia/Shanghai.")
@click.option("--json", "as_json", cls=Option, is_flag=True, help="Print JSON.")
@click.option("--screen", cls=Option, metavar="NAME", help="Open the app on this screen.")
@click.version_option(__version__, prog_name="crm-tui", message="%(prog)s %(version)s")
@click.pass_context
def program(ctx: click.Context, /, screen: str | None, as_json: bool, lang: str | None, **given: Any) -> None:
    """Keep the global options for the command; without a command open the app."""
    session = ctx.ensure_object(Session)
    ctx.call_on_close(session.close)
    session.take(language=lang, **given)
    session.json = session.json or as_json
    if ctx.invoked_subcommand is None:
        session.open_app(screen)


def command(name: str, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
    """A decorator that makes a function the command `name`; it gets the session first."""

    def wrap(function: Callable[..., Any]) -> click.Command:
        return click.command(name, cls=Command, **options)(click.pass_obj(function))

    return wrap


def option(*names: str, **options: Any) -> Callable[[_F], _F]:
    """A decorator that adds an option whose help is translated."""
    return click.option(*names, cls=Option, **options)


argument = click.argument
