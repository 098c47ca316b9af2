"""Bundles as files: written in one stream, and used only after everything in them was verified."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from crm_tui.errors import Refused
from crm_tui.exchange.replacing import replacing
from crm_tui.rules.slices import ActionHead, ChangeMade
from crm_tui.sync import sealing
from crm_tui.sync.blocks import Packer
from crm_tui.sync.chains import end_is_signed
from crm_tui.sync.container import Outside, lines_of, look, pack
from crm_tui.sync.machine_key import MachineKey, code_of
from crm_tui.sync.manifest import JsonValue, Manifest, Purpose, Sender, read_manifest
from crm_tui.sync.opening import LIMITS, Limits, bring, file_hash, pause, private, unreadable
from crm_tui.sync.refusals import BadBundle, WrongKey, forged, too_large, unsigned
from crm_tui.sync.unpacking import LONGEST, Block, Unpacker
from crm_tui.sync.verifying import Change, Part, Player, Verifier
from crm_tui.words import t

__all__ = [
    "BadBundle",
    "Bundle",
    "Change",
    "JsonValue",
    "Limits",
    "Manifest",
    "Part",
    "Purpose",
    "Sender",
    "Written",
    "WrongKey",
    "file_hash",
    "inspect",
    "read_bundle",
    "write_bundle",
]

_CHAIN = 32


@dataclass(frozen=True, slots=True)
class Written:
    """What was written.

    Attributes:
        bytes: size of the file.
        hash: of the bundle inside, as hex text; the same content of the same sender has the same, sealed or not.
        changes: how many it carries.
    """

    bytes: int
    hash: str
    changes: int


class Bundle:
    """A bundle; usable inside `read_bundle`'s block.

    Attributes:
        manifest: what it says about itself.
        hash: of the bundle inside, as hex text.
        file_hash: of the file as it lies there; the same as `hash` unless it is sealed.
        sealed: whether it was sealed.
        actions: how many it carries, once it was verified; `changes` likewise, as its manifest says.
    """

    def __init__(self, stream: IO[bytes], chains: IO[bytes], outside: Outside, file_hash: str, watch: _Watch) -> None:
        self._stream, self._chains, self._outside, self._watch = stream, chains, outside, watch
        self._verified = False
        self.manifest = outside.manifest
        self.hash = outside.hash
        self.file_hash = file_hash
        self.sealed = file_hash != outside.hash
        self.actions = 0
        self.changes = outside.manifest.changes

    def parts(self) -> Iterator[Part]:
        """Everything in order, up to 1024 changes at a time; may be called again at any time.

        What was not verified before is verified on the way: nothing of it may be used before all was drawn.

        Raises:
            BadBundle, BadFile, Cancelled: as `read_bundle`, where that did not verify it.
        """
        return self._again() if self._verified else self._verifying()

    def _again(self) -> Iterator[Part]:
        player = Player(self.manifest, _chains_in(self._chains))
        unpacker = Unpacker()
        for line in lines_of(self._stream, self._outside, LONGEST):
            found = unpacker.read(line, trusted=True)
            if type(found) is Block:
                yield player.part(found)
            elif found is not None:
                player.begin(cast(int, found))

    def _verifying(self) -> Iterator[Part]:
        watch, kept = self._watch, deque[bytes]()

        def keep(mark: bytes) -> None:
            self._chains.write(mark)
            kept.append(mark)

        self._chains.seek(0)
        self._chains.truncate()
        unpacker, verifier = Unpacker(), Verifier(self.manifest, keep)
        player = Player(self.manifest, iter(kept.popleft, None))
        count = actions = 0
        try:
            for line in lines_of(self._stream, self._outside, LONGEST):
                pause(watch.stop)
                count += 1
                found = unpacker.read(line)
                if type(found) is Block:
                    actions += len(found.heads)
                    verifier.take(found)
                    watch.progress(verifier.changes)
                    yield player.part(found)
                elif found is not None:
                    verifier.begin(cast(int, found))
                    player.begin(cast(int, found))
        except OSError as error:
            raise unreadable(watch.path, error) from None
        unpacker.close()
        verifier.close()
        if count != self._outside.lines:
            raise forged(self.manifest.sender.name)
        self.actions, self._verified = actions, True


@dataclass(frozen=True, slots=True)
class _Watch:
    """Which file is read, who is told of it, and what stops it."""

    path: Path
    progress: Callable[[int], object]
    stop: threading.Event | None


def write_bundle(
    path: str | Path,
    manifest: Manifest,
    items: Iterable[ActionHead | ChangeMade],
    key: MachineKey,
    *,
    passphrase: str | None = None,
    recipients: Sequence[str] = (),
    progress: Callable[[int], object] = lambda done: None,
    stop: threading.Event | None = None,
) -> Written:
    """Write a bundle, which takes its place only when it is whole, on the disk, and such as others will accept.

    Args:
        path: the file, readable by its owner alone.
        manifest: its sender's key is that of `key`.
        items: what the manifest's slices hold, in their order, each action before its changes; drawn one by one.
        key: of this machine; signs the bundle.
        passphrase: seals the bundle.
        recipients: seal it too: keys of machines ("age1…").
        progress: is told every now and then how many changes are done.
        stop: makes it end with Cancelled when set.

    Raises:
        Refused: the items do not fit the manifest, or hold what cannot travel.
        BadFile: the file cannot be written.
        Cancelled: `stop` was set.
    """
    try:
        manifest_line = manifest.line()
    except (ValueError, RecursionError):
        raise Refused(t("A name in the bundle's list is no readable text.")) from None
    packer, hashed, size = Packer(manifest), hashlib.blake2b(digest_size=32), 0

    def pieces() -> Iterator[bytes]:
        nonlocal size
        for piece in pack(manifest_line, _checked(manifest, manifest_line, packer.lines(items), tell), key):
            hashed.update(piece)
            yield piece

    def tell() -> None:
        pause(stop)
        progress(packer.done)

    if manifest.sender.key != key.public:
        raise Refused(t("The bundle names another sender than the machine that signs it."))
    with replacing(path) as part, part.open("wb") as stream:
        if passphrase is None and not recipients:
            for piece in pieces():
                stream.write(piece)
        else:
            sealing.seal(pieces(), stream, passphrase=passphrase, recipients=recipients)
        size = stream.tell()
    with suppress(OSError):  # a stick without rights cannot keep them; an older file may have had wider ones
        Path(path).chmod(0o600)
    return Written(size, hashed.hexdigest(), packer.done)


@contextmanager
def read_bundle(
    path: str | Path,
    *,
    passphrase: str | None = None,
    identities: Sequence[str] = (),
    scratch: Path | None = None,
    limits: Limits = LIMITS,
    progress: Callable[[int], object] = lambda done: None,
    stop: threading.Event | None = None,
    unsigned_logs: bool = False,
    verified: bool = True,
) -> Iterator[Bundle]:
    """Verify a whole bundle, then give it out; the file itself is not looked at again.

    Args:
        path: the file.
        passphrase: opens a bundle that was sealed with one.
        identities: secret texts that open those sealed for keys.
        scratch: folder for private, nameless temporary files; the system's own if None.
        limits: what it may have at most.
        progress: is told every now and then how many changes were verified.
        stop: makes it end with Cancelled when set.
        unsigned_logs: also take slices that no machine has signed. A slice whose signature is wrong is never taken.
        verified: False only verifies its outside, who signed it, and where its logs end: the first one who draws all
            of its parts verifies the rest.

    Raises:
        BadBundle: with its `reason`.
        WrongKey: the passphrase or the identities do not open it.
        BadFile: the file or the scratch folder cannot be read or written.
        Cancelled: `stop` was set.
    """
    path = Path(path)
    with private(scratch) as stream, private(scratch) as chains:
        try:
            file_hash = bring(path, stream, passphrase, identities, limits, stop)
            stream.seek(0)
            outside = look(stream, limits.manifest, limits.raw, lambda: pause(stop))
            _check_ends(outside.manifest, unsigned_logs)
        except OSError as error:
            raise unreadable(path, error) from None
        bundle = Bundle(stream, chains, outside, file_hash, _Watch(path, progress, stop))
        if verified:
            for _ in bundle.parts():
                pass
        yield bundle


def inspect(
    path: str | Path,
    *,
    passphrase: str | None = None,
    identities: Sequence[str] = (),
    limits: Limits = LIMITS,
    stop: threading.Event | None = None,
) -> dict[str, JsonValue]:
    """What a bundle holds, as JSON values: its manifest, whom it is from, and counts; nothing is taken in.

    Raises:
        BadBundle, WrongKey, BadFile, Cancelled: as `read_bundle` does.
    """
    nouns: Counter[str] = Counter()
    rows: Counter[str] = Counter()
    verbs: Counter[str] = Counter()
    with read_bundle(
        path, passphrase=passphrase, identities=identities, limits=limits, stop=stop, unsigned_logs=True
    ) as bundle:
        for part in bundle.parts():
            pause(stop)
            verbs.update(head.verb for head in part.heads)
            nouns.update(part.nouns)
            rows.update(noun for noun, field in zip(part.nouns, part.fields, strict=True) if not field)
        return {
            **bundle.manifest.plain(),
            "code": code_of(bundle.manifest.sender.key),
            "hash": bundle.hash,
            "sealed": bundle.sealed,
            "actions": bundle.actions,
            "changes_by_noun": dict(sorted(nouns.items())),
            "new_rows_by_noun": dict(sorted(rows.items())),
            "actions_by_verb": dict(verbs.most_common(100)),
            "unsigned": [part.log for part in bundle.manifest.slices if part.signature is None],
        }


def _checked(
    manifest: Manifest, manifest_line: bytes, lines: Iterator[bytes], tell: Callable[[], None]
) -> Iterator[bytes]:
    """Pass the lines on as others will read them, so that nothing leaves which they would refuse."""
    unpacker = Unpacker()
    try:
        if len(manifest_line) >= LIMITS.manifest:
            raise too_large(t("its first line is too long"))
        read_manifest(manifest_line)
        _check_ends(manifest, unsigned_logs=True)
        verifier = Verifier(manifest, lambda chain: None)
        for line in lines:
            tell()
            found = unpacker.read(line)
            if type(found) is Block:
                verifier.take(found)
            elif found is not None:
                verifier.begin(cast(int, found))
            yield line
        unpacker.close()
        verifier.close()
    except UnicodeEncodeError:
        raise Refused(t("A text in the log is no readable text.")) from None
    except BadBundle as error:
        raise Refused(t("The log cannot be sent, run “check” on this file: {reason}", reason=error)) from None


def _check_ends(manifest: Manifest, unsigned_logs: bool) -> None:
    """Each slice's end bears its machine's signature."""
    for part in manifest.slices:
        if part.signature is None and part.key is None:
            if not unsigned_logs:
                raise unsigned(part.name)
        elif not end_is_signed(part):
            raise forged(part.name)


def _chains_in(stream: IO[bytes]) -> Iterator[bytes]:
    at = 0
    while True:
        stream.seek(at)
        piece = stream.read(_CHAIN * 4096)
        if not piece:
            return
        at += len(piece)
        for start in range(0, len(piece), _CHAIN):
            yield piece[start : start + _CHAIN]
