"""Taking in what other machines have left in a shared folder: whatever is whole and complete, in one transaction."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from crm_tui.errors import BadFile, Cancelled, Refused
from crm_tui.rules import runs
from crm_tui.rules.runs import Run
from crm_tui.rules.slices import Place, Slice
from crm_tui.services.machines import DISTRUSTED
from crm_tui.store import admission, merging, outgoing
from crm_tui.sync.bundle_file import BadBundle, Bundle, Part, WrongKey, read_bundle
from crm_tui.sync.bundles import Bundles, UnknownKey
from crm_tui.sync.manifest import Manifest
from crm_tui.sync.segments import Segment, is_here, machines_in, segments_in
from crm_tui.words import t

_OPEN = 64
"""Segments that stay open between the first look and the merge; others are opened again."""
_OPEN_BYTES = 32 << 20

_MENDS = {"cut", "changed", "foreign"}
"""Reasons that go away when a copy that is under way is finished."""


@dataclass(frozen=True)
class Looked:
    """A segment that was opened and verified."""

    segment: Segment
    manifest: Manifest
    run: Run

    @property
    def slice(self) -> Slice:
        """What it carries."""
        return self.manifest.slices[0]

    @property
    def start(self) -> int:
        """The last change before it."""
        return self.run.start

    @property
    def end(self) -> int:
        """Its last change."""
        return self.run.end


@dataclass
class Received:
    """What came: counts, and what did not come and why.

    Attributes:
        new: changes that were taken in; `conflicts` that came with them.
        waiting: (whose changes wait, whose must come first), as people call them.
        unknown: name by code of machines that nobody here has met.
        refused: sentences about what must be mended by somebody.
        unfinished: sentences about files that are tried again next time.
    """

    new: int = 0
    conflicts: int = 0
    waiting: list[tuple[str, str]] = field(default_factory=list)
    unknown: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)


class Taking:
    """One run over the folder.

    Args:
        bundles: of the open file.
        folder: that is shared.
        accept: codes of machines that are accepted now, or "any".
        progress: is told how many changes were read.
        stop: ends it; what was taken in stays.
    """

    def __init__(
        self,
        bundles: Bundles,
        folder: Path,
        accept: Collection[str],
        progress: Callable[[int], None],
        stop: threading.Event | None,
    ) -> None:
        self.bundles, self.folder = bundles, folder
        self.received = Received()
        self.whole: dict[Path, Looked] = {}
        self._accept, self._progress, self._stop = accept, progress, stop
        self._failed: set[Path] = set()
        self._open: dict[Path, Bundle] = {}
        self._bytes = 0
        self._kept = ExitStack()

    def run(self) -> Received:
        """Take in everything that can be, whatever order it needs.

        Raises:
            OSError: the folder is gone.
            Refused: it belongs to another company.
            Cancelled: `stop` was set.
        """
        with self._kept:
            while True:
                self._look()
                chosen = self._chosen()
                if not chosen:
                    break
                self._merge_or_part(chosen)
        self._tell_waiting()
        return self.received

    def foreign(self, workspace: str, name: str) -> None:
        """Refuse the folder if it belongs to another company.

        Raises:
            Refused: with a sentence.
        """
        if workspace != self.bundles.store.setting("workspace"):
            raise Refused(
                t(
                    "{folder} is shared by another company ({name}); nothing was read or written. Use another folder",
                    folder=self.folder,
                    name=name,
                )
            )

    # looking

    def _look(self) -> None:
        """Open what was not opened yet and may hold something new."""
        self.received.unknown.clear()
        trust = {row["id"]: row["trust"] for row in self.bundles.crm.machines.all()}
        db = self.bundles.store.reader()
        for machine in machines_in(self.folder):
            if trust.get(machine) == DISTRUSTED:
                continue
            for segment in segments_in(self.folder, machine):
                if self._stop is not None and self._stop.is_set():
                    raise Cancelled(t("Stopped: what was taken in until now stays."))
                if segment.path in self.whole or segment.path in self._failed or is_here(db, segment):
                    continue
                try:
                    self._look_at(segment)
                except UnknownKey as unknown:
                    self.received.unknown[unknown.code] = unknown.name
                    break  # nothing of this machine is read before it is accepted

    def _look_at(self, segment: Segment) -> None:
        try:
            with self._reading(segment) as bundle:
                manifest = bundle.manifest
                self.foreign(manifest.workspace, manifest.sender.name)
                if manifest.purpose != "segment" or len(manifest.slices) != 1:
                    wrong = t("{file} is no segment; take it in with: crm-tui bundle import FILE", file=segment.path)
                    raise BadFile(wrong)
                self._admit(bundle)
                part = manifest.slices[0]
                run = Run(part.log, part.before.seq, part.end.seq, self._needs(bundle), segment.name)
                self.whole[segment.path] = Looked(segment, manifest, run)
        except BadBundle as error:
            self._failed.add(segment.path)
            if error.reason in _MENDS:
                said = t("{file} is not whole; it is tried again next time.", file=segment.path)
                self.received.unfinished.append(said)
            else:
                self.received.refused.append(f"{segment.path}: {error}")
        except (WrongKey, BadFile) as error:
            machines_in(self.folder)  # raises if it is the whole folder that is gone
            self._failed.add(segment.path)
            self.received.refused.append(f"{segment.path}: {error}" if isinstance(error, WrongKey) else str(error))

    @contextmanager
    def _reading(self, segment: Segment) -> Iterator[Bundle]:
        """A segment, verified; small ones stay open for the next time."""
        kept = self._open.get(segment.path)
        if kept is not None:
            yield kept
            return
        reading = read_bundle(
            segment.path,
            identities=[self.bundles.key.identity],
            scratch=self.bundles.store.path.parent,
            progress=self._progress,
            stop=self._stop,
            unsigned_logs=True,
        )
        if len(self._open) < _OPEN and self._bytes + segment.bytes <= _OPEN_BYTES:
            bundle = self._kept.enter_context(reading)
            self._open[segment.path] = bundle
            self._bytes += segment.bytes
            yield bundle
        else:
            with reading as bundle:
                yield bundle

    def _admit(self, bundle: Bundle) -> None:
        """Whether its sender may bring anything."""
        for code in self._accept:
            try:
                self.bundles._admit(bundle, code)
            except UnknownKey:
                continue
            return
        self.bundles._admit(bundle, None)

    def _needs(self, bundle: Bundle) -> dict[str, int]:
        """How much of other logs must come first; nothing if all that the sender had is here."""
        have = outgoing.vector(self.bundles.store.reader())
        if all(place.seq <= have.get(log, 0) for log, place in bundle.manifest.requires.items()):
            return {}
        needs: dict[str, int] = {}
        for part in bundle.parts():
            for head in part.heads:
                for seen in head.seen:
                    needs[seen.of] = max(needs.get(seen.of, 0), seen.upto)
        return needs

    # taking in

    def _chosen(self) -> list[Looked]:
        """What can be taken in together now, log by log, each in order and none of it twice."""
        have = outgoing.vector(self.bundles.store.reader())
        able = [one for path, one in self.whole.items() if path not in self._failed]
        ready = set(runs.ready(have, [one.run for one in able]))
        able = [one for one in able if one.run in ready]
        return [one for log in sorted({one.run.log for one in able}) for one in self._in_order(log, able, have)]

    @staticmethod
    def _in_order(log: str, able: Sequence[Looked], have: Mapping[str, int]) -> list[Looked]:
        return runs.cover(have.get(log, 0), [one for one in able if one.run.log == log])

    def _merge_or_part(self, chosen: Sequence[Looked]) -> None:
        """Take all in at once; if one is refused, the smallest groups that need nothing else, one after another."""
        try:
            self._merge(chosen)
            return
        except Refused as refusal:
            logs = {one.run.log for one in chosen}
            if len(logs) == 1 or isinstance(refusal, _Split):
                self._refuse(chosen, refusal)
                return
        for group in sorted(
            {frozenset(_closure(log, chosen)) for log in logs}, key=lambda logs: (len(logs), min(logs))
        ):
            whole = [one for one in chosen if one.run.log in group]
            have = outgoing.vector(self.bundles.store.reader())
            part = [one for one in whole if one.run.end > have.get(one.run.log, 0)]
            if not part or any(one.segment.path in self._failed for one in whole):
                continue
            try:
                self._merge(part)
            except Refused as refusal:
                self._refuse(part, refusal)

    def _refuse(self, chosen: Sequence[Looked], refusal: Refused) -> None:
        wrong = [refusal.looked] if isinstance(refusal, _Split) else chosen
        self._failed |= {one.segment.path for one in wrong}
        self.received.refused.append(f"{wrong[0].segment.path.parent}: {refusal}")

    def _merge(self, chosen: Sequence[Looked]) -> None:
        store = self.bundles.store
        places = outgoing.places(store.reader())
        chains: dict[str, list[Looked]] = {}
        for one in chosen:
            chains.setdefault(one.run.log, []).append(one)
        slices = [
            replace(chain[-1].slice, before=places.get(log, chain[0].slice.before)) for log, chain in chains.items()
        ]
        senders = sorted({one.manifest.sender.name for one in chosen})
        merged = merging.merge(
            store,
            slices,
            (part for log, chain in chains.items() for part in self._parts(chain, places.get(log))),
            merging.Origin(_hash(chosen), ", ".join(senders)),
            progress=self._progress,
            stop=self._stop,
        )
        self.received.new += merged.new
        self.received.conflicts += merged.conflicts
        for one in {one.manifest.sender.key: one for one in chosen}.values():
            self.bundles._remember(one.manifest)

    def _parts(self, chain: Sequence[Looked], here: Place | None) -> Iterator[Part]:
        """What a chain of segments holds beyond what is here, once, each continuing the one before.

        Raises:
            Refused: two of them tell a different story.
        """
        known: bytes | None = None
        for one in chain:
            part = one.slice
            if known is not None and part.key != known:
                raise _Split(one, _another_key(part.name))
            known = part.key
            if here is None:
                here = part.before
            yield from self._rest(one, here)
            here = part.end

    def _rest(self, one: Looked, here: Place) -> Iterator[Part]:
        """What a segment holds beyond a place."""
        met = one.slice.before == here
        try:
            with self._reading(one.segment) as bundle:
                for piece in bundle.parts():
                    met = met or any(head.last == here.seq and head.chain == here.chain for head in piece.heads)
                    heads = [head for head in piece.heads if head.first > here.seq]
                    changes = [change for change in piece.changes if change[0] > here.seq]
                    if not heads and not changes:
                        continue
                    if not met:
                        raise _Split(one, str(admission.fork(one.slice.name, one.run.log, here.seq)))
                    yield Part(piece.log, heads, changes)
        except BadFile as error:
            machines_in(self.folder)  # raises if it is the whole folder that is gone
            raise _Split(one, str(error)) from None

    # telling

    def _tell_waiting(self) -> None:
        """Whose changes wait for whose."""
        db = self.bundles.store.reader()
        have = outgoing.vector(db)
        names = dict(db.execute("SELECT id, name FROM device"))
        able = [one for path, one in self.whole.items() if path not in self._failed]
        names.update({one.run.log: one.slice.name for one in able})
        all_runs = [one.run for one in able]
        found: dict[tuple[str, str], None] = {}
        for one in able:
            if one.run.end > have.get(one.run.log, 0):
                for of in runs.lacking(have, all_runs, one.run):
                    found[one.slice.name or one.run.log[:6], names.get(of) or of[:6]] = None
        self.received.waiting = list(found)


class _Split(Refused):
    """A segment that does not continue the one before it."""

    def __init__(self, looked: Looked, sentence: str) -> None:
        self.looked = looked
        super().__init__(sentence)


def _another_key(name: str) -> str:
    return t("{name} comes with another key than before; nothing was changed. Ask {name} directly.", name=name)


def _closure(log: str, chosen: Sequence[Looked]) -> set[str]:
    """The logs that must come in together with one."""
    found, waiting = {log}, [log]
    carried = {one.run.log for one in chosen}
    while waiting:
        one = waiting.pop()
        needs = {of for looked in chosen if looked.run.log == one for of in looked.run.needs}
        waiting += needs & carried - found
        found |= needs & carried
    return found


def _hash(chosen: Sequence[Looked]) -> bytes:
    """Names a group of segments in the list of what came."""
    names = "\n".join(sorted(f"{one.segment.machine}/{one.segment.name}" for one in chosen))
    return hashlib.blake2b(names.encode(), digest_size=32).digest()
