"""Commands for people outside of the company: share export, share import."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, option
from crm_tui.cli.session import Session
from crm_tui.cli.working import accepting, bundles_of, counting, passphrase, stoppable
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.sync.bundles import Imported
    from crm_tui.sync.shares import Shared

_FILE = click.Path(path_type=Path)
_phrase = option(
    "--passphrase-file", "phrase", type=_FILE, metavar="F", help="A file whose first line is the passphrase."
)


@click.group("share", cls=Family, help="Give chosen customers to a partner, and take back what was done with them.")
def share_command() -> None:
    """Shares."""


@share_command.member("export", help="Write chosen customers and what hangs on them, as they are now, for a partner.")
@argument("file", type=_FILE)
@option(
    "--only",
    "filters",
    multiple=True,
    required=True,
    metavar="FILTER",
    help="Which customers: owner=NAME, partner=NAME or region=TEXT; of several all must hold.",
)
@option("--hide", multiple=True, metavar="FIELD", help="What stays here: phones, customers.note, visits.summary.")
@option("--name", metavar="NAME", help="Whom it is for; a later share for the same name knows what returned.")
@option("--dry-run", is_flag=True, help="List exactly what would leave, and write nothing.")
@_phrase
@option("--recipient", "recipients", multiple=True, metavar="R", help="A machine or a key (age1…) that alone opens it.")
def _export(session: Session, file: Path, filters: tuple[str, ...], phrase: Path | None, **options: Any) -> None:
    from crm_tui.sync.shares import Shares

    only = dict(_pair(word) for word in filters)
    with stoppable() as stop:
        done = Shares(bundles_of(session)).export(
            file.expanduser(), only, passphrase=passphrase(phrase), stop=stop, **options
        )
    if options["dry_run"]:
        session.say(t("nothing was written: this was a dry run"))
    session.put(_left(done), lambda: _listed(done))


def _pair(word: str) -> tuple[str, str]:
    key, sign, text = word.partition("=")
    if not sign or not text.strip():
        raise click.UsageError(t("--only wants owner=NAME, partner=NAME or region=TEXT, not “{word}”", word=word))
    return key.strip(), text.strip()


def _left(done: Shared) -> dict[str, Any]:
    return {
        "share": str(done.path),
        "id": done.share,
        "name": done.name,
        "customers": [{"id": row, "name": name} for row, name in done.customers],
        "rows": done.rows,
        "fields": done.fields,
        "hidden": done.hidden,
        "bytes": done.bytes,
    }


def _listed(done: Shared) -> str:
    from crm_tui.cli.shown import noun_label, pairs, table

    head = pairs([(t("Share"), done.path), (t("For"), done.name), (t("Bytes"), f"{done.bytes:,}")])
    rows = table(
        [
            (noun_label(noun), f"{n:,}", ", ".join(_label(noun, name) for name in done.fields.get(noun, [])))
            for noun, n in done.rows.items()
        ],
        (t("Kind"), t("Records"), t("Fields")),
        right=(1,),
    )
    names = table([(name,) for _, name in done.customers], (t("Customers"),))
    held = pairs([(t("Held back"), ", ".join(_said(name) for name in done.hidden))])
    return "\n\n".join((head, rows, held, names))


def _said(hidden: str) -> str:
    from crm_tui.cli.shown import noun_label

    noun, _, name = hidden.partition(".")
    return f"{noun_label(noun)}: {_label(noun, name)}" if name else noun_label(noun)


def _label(noun: str, name: str) -> str:
    from crm_tui.cli.shown import pick
    from crm_tui.records.nouns import NOUNS

    fields = NOUNS[noun].fields if noun in NOUNS else {}
    return pick(fields[name].about.en, fields[name].about.zh) if name in fields else name.removeprefix("extra.")


@share_command.member("import", help="Take a share into a new file, or what came back of one into the company's.")
@argument("file", type=_FILE)
@option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@option(
    "--accept-key", "code", metavar="CODE", help="The code of an unknown machine, as its owner reads it out; or any."
)
@_phrase
def _import(session: Session, file: Path, dry_run: bool, code: str | None, phrase: Path | None) -> None:
    from crm_tui.services.crm import Crm
    from crm_tui.sync.bundle_file import read_bundle
    from crm_tui.sync.bundles import Bundles
    from crm_tui.sync.machine_key import MachineKey
    from crm_tui.sync.shares import Shares

    file = file.expanduser()
    secret = passphrase(phrase, file)
    if not session.file.exists():  # a bad share must not even make an empty file
        identities = [MachineKey.of(session.home.data).identity]
        with read_bundle(file, passphrase=secret, identities=identities, unsigned_logs=True):
            pass
    # Who works here may come with the share: the file is opened for nobody until it is there.
    crm = Crm.open(session.file, session.clock, zone=session.zone, memory=session.home.memory)
    try:
        shares = Shares(Bundles(crm, session.home.data, session.home.memory))

        def attempt(accepted: str | None) -> Imported:
            with stoppable() as stop, counting() as tell:
                return shares.take(
                    file, accept_key=accepted, dry_run=dry_run, passphrase=secret, progress=tell, stop=stop
                )

        before = shares.records.set_aside()
        done = accepting(attempt, code)
        _tell(session, done, shares.records.set_aside() - before, dry_run)
    finally:
        crm.close()


def _tell(session: Session, done: Imported, aside: int, dry_run: bool) -> None:
    from crm_tui.cli.shown import pairs

    merged = done.merged
    if dry_run:
        session.say(t("nothing was changed: this was a dry run"))
    if aside:
        session.say(t("{n} changes of what was not shared have no effect", n=f"{aside:,}"))
    counts = {
        "changes": merged.changes,
        "changes_new": merged.new,
        "changes_known": merged.known,
        "changes_aside": aside,
        "rows_created": merged.created,
        "rows_updated": merged.updated,
        "conflicts": merged.conflicts,
    }
    session.put(
        {"share": str(done.bundle), "from": done.sender, **counts, "applied": merged.applied},
        lambda: pairs(
            [
                (t("Share"), done.bundle),
                (t("From"), done.sender),
                (t("Changes"), t("{n}, of which {new} new", n=f"{merged.changes:,}", new=f"{merged.new:,}")),
                (t("New"), f"{merged.created:,}"),
                (t("Updated"), f"{merged.updated:,}"),
                (t("Conflicts"), f"{merged.conflicts:,}"),
            ]
        ),
    )
