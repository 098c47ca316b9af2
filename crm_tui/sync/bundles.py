"""Bundles: what this file has and another lacks, written into one file; and what came in such a file, taken in."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from crm_tui.errors import NotFound, Refused
from crm_tui.records.nouns import NOUNS
from crm_tui.rules.slices import Slice
from crm_tui.services.crm import Crm
from crm_tui.services.machines import ACCEPTED, DISTRUSTED, PARTNER, Peer, machine_id
from crm_tui.store import catalogue, driver, logs, merging, outgoing, partners
from crm_tui.store.memory import Memory
from crm_tui.sync.bundle_file import Bundle, file_hash, read_bundle, write_bundle
from crm_tui.sync.chains import sign_end
from crm_tui.sync.machine_key import MachineKey, code_of
from crm_tui.sync.manifest import JsonValue, Manifest, Purpose, Sender
from crm_tui.sync.taking_back import TakenBack, take_back
from crm_tui.words import t

Progress = Callable[[int], None]

RETURN = "return_of"
"""What a bundle that leaves a file made from shares says: their ids, and the machine that each came from."""
RECIPIENT = "recipient"
"""What a share, or the return of one, says besides: the key that an answer is sealed with for its sender."""
_AGE = re.compile("age1[0-9a-z]{58}")


@dataclass(frozen=True)
class Exported:
    """A bundle that was written: its file, how many changes, since when (by log), how large."""

    bundle: Path
    changes: int
    since: dict[str, int]
    bytes: int


@dataclass(frozen=True)
class Imported:
    """What a bundle did: its file, who made it, and the counts of the merge."""

    bundle: Path
    sender: str
    merged: merging.Merged
    accepted: bool = False


class IsShare(Refused):
    """A share, or what came back of one, where a bundle was wanted."""


class OtherCompany(Refused):
    """A bundle of another company's file."""


class UnknownKey(Refused):
    """A bundle of a machine that nobody here has met; `code` is what its owner can read out from his screen."""

    def __init__(self, name: str, code: str) -> None:
        self.name, self.code = name, code
        super().__init__(
            t(
                "{name} is not known here yet. Ask its owner whether the code of that machine is {code}; if so, accept "
                "it with: --accept-key {code}",
                name=name,
                code=code,
            )
        )


