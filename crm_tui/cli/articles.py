"""Commands about what the desk knows: article list, find, add, answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, option
from crm_tui.cli.session import Session
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

FIELDS = ("id", "kind", "symptom", "product", "cause", "fix", "ticket")


@click.group("article", cls=Family, invoke_without_command=True, help="Knowledge: articles, cases, open questions.")
@click.pass_context
def article_command(ctx: click.Context) -> None:
    """List all unless something else is asked."""
    if ctx.invoked_subcommand is None:
        session = ctx.ensure_object(Session)
        crm = session.crm()
        _listed(session, crm, crm.articles.all())


@article_command.member("find", help="What may help, by the words of a complaint.")
@argument("text", nargs=-1, required=True)
def _find(session: Session, text: tuple[str, ...]) -> None:
    crm = session.crm()
    _listed(session, crm, crm.articles.find(" ".join(text)))


@article_command.member("asked", help="What waits for the engineer.")
def _asked(session: Session) -> None:
    crm = session.crm()
    _listed(session, crm, crm.articles.asked())


@article_command.member("add", help="Write an article: the symptom, then what helps.")
@argument("symptom")
@argument("fix")
@option("--product", metavar="TEXT", help="Which product.")
@option("--cause", metavar="CODE", help="The root cause.")
@option("--kind", type=click.Choice(["article", "case", "advice"]), default="article", help="What it is.")
def _add(session: Session, symptom: str, fix: str, **values: Any) -> None:
    crm = session.crm(create=True)
    changes = crm.articles.write({"symptom": symptom, "fix": fix, **values})
    session.say(t("Added {name}", name=symptom))
    session.put({"id": changes.ids[0], "action": changes.action}, changes.ids[0])


@article_command.member("answer", help="Answer what was asked; it is an article from then on.")
@argument("article", metavar="ID")
@argument("fix", nargs=-1, required=True)
def _answer(session: Session, article: str, fix: tuple[str, ...]) -> None:
    crm = session.crm()
    changes = crm.articles.answer(article, " ".join(fix))
    session.put({"id": article, "action": changes.action}, article)


def _listed(session: Session, crm: Crm, rows: list[dict[str, Any]]) -> None:
    from crm_tui.cli.shown import table

    items = [{name: row[name] for name in FIELDS} for row in rows]
    if not items:
        session.say(t("nothing is written about it yet"))
    session.put(
        {"count": len(items), "items": items},
        lambda: table((one["product"], one["symptom"], (one["fix"] or "?").replace("\n", " ")) for one in items),
    )
