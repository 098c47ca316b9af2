"""Commands that exchange changes with other machines: bundle, join, sync."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_tui.cli.family import Family
from crm_tui.cli.program import argument, command, option
from crm_tui.cli.session import Session
from crm_tui.cli.working import accepting, asks, bundles_of, counting, matches, passphrase, stoppable
from crm_tui.errors import CrmError, NotFound, Refused
from crm_tui.words import t

if TYPE_CHECKING:
    from crm_tui.sync.bundles import Bundles, Imported
    from crm_tui.sync.folder import FolderReport

_FILE = click.Path(path_type=Path)
_accept = option(
    "--accept-key", "code", metavar="CODE", help="The code of an unknown machine, as its owner reads it out; or any."
)
_phrase = option(
    "--passphrase-file", "phrase", type=_FILE, metavar="F", help="A file whose first line is the passphrase."
)


@click.group("bundle", cls=Family, help="Write, read or look into a file of changes for other machines.")
def bundle_command() -> None:
    """Bundles."""


@bundle_command.member("export", help="Write what other machines lack into a file.")
@argument("file", type=_FILE)
@option("--for", "to", metavar="DEVICE", help="Only what this machine is not known to have.")
@option("--all", "everything", is_flag=True, help="Everything; this is so if no machine is named.")
@_phrase
@option("--recipient", "recipients", multiple=True, metavar="R", help="A machine or a key (age1…) that alone opens it.")
def _export(
    session: Session, file: Path, to: str | None, everything: bool, phrase: Path | None, recipients: tuple[str, ...]
) -> None:
    if to and everything:
        raise click.UsageError(t("say either --for or --all"))
    bundles = bundles_of(session)
    with stoppable() as stop, counting() as tell:
        done = bundles.export(
            file.expanduser(), to=to, passphrase=passphrase(phrase), recipients=recipients, progress=tell, stop=stop
        )
    session.put(
        {"bundle": str(done.bundle), "changes": done.changes, "since": done.since, "bytes": done.bytes},
        t("{n} changes in {path}", n=f"{done.changes:,}", path=done.bundle),
    )


@bundle_command.member("import", help="Take bundles in, in whatever order they need.")
@argument("files", nargs=-1, required=True, type=_FILE)
@option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@_accept
@_phrase
def _import(session: Session, files: tuple[Path, ...], dry_run: bool, code: str | None, phrase: Path | None) -> None:
    if not session.file.exists():
        raise NotFound(t("there is no file {path} yet; begin one with: crm-tui join BUNDLE", path=session.file))
    bundles = bundles_of(session)
    done, failed = _take_all(bundles, files, code, phrase, dry_run)
    told = [_told(one) for one in done]
    if told:
        if dry_run:
            session.say(t("nothing was changed: this was a dry run"))
        session.put(told if len(files) > 1 else told[0], lambda: "\n\n".join(map(_counted, done)))
        _hint(session)
    for error in failed[1:]:
        session.say(str(error))
    if failed:
        raise failed[0]


def _take_all(
    bundles: Bundles, files: tuple[Path, ...], code: str | None, phrase: Path | None, dry_run: bool
) -> tuple[list[Imported], list[CrmError]]:
    """Take files in; one that others must precede is tried again after them."""
    from crm_tui.rules.heads import Gap

    waiting, done = [file.expanduser() for file in files], []
    failed: list[CrmError] = []
    moved = True
    while waiting and moved:
        moved, gaps = False, []
        for file in waiting:
            try:
                done.append(_take(bundles, file, code, phrase, dry_run))
                moved = True
            except Gap as gap:
                gaps.append((file, gap))
            except CrmError as error:
                failed.append(error)
        waiting = [file for file, _ in gaps]
    return done, failed + [gap for _, gap in gaps]


def _take(bundles: Bundles, file: Path, code: str | None, phrase: Path | None, dry_run: bool) -> Imported:
    secret = passphrase(phrase, file)

    def attempt(accepted: str | None) -> Imported:
        with stoppable() as stop, counting() as tell:
            return bundles.take(file, accept_key=accepted, dry_run=dry_run, passphrase=secret, progress=tell, stop=stop)

    return accepting(attempt, code)


def _told(done: Imported) -> dict[str, Any]:
    merged = done.merged
    return {
        "bundle": str(done.bundle),
        "from": done.sender,
        "changes": merged.changes,
        "changes_new": merged.new,
        "changes_known": merged.known,
        "rows_created": merged.created,
        "rows_updated": merged.updated,
        "rows_trashed": merged.trashed,
        "rows_untouched": merged.untouched,
        "conflicts": merged.conflicts,
        "applied": merged.applied,
    }


def _counted(done: Imported) -> str:
    from crm_tui.cli.shown import pairs

    merged = done.merged
    return pairs(
        [
            (t("Bundle"), done.bundle),
            (t("From"), done.sender),
            (t("Changes"), t("{n}, of which {new} new", n=f"{merged.changes:,}", new=f"{merged.new:,}")),
            (t("New"), f"{merged.created:,}"),
            (t("Updated"), f"{merged.updated:,}"),
            (t("To the trash"), f"{merged.trashed:,}"),
            (t("Unchanged"), f"{merged.untouched:,}"),
            (t("Conflicts"), f"{merged.conflicts:,}"),
        ]
    )


def _hint(session: Session) -> None:
    waiting = session.crm().conflicts.count()
    if waiting:
        session.say(t("{n} conflicts wait for a choice; see: crm-tui conflicts", n=f"{waiting:,}"))


@bundle_command.member("inspect", help="Say what a bundle holds and whom it is from; nothing is taken in.")
@argument("file", type=_FILE)
@_phrase
def _inspect(session: Session, file: Path, phrase: Path | None) -> None:
    from crm_tui.sync.bundle_file import inspect
    from crm_tui.sync.machine_key import MachineKey

    file = file.expanduser()
    with stoppable() as stop:
        secret = passphrase(phrase, file)
        found = inspect(file, passphrase=secret, identities=[MachineKey.of(session.home.data).identity], stop=stop)
    session.put({"bundle": str(file), **found}, lambda: _inspected(found))


def _inspected(found: dict[str, Any]) -> str:
    from datetime import UTC, datetime

    from crm_tui.cli.shown import noun_label, pairs, table

    head = pairs(
        [
            (t("From"), found["sender"]["name"]),
            (t("Code"), found["code"]),
            (t("Written"), f"{datetime.fromtimestamp(found['made'] / 1000, UTC):%Y-%m-%d %H:%M} UTC"),
            (t("Company"), found["workspace"]),
            (t("Sealed"), t("yes") if found["sealed"] else t("no")),
            (t("Changes"), f"{found['changes']:,}"),
            *((noun_label(noun), f"{n:,}") for noun, n in found["changes_by_noun"].items()),
        ]
    )
    logs = table(
        [(one["name"], one["code"] or "", f"{one['before'][0] + 1}-{one['end'][0]}") for one in found["slices"]],
        (t("Machine"), t("Log"), t("Changes")),
    )
    return "\n\n".join(filter(None, (head, logs)))


@command("join")
@argument("bundle", type=_FILE)
@_accept
@_phrase
def join_command(session: Session, bundle: Path, code: str | None, phrase: Path | None) -> None:
    """Make this machine one of the company that a bundle comes from; say with --as who you are."""
    from crm_tui.services.crm import Crm
    from crm_tui.sync.bundles import Bundles

    bundle = bundle.expanduser()
    secret = passphrase(phrase, bundle)
    if not session.file.exists():
        _verified(session, bundle, secret)
    # Whoever works here is somebody in the bundle: the file is opened for nobody until it is there.
    crm = Crm.open(session.file, session.clock, zone=session.zone, memory=session.home.memory)
    try:
        bundles = Bundles(crm, session.home.data, session.home.memory)
        done = accepting(lambda accepted: bundles.join(bundle, accept_key=accepted, passphrase=secret), code)
    finally:
        crm.close()
    session.put(_told(done), lambda: _counted(done))
    if session.person:
        people = session.crm().people
        people.i_am(str(people.find(session.person)["id"]))
    elif session.crm().people.me() is None:
        session.say(t("Say who you are with: crm-tui people me NAME"))


def _verified(session: Session, bundle: Path, secret: str | None) -> None:
    """Refuse a bad bundle before a file is made for it."""
    from crm_tui.sync.bundle_file import read_bundle
    from crm_tui.sync.machine_key import MachineKey

    identities = [MachineKey.of(session.home.data).identity]
    with (
        stoppable() as stop,
        read_bundle(bundle, passphrase=secret, identities=identities, stop=stop, unsigned_logs=True),
    ):
        pass


@command("sync")
@argument("folder", type=_FILE)
@option("--watch", is_flag=True, help="Go on until Ctrl-C: whenever something changes here or there.")
@option("--every", type=click.FloatRange(0.1, 3600), default=3, help="Seconds between two looks, with --watch.")
@option(
    "--accept-key",
    "codes",
    multiple=True,
    metavar="CODE",
    help="The code of an unknown machine, as its owner reads it out; or any.",
)
@option("--sealed", is_flag=True, help="Only machines that are known can read what is written.")
def sync_command(
    session: Session, folder: Path, watch: bool, every: float, codes: tuple[str, ...], sealed: bool
) -> None:
    """Exchange changes with others by a shared folder: a stick, a server, a cloud."""
    bundles, folder = bundles_of(session), folder.expanduser()
    report = _sync(bundles, folder, codes, sealed)
    if report.unknown and not codes and asks():
        accepted = [code for code, name in report.unknown.items() if matches(name, code)]
        if accepted:
            report = _together(report, _sync(bundles, folder, tuple(accepted), sealed))
    if watch:
        _watch(session, bundles, folder, report, every, sealed)
        return
    _say(session, report)
    session.put(_plain(report), lambda: _line(report))
    _hint(session)
    if report.error is not None:
        raise report.error
    if report.problems:
        click.get_current_context().exit(Refused.exit_code)


def _sync(bundles: Bundles, folder: Path, codes: tuple[str, ...], sealed: bool) -> FolderReport:
    from crm_tui.sync.folder import sync_folder

    with stoppable() as stop, counting() as tell:
        return sync_folder(bundles, folder, accept=codes, sealed=sealed, progress=tell, stop=stop)


def _together(first: FolderReport, second: FolderReport) -> FolderReport:
    from dataclasses import replace

    return replace(
        second,
        sent=first.sent + second.sent,
        received=first.received + second.received,
        conflicts=first.conflicts + second.conflicts,
    )


def _watch(session: Session, bundles: Bundles, folder: Path, report: FolderReport, every: float, sealed: bool) -> None:
    from crm_tui.sync.folder_watch import watch_folder

    said: list[str] = []

    def tell(done: FolderReport | CrmError) -> None:
        nonlocal said
        if isinstance(done, CrmError):
            lines = [str(done)]
        else:
            lines = _sentences(done)
            if done.sent or done.received or done is report:
                text = json.dumps(_plain(done), ensure_ascii=False) if session.json else _line(done)
                print(text, flush=True)
        for line in lines:
            if line not in said:
                session.say(line)
        said = lines

    tell(report)
    with stoppable() as stop:
        watch_folder(bundles, folder, tell, stop, every=every, sealed=sealed)


def _say(session: Session, report: FolderReport) -> None:
    for line in _sentences(report):
        session.say(line)


def _sentences(report: FolderReport) -> list[str]:
    waits = [
        t("changes of {name} wait until those of {other} have come", name=name, other=other)
        for name, other in report.waiting
    ]
    return [*report.problems, *report.unfinished, *waits]


def _plain(report: FolderReport) -> dict[str, Any]:
    return {
        "sent": report.sent,
        "received": report.received,
        "waiting": [{"from": name, "for": other} for name, other in report.waiting],
        "conflicts": report.conflicts,
        "problems": report.problems,
        "unfinished": report.unfinished,
        "unknown": [{"name": name, "code": code} for code, name in report.unknown.items()],
    }


def _line(report: FolderReport) -> str:
    return t(
        "{sent} changes sent, {received} received, {conflicts} new conflicts",
        sent=f"{report.sent:,}",
        received=f"{report.received:,}",
        conflicts=f"{report.conflicts:,}",
    )
