"""Share files: what a partner may see, written into one file, and what comes back of it, taken in."""

from __future__ import annotations

import json
import secrets
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from crm_tui.errors import Refused
from crm_tui.records.nouns import NOUNS
from crm_tui.rules.heads import Gap
from crm_tui.rules.slices import ActionHead, ChangeMade, Place, Slice
from crm_tui.services.machines import ACCEPTED, PARTNER
from crm_tui.services.share_rows import Collected
from crm_tui.services.shares import ShareRecords
from crm_tui.store import catalogue, chain, logs, merging, outgoing, partners, shown
from crm_tui.store.database import Work
from crm_tui.sync.bundle_file import Bundle, write_bundle
from crm_tui.sync.bundles import RECIPIENT, RETURN, Bundles, Imported, IsShare
from crm_tui.sync.chains import action_header, sign_end
from crm_tui.sync.manifest import ID, Manifest, Sender
from crm_tui.words import t

KIND = "share"
_VERB = "Shared {n} customers with {name}"


@dataclass(frozen=True)
class Shared:
    """What left, or would leave.

    Attributes:
        path: the file.
        share: id of the share; `name` whom it is for.
        customers: (id, name) of each customer in it.
        rows: how many rows by noun.
        fields: fields by noun that have a value in it.
        hidden: nouns and "noun.field" that were held back.
        bytes: size of the file.
    """

    path: Path
    share: str
    name: str
    customers: tuple[tuple[str, str], ...]
    rows: dict[str, int]
    fields: dict[str, list[str]]
    hidden: list[str]
    bytes: int


@dataclass(frozen=True)
class Look:
    """What would leave.

    Attributes:
        told: its rows, and the links whose value stays here.
        hidden: nouns and "noun.field" that were chosen to stay here.
        others: how many customers stay here.
    """

    told: Collected
    hidden: frozenset[str]
    others: int


class _Preview(Exception):
    """Ends the action of a preview without a trace."""


