"""The way out of a fork: compares this file with the other copy's bundle or database, and separates the two."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from crm_tui.errors import Refused
from crm_tui.store import chain, driver, logs, rescuing
from crm_tui.sync.bundles import Bundles
from crm_tui.words import t

Claims = list[tuple[str, int, bytes]]


def rescue(bundles: Bundles, path: Path, *, passphrase: str | None = None, received: bool = False) -> rescuing.Rescued:
    """Give the branch of a forked log that grew in this file a log of its own, so that both copies' work lives.

    The file must be closed and opened again; then the bundle is taken in like any other.

    Args:
        bundles: of this file, on the machine with the wrong copy.
        path: the refused bundle, or the other copy's database.
        passphrase: opens the bundle.
        received: also for a log that was not written here, only received.

    Raises:
        Refused: if nothing is forked, or the file does not tell where both parted.
        CrmError: if the file cannot be read.
    """
    if _is_database(path):
        theirs, claims = _of_database(path), Claims()
    else:
        theirs, claims = _of_bundle(bundles, path, passphrase)
    db = bundles.store.reader()
    common = rescuing.forks(db, theirs)
    unknown = rescuing.strangers(db, claims) - common.keys()
    if unknown:
        names = ", ".join(_called(db, log) for log in sorted(unknown))
        raise Refused(
            t(
                "its sender knows another log of {name}, which is not in it; ask for a bundle with everything in it "
                "(crm-tui bundle export FILE --all), or name the other file itself",
                name=names,
            )
        )
    if not common:
        raise Refused(t("{path} does not contradict this file: there is nothing to rescue", path=path))
    own = {log for (log,) in db.execute(f"SELECT id FROM device WHERE dev IN ({','.join(map(str, logs.own(db)))})")}
    foreign = common.keys() - own
    if foreign and not received:
        names = ", ".join(_called(db, log) for log in sorted(foreign))
        raise Refused(
            t(
                "the log of {name} was not written here; rescue the copy on the machine that wrote it. If that copy is "
                "the wrong one and its changes came here, use: crm-tui rescue FILE --received",
                name=names,
            )
        )
    return rescuing.rescue(bundles.store, common)


def _called(db: sqlite3.Connection, log: str) -> str:
    row = db.execute("SELECT name FROM device WHERE id = ?", (log,)).fetchone()
    return f"{row[0] if row and row[0] else '?'} ({log[:6]})"


def _is_database(path: Path) -> bool:
    try:
        with path.open("rb") as stream:
            return stream.read(16) == b"SQLite format 3\0"
    except OSError:
        return False


def _of_database(path: Path) -> dict[str, dict[int, bytes]]:
    driver.recognise(path)
    with closing(driver.connect(path)) as db:
        try:
            found: dict[str, dict[int, bytes]] = {}
            for log, seq, mark in db.execute(
                "SELECT d.id, a.last, a.chain FROM action a JOIN device d ON d.dev = a.dev"
            ):
                found.setdefault(log, {0: chain.START})[seq] = bytes(mark)
            return found
        except sqlite3.Error as error:
            raise driver.sentence(error, path) from None


def _of_bundle(bundles: Bundles, path: Path, passphrase: str | None) -> tuple[dict[str, dict[int, bytes]], Claims]:
    claims: Claims = []
    with bundles.reading(path, passphrase) as bundle:
        if bundle.manifest.workspace != bundles.store.setting("workspace"):
            raise Refused(t("this bundle belongs to another company's file; there is nothing to rescue"))
        found = {one.log: {one.before.seq: one.before.chain} for one in bundle.manifest.slices}
        for part in bundle.parts():
            for head in part.heads:
                found[head.log][head.last] = head.chain
                claims += [(entry.of, entry.upto, entry.mark) for entry in head.seen]
    return found, claims