class Bundles:
    """Makes and takes bundles of one file.

    Args:
        crm: the open file.
        home: folder of this machine's keys.
        memory: what this machine remembers of the logs that it wrote; only those are signed by it.
    """

    def __init__(self, crm: Crm, home: Path, memory: Path | None = None) -> None:
        self.crm = crm
        self.store = crm.store
        self._home = home
        self._memory = memory

    @cached_property
    def key(self) -> MachineKey:
        """This machine's key, made when it is first needed."""
        return MachineKey.of(self._home)

    @property
    def code(self) -> str:
        """What others compare when they first meet this machine."""
        return code_of(self.key.public)

    def peers(self) -> list[Peer]:
        """All machines of the workspace, this one first."""
        return self.crm.machines.peers(self.key.public)

    def _own_logs(self) -> frozenset[str]:
        """Logs that this machine writes or wrote: it remembers them, or has signed them before."""
        db = self.store.reader()
        begun = self._remembered & {log for (log,) in db.execute("SELECT id FROM device")}
        signed = {log for (log,) in db.execute("SELECT id FROM device WHERE sign_key = ?", (self.key.public,))}
        return frozenset(begun | signed)

    @property
    def _remembered(self) -> set[str]:
        if self._memory is None:
            db = self.store.reader()
            marks = ",".join(map(str, logs.own(db)))
            return {log for (log,) in db.execute(f"SELECT id FROM device WHERE dev IN ({marks})")}
        with Memory(self._memory).turn(durable=False) as notes:
            return set(notes)

    # out

    def export(
        self,
        path: Path,
        *,
        to: str | None = None,
        since: dict[str, int] | None = None,
        passphrase: str | None = None,
        recipients: Sequence[str] = (),
        purpose: Purpose = "bundle",
        only: frozenset[str] | None = None,
        progress: Progress = lambda done: None,
        stop: threading.Event | None = None,
    ) -> Exported:
        """Write what another machine lacks.

        Args:
            path: the bundle.
            to: name of the machine that it is for: what it is known to have stays out. Everything without.
            since: what stays out, by log, instead.
            passphrase: seals it.
            recipients: keys ("age1…"), or names of machines, that it is sealed for.
            purpose: a bundle for people or a segment of a folder.
            only: ids of the logs that may leave.
            progress: is told how many changes are done.
            stop: ends it; nothing is left then.

        Raises:
            NotFound: no machine is called `to`.
            Refused, BadFile, Cancelled: with a sentence.
        """
        self.crm.machines.introduce(self.key.public, logs.machine_name(self.store.reader()), self.key.recipient)
        if since is None:
            since = self.crm.machines.known_to_have(self.crm.machines.find(to).id) if to else {}
        sealed_for = [self.recipient(one) for one in recipients]
        if purpose == "segment" and partners.held(self.store.reader()):
            raise Refused(t("a file that was made from a share uses no folder; send a bundle to the company instead"))
        with closing(driver.connect(self.store.path)) as db:
            db.execute("BEGIN")
            found = outgoing.slices(
                db, since, self._own_logs(), self.key.public, lambda log, end: sign_end(self.key, log, end), only
            )
            manifest = self._manifest(db, found, purpose)
            written = write_bundle(
                path,
                manifest,
                outgoing.items(db, found),
                self.key,
                passphrase=passphrase,
                recipients=sealed_for,
                progress=progress,
                stop=stop,
            )
        self._note_signed(found)
        if purpose == "bundle":
            self.crm.exports.log("bundle", str(path), written.changes)
        return Exported(path, written.changes, since, written.bytes)

    def _manifest(self, db: sqlite3.Connection, found: Sequence[Slice], purpose: Purpose) -> Manifest:
        (log, name) = db.execute("SELECT d.id, d.name FROM state s JOIN device d ON d.dev = s.dev").fetchone()
        carried = {one.log for one in found}
        shares = dict(db.execute("SELECT id, name FROM device")) if (held := partners.held(db)) else {}
        names: dict[str, JsonValue] = {share: shares.get(share) or "?" for share in held}
        back: dict[str, JsonValue] = {RETURN: names, RECIPIENT: self.key.recipient}
        return Manifest(
            workspace=self.store.setting("workspace"),
            sender=Sender(self.store.own_log() or log, name or "", self.key.public),
            slices=tuple(found),
            requires={one: place for one, place in outgoing.places(db).items() if one not in carried},
            have=outgoing.vector(db),
            fingerprint=catalogue.fingerprint(NOUNS),
            made=int(self.store.now().timestamp() * 1000),
            changes=outgoing.count(db, found),
            purpose="share" if held else purpose,
            extra=back if held else {},
        )

    def recipient(self, name: str) -> str:
        """The key that a bundle is sealed for: the word itself, or that of the machine which is called so."""
        if name.startswith("age1"):
            return name
        peer = self.crm.machines.find(name)
        recipient = self.crm.machines.get(peer.id)["recipient"]
        if not recipient:
            raise NotFound(t("{name} has not told yet how to seal for it", name=peer.name))
        return str(recipient)

    def _note_signed(self, found: Sequence[Slice]) -> None:
        with self.store.writing() as db:
            db.executemany(
                "UPDATE device SET sign_key = ?, end_seq = ?, end_hash = ?, end_signature = ? "
                "WHERE id = ? AND coalesce(end_seq, 0) < ?",
                [
                    (one.key, one.end.seq, one.end.chain, one.signature, one.log, one.end.seq)
                    for one in found
                    if one.signature is not None
                ],
            )

    # in

    def take(
        self,
        path: Path,
        *,
        accept_key: str | None = None,
        dry_run: bool = False,
        passphrase: str | None = None,
        progress: Progress = lambda done: None,
        stop: threading.Event | None = None,
    ) -> Imported:
        """Take a bundle in: verified as a whole first, then all or nothing.

        Args:
            path: the bundle.
            accept_key: the code of an unknown sender, as its owner reads it out, or "any".
            dry_run: tell what it would do.
            passphrase: opens it.
            progress: is told how many changes were verified or read.
            stop: ends it before anything is written.

        Raises:
            UnknownKey: its sender was never met.
            Refused, Gap, Fork, BadFile, WrongKey, Cancelled: with a sentence; nothing is changed.
        """
        if (known := self.recognised(path)) is not None:
            return known
        with self.reading(path, passphrase, progress, stop) as bundle:
            done = self._take(path, bundle, accept_key, dry_run, progress, stop)
        merging.index(self.store, stop)
        return done

    def _take(
        self,
        path: Path,
        bundle: Bundle,
        accept_key: str | None,
        dry_run: bool = False,
        progress: Progress = lambda done: None,
        stop: threading.Event | None = None,
    ) -> Imported:
        accepted = self._admit(bundle, accept_key)
        manifest = bundle.manifest
        merged = merging.merge(
            self.store,
            manifest.slices,
            bundle.parts(),
            merging.Origin(bytes.fromhex(bundle.file_hash), manifest.sender.name),
            dry_run=dry_run,
            progress=progress,
            stop=stop,
        )
        if not dry_run:
            self.remember(manifest)
        return Imported(path, manifest.sender.name, merged, accepted)

    def reading(
        self,
        path: Path,
        passphrase: str | None = None,
        progress: Progress = lambda done: None,
        stop: threading.Event | None = None,
    ) -> AbstractContextManager[Bundle]:
        """A bundle or share file, opened by this machine's key or by a passphrase; verified as its parts are drawn."""
        return read_bundle(
            path,
            passphrase=passphrase,
            identities=[self.key.identity],
            scratch=self.store.path.parent,
            progress=progress,
            stop=stop,
            unsigned_logs=True,
            verified=False,
        )

    def recognised(self, path: Path) -> Imported | None:
        """A file that was taken in before, byte for byte: what it brought is here, and is never removed."""
        row = (
            self.store.reader()
            .execute("SELECT sender, counts FROM import WHERE hash = ? LIMIT 1", (bytes.fromhex(file_hash(path)),))
            .fetchone()
        )
        if row is None:
            return None
        counts = json.loads(row[1])
        changes, rows = counts["changes"], counts["rows"]
        return Imported(path, row[0], merging.Merged(changes, 0, changes, rows, 0, 0, 0, rows, 0, True, {}))

    def _admit(self, bundle: Bundle, accept_key: str | None) -> bool:
        """Whether the sender is accepted just now; refuses those who may not bring anything."""
        manifest = bundle.manifest
        if manifest.purpose == "share":
            raise IsShare(t("this is a share, not a bundle; take it with: crm-tui share import FILE"))
        if manifest.workspace != self.store.setting("workspace"):
            raise OtherCompany(
                t(
                    "this bundle belongs to another company's file; nothing was changed. To join that company with a "
                    "new file use: crm-tui join BUNDLE"
                )
            )
        if partners.held(self.store.reader()):
            raise Refused(t("a file that was made from a share takes shares only: crm-tui share import FILE"))
        if self.crm.machines.trust_of(manifest.sender.key) == PARTNER:
            raise Refused(
                t("{name} belongs to a partner, from whom only returns of shares are taken", name=manifest.sender.name)
            )
        return self.meet(manifest, accept_key)

    def meet(self, manifest: Manifest, accept_key: str | None) -> bool:
        """Whether the sender is accepted just now, by its code.

        Raises:
            UnknownKey: it was never met.
            Refused: it is not trusted any more.
        """
        sender = manifest.sender
        if sender.key == self.key.public:
            return False
        trust = self.crm.machines.trust_of(sender.key)
        if trust == DISTRUSTED:
            raise Refused(
                t(
                    "{name} is not trusted any more; what it brings directly is refused. Nothing was changed",
                    name=sender.name,
                )
            )
        if trust:
            return False
        code = code_of(sender.key)
        if accept_key is None or not _same_code(accept_key, code):
            raise UnknownKey(sender.name, code)
        return True

    def remember(self, manifest: Manifest, trust: str = ACCEPTED) -> None:
        """Trust who sent this from now on, and note what he has."""
        sender = manifest.sender
        if sender.key != self.key.public:
            told = manifest.extra.get(RECIPIENT)
            recipient = told if isinstance(told, str) and _AGE.fullmatch(told) else ""
            self.crm.machines.accept(sender.key, sender.name, trust, recipient)
            self.crm.machines.heard(machine_id(sender.key), dict(manifest.have))

    def take_back(
        self, import_id: int, progress: Progress = lambda done: None, stop: threading.Event | None = None
    ) -> TakenBack:
        """Take back what an import brought, on every machine; see `taking_back.take_back`."""
        return take_back(self.crm, import_id, progress, stop)

    def join(self, path: Path, *, accept_key: str | None = None, passphrase: str | None = None) -> Imported:
        """Make this file one of the company that a bundle comes from; what it holds already comes along.

        Raises:
            Refused: if this file has met other machines already.
        """
        from crm_tui.sync.joining import join

        return join(self, path, accept_key=accept_key, passphrase=passphrase)


def _same_code(typed: str, code: str) -> bool:
    def plain(text: str) -> str:
        return "".join(sign for sign in text.upper() if sign.isalnum())

    return typed.strip().casefold() == "any" or plain(typed) == plain(code)