class Shares:
    """Makes and takes share files of one file.

    Args:
        bundles: the file's bundles.
    """

    def __init__(self, bundles: Bundles) -> None:
        self.bundles = bundles
        self.crm = bundles.crm
        self.store = bundles.store
        self.records = ShareRecords(bundles.crm, "shares")

    # out

    def export(
        self,
        path: Path,
        only: Mapping[str, str],
        *,
        hide: Sequence[str] = (),
        name: str | None = None,
        dry_run: bool = False,
        passphrase: str | None = None,
        recipients: Sequence[str] = (),
        progress: Callable[[int], None] = lambda done: None,
        stop: threading.Event | None = None,
    ) -> Shared:
        """Write the present values of chosen customers and of what hangs on them, for somebody outside.

        Args:
            path: the share file.
            only: owner, partner or region, by which customers are chosen (all must hold).
            hide: nouns and fields that stay here ("phones", "customers.note").
            name: whom it is for; the value of the first filter if not told.
            dry_run: tell what would leave, and leave no trace.
            passphrase: seals it.
            recipients: keys ("age1…") that it is sealed for.
            progress: is told how many rows are written.
            stop: ends it; nothing is left then.

        Raises:
            NotFound, Refused, BadFile, Cancelled: with a sentence.
        """
        if partners.held(self.store.reader()):
            raise Refused(t("this file was made from a share itself; only bundles for the company leave it"))
        chosen, hidden = self.records.chosen(only), self.records.hidden(hide)
        called = (name or next(iter(only.values()))).strip()
        scope = self.records.scope(only)
        done: Shared | None = None
        with _place(path, dry_run) as target, suppress(_Preview):
            try:
                with self.store.action(_VERB, n=len(chosen), name=called) as work:
                    told = self.records.collect(work, chosen, hidden, called)
                    share = secrets.token_hex(16)
                    end, size = self._write(work, target, share, called, told, passphrase, recipients, progress, stop)
                    self.records.note(work, share, called, scope, told, outgoing.vector(work.db), end)
                    done = _summary(path, share, called, told, size)
                    if dry_run:
                        raise _Preview
            except BaseException:
                target.unlink(missing_ok=True)
                raise
        assert done is not None
        if not dry_run:
            self.crm.exports.log(KIND, str(path), sum(done.rows.values()))
        return done

    def look(self, only: Mapping[str, str], *, hide: Sequence[str] = (), name: str = "") -> Look:
        """Everything that would leave, row by row; no trace is left.

        Raises:
            NotFound, Refused: with a sentence.
        """
        if partners.held(self.store.reader()):
            raise Refused(t("this file was made from a share itself; only bundles for the company leave it"))
        chosen, hidden = self.records.chosen(only), self.records.hidden(hide)
        told: Collected | None = None
        with suppress(_Preview), self.store.action(_VERB, n=len(chosen), name=name) as work:
            told = self.records.collect(work, chosen, hidden, name)
            raise _Preview
        assert told is not None
        (all_customers,) = self.store.reader().execute("SELECT count(*) FROM customers WHERE live").fetchone()
        return Look(told, hidden, int(all_customers) - len(chosen))

    def _write(
        self,
        work: Work,
        path: Path,
        share: str,
        name: str,
        told: Collected,
        passphrase: str | None,
        recipients: Sequence[str],
        progress: Callable[[int], None],
        stop: threading.Event | None,
    ) -> tuple[bytes, int]:
        """Write the file: one action of new rows in a log of its own; its chain and its size."""
        key, at, salt, count = self.bundles.key, work.at, secrets.token_bytes(16), len(told.rows)
        params = json.dumps({"n": told.counts["customers"], "name": name}, ensure_ascii=False)
        header = action_header(1, at, None, KIND, _VERB, params, None, ())
        end = chain.link(
            chain.START,
            header,
            salt,
            ((seq, at, row, noun, text) for seq, (noun, row, text) in enumerate(told.rows, 1)),
        )
        place = Place(count, end, 1)
        machine = logs.machine_name(work.db)
        signed = sign_end(key, share, place)
        manifest = Manifest(
            workspace=self.store.setting("workspace"),
            sender=Sender(share, machine, key.public),
            slices=(Slice(share, machine, None, key.public, None, Place(0, chain.START), place, signed),),
            requires={},
            have={},
            fingerprint=catalogue.fingerprint(NOUNS),
            made=at,
            changes=count,
            purpose="share",
            extra={"share": share, "knew": dict(self.records.known_of(work, name)), RECIPIENT: key.recipient},
        )
        head = ActionHead(share, 1, 1, count, at, None, KIND, _VERB, params, None, salt, (), end)

        def items() -> Iterator[ActionHead | ChangeMade]:
            yield head
            for seq, (noun, row, text) in enumerate(told.rows, 1):
                yield ChangeMade(seq, at, noun, row, None, text)

        sealed = [self.bundles.recipient(one) for one in recipients]
        written = write_bundle(
            path, manifest, items(), key, passphrase=passphrase, recipients=sealed, progress=progress, stop=stop
        )
        return end, written.bytes

    # in

    def take(
        self,
        path: Path,
        *,
        accept_key: str | None = None,
        dry_run: bool = False,
        passphrase: str | None = None,
        progress: Callable[[int], None] = lambda done: None,
        stop: threading.Event | None = None,
    ) -> Imported:
        """Take a share into a new file, a newer one into the same file, or what came back of one into the company's.

        Args:
            path: the share file.
            accept_key: the code of an unknown sender, as its owner reads it out, or "any".
            dry_run: tell what it would do.
            passphrase: opens it.
            progress: is told how many changes were verified or read.
            stop: ends it before anything is written.

        Raises:
            UnknownKey: its sender was never met.
            Refused, Gap, Fork, BadFile, WrongKey, Cancelled: with a sentence; nothing is changed.
        """
        if (known := self.bundles.recognised(path)) is not None:
            return known
        with self.bundles.reading(path, passphrase, progress, stop) as bundle:
            manifest = bundle.manifest
            if manifest.purpose != "share":
                raise Refused(t("this is no share; take it with: crm-tui bundle import FILE"))
            back = RETURN in manifest.extra
            origin = self._back(bundle) if back else self._forth(bundle)
            accepted = self.bundles.meet(manifest, accept_key)
            with self._made_from(manifest, None if back or dry_run else origin.share):
                merged = merging.merge(
                    self.store, manifest.slices, bundle.parts(), origin, dry_run=dry_run, progress=progress, stop=stop
                )
            if not dry_run:
                self.bundles.remember(manifest, PARTNER if origin.outside else ACCEPTED)
        merging.index(self.store, stop)
        return Imported(path, manifest.sender.name, merged, accepted)

    def _back(self, bundle: Bundle) -> merging.Origin:
        """What comes from somebody who got a share: to the company, or to another machine of his."""
        manifest = bundle.manifest
        if manifest.workspace != self.store.setting("workspace"):
            raise Refused(t("this is the return of another company's share; nothing was changed"))
        outside = not partners.held(self.store.reader())
        shares = manifest.extra[RETURN]
        if outside and isinstance(shares, dict):
            known = shown.ends(self.store.reader())
            missing = {
                f"{name} ({share[:6]})": (1, manifest.have.get(share, 1))
                for share, name in shares.items()
                if share not in known
            }
            if missing:
                raise Gap(missing)
        return merging.Origin(bytes.fromhex(bundle.file_hash), manifest.sender.name, outside)

    def _forth(self, bundle: Bundle) -> merging.Origin:
        """A share of the company's: into a new file, or into one that an earlier share went into."""
        manifest, db = bundle.manifest, self.store.reader()
        (used,) = db.execute("SELECT EXISTS(SELECT 1 FROM action)").fetchone()
        if partners.held(self.store.reader()):
            if manifest.workspace != self.store.setting("workspace"):
                raise Refused(t("this share is another company's; take it into a new file: --db FILE"))
        elif used:
            raise Refused(t("this file has records of its own; take the share into a new file: --db FILE"))
        share, knew = manifest.extra.get("share"), manifest.extra.get("knew")
        if (
            not isinstance(share, str)
            or [one.log for one in manifest.slices] != [share]
            or not isinstance(knew, dict)
            or not all(ID(log) and type(upto) is int for log, upto in knew.items())
        ):
            raise Refused(t("this share is not written as it should be; nothing was changed"))
        return merging.Origin(
            bytes.fromhex(bundle.file_hash),
            manifest.sender.name,
            share=share,
            knew={log: int(str(upto)) for log, upto in knew.items()},
        )

    @contextmanager
    def _made_from(self, manifest: Manifest, share: str | None) -> Iterator[None]:
        """Note that this file is made from a share, before anything of it comes in; no more if it does not."""
        if share is None:
            yield
            return
        before = {name: self.store.setting(name) for name in ("workspace", partners.HELD)}
        shares = [*partners.held(self.store.reader()), share]
        self.store.set_setting("workspace", manifest.workspace)
        self.store.set_setting(partners.HELD, json.dumps(sorted({*shares})))
        try:
            yield
        except BaseException:
            for name, value in before.items():
                self.store.set_setting(name, value or ("[]" if name == partners.HELD else ""))
            raise


