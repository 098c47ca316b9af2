"""Commands with commands inside, such as `bundle export`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from crm_tui.cli.program import Command, Option
from crm_tui.cli.session import Session
from crm_tui.words import t


class Family(click.Group):
    """A group of commands whose help speaks the reader's language; `--json` may stand before the inner command."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.append(Option(["--json"], is_flag=True, expose_value=False, callback=_json, help="Print JSON."))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The family's help, translated."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(t(self.help or ""))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the inner commands."""
        with formatter.section(t("Commands")):
            formatter.write_dl([(name, t(one.help or "")) for name, one in self.commands.items()])

    def member(self, name: str, **options: Any) -> Callable[[Callable[..., Any]], click.Command]:
        """A decorator that makes a function an inner command, which gets the session first.

        Args:
            name: of the command.
            options: of click's command, `help` in English among them.
        """

        def wrap(function: Callable[..., Any]) -> click.Command:
            return self.command(name, cls=Command, **options)(click.pass_obj(function))

        return wrap


def _json(ctx: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).json = True
