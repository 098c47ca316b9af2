"""Looking through a shared folder: who wrote there, whom to read, and which segments are whole."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crm_tui.errors import BadFile, Cancelled, Refused
from crm_tui.rules.runs import Run
from crm_tui.rules.slices import Slice
from crm_tui.services.machines import ACCEPTED, DISTRUSTED
from crm_tui.store import outgoing
from crm_tui.sync.bundle_file import BadBundle, Bundle, WrongKey, read_bundle
from crm_tui.sync.bundles import Bundles, UnknownKey
from crm_tui.sync.folder_heads import Head, read_head
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


class Looking:
    """Opens what may hold something new, and remembers what it was.

    Args:
        bundles: of the open file.
        folder: that is shared.
        accept: codes of machines that are accepted now, or "any".
        progress: is told how many changes were verified.
        stop: ends it.

    Attributes:
        received: what is told of it.
        heads: of other machines, by id.
        whole: segments that were verified, by path; `failed` are those that were refused or are not whole.
        kept: closes what stays open.
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
        self.heads: dict[str, Head] = {}
        self.whole: dict[Path, Looked] = {}
        self.failed: set[Path] = set()
        self.kept = ExitStack()
        self._accept, self._progress, self._stop = accept, progress, stop
        self._open: dict[Path, Bundle] = {}
        self._bytes = 0

    def read_heads(self) -> None:
        """Read the heads of other machines; what trusted ones say that they have is noted, unless it was known.

        Raises:
            OSError: the folder is gone.
            Refused: it belongs to another company.
        """
        machines = self.bundles.crm.machines
        trust = {row["id"]: row["trust"] for row in machines.all()}
        for machine in machines_in(self.folder):
            head = read_head(self.folder, machine) if trust.get(machine) != DISTRUSTED else None
            if head is None:
                continue
            self.foreign(head.workspace, head.name)
            if head.key != self.bundles.key.public:
                self.heads[machine] = head
                if trust.get(machine) == ACCEPTED and head.knows_more(machines.known_to_have(machine)):
                    machines.heard(machine, head.have)

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

    def look(self) -> None:
        """Open what was not opened yet and may hold something new."""
        self.received.unknown.clear()
        db = self.bundles.store.reader()
        vouched = self._vouched()
        for machine in machines_in(self.folder):
            if vouched.get(machine) is False:
                continue
            for segment in segments_in(self.folder, machine):
                if self._stop is not None and self._stop.is_set():
                    raise Cancelled(t("Stopped: what was taken in until now stays."))
                if segment.path in self.whole or segment.path in self.failed or is_here(db, segment):
                    continue
                try:
                    self._look_at(segment, machine in vouched)
                except UnknownKey as unknown:
                    self.received.unknown[unknown.code] = unknown.name
                    break  # nothing of this machine is read before it is accepted

    def _look_at(self, segment: Segment, vouched: bool) -> None:
        try:
            with self.reading(segment) as bundle:
                manifest = bundle.manifest
                self.foreign(manifest.workspace, manifest.sender.name)
                if manifest.purpose != "segment" or len(manifest.slices) != 1:
                    wrong = t("{file} is no segment; take it in with: crm-tui bundle import FILE", file=segment.path)
                    raise BadFile(wrong)
                self._admit(bundle, vouched)
                part = manifest.slices[0]
                run = Run(part.log, part.before.seq, part.end.seq, self._needs(bundle), segment.name)
                self.whole[segment.path] = Looked(segment, manifest, run)
        except BadBundle as error:
            self.failed.add(segment.path)
            if error.reason in _MENDS:
                said = t("{file} is not whole; it is tried again next time.", file=segment.path)
                self.received.unfinished.append(said)
            else:
                self.received.refused.append(f"{segment.path}: {error}")
        except (WrongKey, BadFile) as error:
            machines_in(self.folder)  # raises if it is the whole folder that is gone
            self.failed.add(segment.path)
            self.received.refused.append(f"{segment.path}: {error}" if isinstance(error, WrongKey) else str(error))

    @contextmanager
    def reading(self, segment: Segment) -> Iterator[Bundle]:
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
            bundle = self.kept.enter_context(reading)
            self._open[segment.path] = bundle
            self._bytes += segment.bytes
            yield bundle
        else:
            with reading as bundle:
                yield bundle

    def _vouched(self) -> dict[str, bool]:
        """Whether machines are trusted: what stands here, or what a trusted machine says that knows more than this one.

        Its word lies behind changes that may have to come in together with those of the machine that it is about.
        """
        rows = self.bundles.crm.machines.all()
        here = {row["id"]: row["trust"] == ACCEPTED for row in rows if row["trust"]}
        have = outgoing.vector(self.bundles.store.reader())
        found = dict(here)
        for machine, head in self.heads.items():
            if here.get(machine) and head.knows_more(have):
                found |= {of: trusted and found.get(of, True) for of, trusted in head.trusts.items()}
        return found

    def _admit(self, bundle: Bundle, vouched: bool) -> None:
        """Refuse what its sender may not bring."""
        for code in ("any",) if vouched else self._accept:
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