def take_any(
    bundles: Bundles,
    path: Path,
    *,
    accept_key: str | None = None,
    dry_run: bool = False,
    passphrase: str | None = None,
    progress: Callable[[int], None] = lambda done: None,
    stop: threading.Event | None = None,
) -> Imported:
    """Take in whatever it is: a bundle, a share, or what came back of one; as `Bundles.take` and `Shares.take`."""
    try:
        return bundles.take(
            path, accept_key=accept_key, dry_run=dry_run, passphrase=passphrase, progress=progress, stop=stop
        )
    except IsShare:
        return Shares(bundles).take(
            path, accept_key=accept_key, dry_run=dry_run, passphrase=passphrase, progress=progress, stop=stop
        )


@contextmanager
def _place(path: Path, dry_run: bool) -> Iterator[Path]:
    """Where the file is written: at its place, or for a preview where it is gone afterwards."""
    if not dry_run:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="crm-tui-") as folder:
        yield Path(folder) / "preview.crms"


def _summary(path: Path, share: str, name: str, told: Collected, size: int) -> Shared:
    customers = tuple((row, str(json.loads(text).get("name"))) for noun, row, text in told.rows if noun == "customers")
    return Shared(
        path,
        share,
        name,
        customers,
        told.counts,
        {noun: sorted(names) for noun, names in told.fields.items() if names},
        sorted(told.hidden),
        size,
    )
