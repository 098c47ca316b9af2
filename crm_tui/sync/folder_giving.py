"""Writing into a shared folder what it does not hold yet: this machine's own changes, and whatever it has seen."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from crm_tui.rules import runs
from crm_tui.rules.slices import Place
from crm_tui.services.machines import ACCEPTED, machine_id
from crm_tui.store import logs, outgoing
from crm_tui.sync.bundles import Bundles
from crm_tui.sync.folder_heads import Head, Listed, read_head, write_head
from crm_tui.sync.folder_looking import Looking
from crm_tui.sync.opening import pause
from crm_tui.sync.sealing import AGE, is_sealed
from crm_tui.sync.segments import Segment, is_here, machines_in, open_to_folder, segment_name, segments_in, sweep

SMALL = 256 << 10
"""Bytes below which segments are joined."""
MANY = 16
"""Small segments of one log that may lie there before they are joined."""


class Giving:
    """One run over the folder, after what could be taken in is here.

    Args:
        bundles: of the open file.
        folder: that is shared.
        looking: what the other machines have left there.
        sealed: whether only machines that are known may read what is written.
        progress: is told how many changes were written.
        stop: ends it; what was written stays.

    Attributes:
        sent: changes that were written and did not lie there before.
    """

    def __init__(
        self,
        bundles: Bundles,
        folder: Path,
        looking: Looking,
        *,
        sealed: bool,
        progress: Callable[[int], None],
        stop: threading.Event | None,
    ) -> None:
        self.bundles, self.folder = bundles, folder
        self._whole = looking.whole.keys() - looking.failed
        self.sent = 0
        self._progress, self._stop = progress, stop
        name = logs.machine_name(bundles.store.reader())
        bundles.crm.machines.introduce(bundles.key.public, name, bundles.key.recipient)
        self._db = bundles.store.reader()
        self._me = machine_id(bundles.key.public)
        known = {row["id"]: row for row in bundles.crm.machines.all() if row["trust"] == ACCEPTED}
        self._known = frozenset(known)
        self._recipients = sorted(row["recipient"] for row in known.values() if row["recipient"])
        self._readers = frozenset(machine for machine, row in known.items() if row["recipient"])
        self._sealed = sealed
        self._peers = {
            machine: head for machine, head in looking.heads.items() if machine in known and machine != self._me
        }
        self._listed: dict[str, Listed] = {}
        self._mine: list[Segment] = []
        self._others: list[Segment] = []

    def run(self) -> None:
        """Write what is missing.

        Raises:
            CrmError, OSError: with a sentence, if it cannot be written; whole segments stay.
        """
        own = self.folder / self._me
        if not own.is_dir():
            own.mkdir(exist_ok=True)
            open_to_folder(own)
        sweep(own)
        self._survey()
        for log, (end, ours) in sorted(self._ends().items()):
            pause(self._stop)
            self._give(log, end, ours)
        self._forget_joined()
        self._say()

    def _survey(self) -> None:
        """What lies there already: own segments with whom they are sealed for, and what others can rely on."""
        self._mine = segments_in(self.folder, self._me)
        before = read_head(self.folder, self._me)
        known = before.segments if before is not None else {}
        self._listed = {one.name: known.get(one.name) or _listed(one) for one in self._mine}
        for machine in machines_in(self.folder):
            if machine == self._me or machine not in self._known:
                continue
            head = self._peers.get(machine)
            self._others += [
                one
                for one in segments_in(self.folder, machine)
                if (one.path in self._whole or is_here(self._db, one))
                and (head is None or head.holds(one, self._readers))
            ]

    def _ends(self) -> dict[str, tuple[Place, bool]]:
        """Where each log ends that may leave, and whether this machine writes it."""
        own = self.bundles._own_logs()
        found = {}
        for log, key, upto, signed, signature in self._db.execute(
            "SELECT d.id, d.sign_key, h.upto, d.end_seq, d.end_signature FROM device d JOIN have h ON h.dev = d.dev"
        ).fetchall():
            ours = log in own and key in (None, self.bundles.key.public)
            end = self._place(log, upto if ours or signature is None else signed)
            if end.seq:
                found[log] = (end, ours)
        return found

    def _place(self, log: str, seq: int) -> Place:
        """The last end of an action at or before a number."""
        row = self._db.execute(
            "SELECT a.last, a.chain, a.n FROM action a JOIN device d ON d.dev = a.dev "
            "WHERE d.id = ? AND a.last <= ? ORDER BY a.last DESC LIMIT 1",
            (log, seq),
        ).fetchone()
        return Place(*row) if row else Place(0, bytes(32))

    def _stands(self, segment: Segment) -> bool:
        """Whether an own segment is as it should be: whole, ours, and to be opened by those who are to read it."""
        listed = self._listed[segment.name]
        if listed.bytes != segment.bytes or not is_here(self._db, segment):
            return False
        if listed.sealed_for is None:
            return not self._sealed
        return self._readers <= listed.sealed_for

    # writing

    def _give(self, log: str, end: Place, ours: bool) -> None:
        """Write what the folder lacks of a log."""
        own = [one for one in self._mine if one.log == log and self._stands(one)]
        others = [] if ours else [one for one in self._others if one.log == log]
        held = runs.reach(0, [*own, *others])
        if held >= end.seq:
            return
        start = self._place(log, _joined(own, held))
        path = self.folder / self._me / segment_name(log, start.seq, end.seq, end.chain)
        self.bundles.export(
            path,
            since={log: start.seq},
            only=frozenset({log}),
            recipients=self._recipients if self._sealed else (),
            purpose="segment",
            progress=self._progress,
            stop=self._stop,
        )
        open_to_folder(path)
        facts = path.stat()
        self._mine = [one for one in self._mine if one.path != path]
        self._mine.append(
            Segment(*(path, self._me, log, start.seq, end.seq, end.chain[:8].hex()), facts.st_size, facts.st_mtime_ns)
        )
        self._listed[path.name] = Listed(facts.st_size, self._readers if self._sealed else None)
        self.sent += end.seq - held

    def _forget_joined(self) -> None:
        """Remove own segments that a larger one holds too, once every machine of the folder has their changes."""
        standing = [one for one in self._mine if self._stands(one)]
        for small in list(self._mine):
            if not any(_holds(large, small) for large in standing):
                continue
            seen = all(head.have.get(small.log, 0) >= small.end for head in self._peers.values())
            bare = self._sealed and self._listed[small.name].sealed_for is None
            if seen or bare:
                small.path.unlink(missing_ok=True)
                self._mine.remove(small)

    def _say(self) -> None:
        head = Head(
            self.bundles.store.setting("workspace"),
            logs.machine_name(self._db),
            self.bundles.key.public,
            outgoing.vector(self._db),
            {one.name: self._listed[one.name] for one in self._mine},
            {row["id"]: row["trust"] == ACCEPTED for row in self.bundles.crm.machines.all() if row["trust"]},
            int(self.bundles.store.now().timestamp() * 1000),
        )
        write_head(self.folder, head, self.bundles.key)


def _listed(segment: Segment) -> Listed:
    """A segment of which nobody has noted for whom it is sealed."""
    with segment.path.open("rb") as stream:
        sealed = is_sealed(stream.read(len(AGE)))
    return Listed(segment.bytes, frozenset() if sealed else None)


def _joined(own: list[Segment], held: int) -> int:
    """Where the next segment begins: where the folder ends, or before the many small ones that lie there."""
    at, count = held, 0
    while True:
        before = min((one.start for one in own if one.end == at and one.bytes < SMALL), default=None)
        if before is None:
            return at if count >= MANY else held
        at, count = before, count + 1


def _holds(large: Segment, small: Segment) -> bool:
    return (
        large.path != small.path
        and large.log == small.log
        and large.start <= small.start
        and small.end <= large.end
        and (large.end - large.start > small.end - small.start)
    )
