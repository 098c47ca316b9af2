"""Taking in what other machines have left in a shared folder: whatever is whole and complete, in one transaction."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from crm_tui.errors import BadFile, Refused
from crm_tui.rules import runs
from crm_tui.rules.slices import Place
from crm_tui.store import admission, merging, outgoing
from crm_tui.sync.bundle_file import Part
from crm_tui.sync.folder_looking import Looked, Looking, Received
from crm_tui.sync.segments import machines_in
from crm_tui.words import t


class Taking:
    """One run over the folder.

    Args:
        looking: knows what lies there.
        progress: is told how many changes were read.
        stop: ends it; what was taken in stays.
    """

    def __init__(self, looking: Looking, progress: Callable[[int], None], stop: threading.Event | None) -> None:
        self.looking = looking
        self._store = looking.bundles.store
        self._progress, self._stop = progress, stop

    def run(self) -> Received:
        """Take in everything that can be, whatever order it needs.

        Raises:
            OSError: the folder is gone.
            Refused: it belongs to another company.
            Cancelled: `stop` was set.
        """
        looking = self.looking
        looking.read_heads()
        with looking.kept:
            while True:
                looking.look()
                chosen = self._chosen()
                if not chosen:
                    break
                self._merge_or_part(chosen)
        self._tell_forks()
        self._tell_waiting()
        return looking.received

    def _chosen(self) -> list[Looked]:
        """What can be taken in together now, log by log, each in order and none of it twice."""
        have = outgoing.vector(self._store.reader())
        able = [one for path, one in self.looking.whole.items() if path not in self.looking.failed]
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
            have = outgoing.vector(self._store.reader())
            part = [one for one in whole if one.run.end > have.get(one.run.log, 0)]
            if not part or any(one.segment.path in self.looking.failed for one in whole):
                continue
            try:
                self._merge(part)
            except Refused as refusal:
                self._refuse(part, refusal)

    def _refuse(self, chosen: Sequence[Looked], refusal: Refused) -> None:
        wrong = [refusal.looked] if isinstance(refusal, _Split) else chosen
        self.looking.failed |= {one.segment.path for one in wrong}
        self.looking.received.refused.append(f"{wrong[0].segment.path.parent}: {refusal}")

    def _merge(self, chosen: Sequence[Looked]) -> None:
        places = outgoing.places(self._store.reader())
        chains: dict[str, list[Looked]] = {}
        for one in chosen:
            chains.setdefault(one.run.log, []).append(one)
        slices = [
            replace(chain[-1].slice, before=places.get(log, chain[0].slice.before)) for log, chain in chains.items()
        ]
        senders = sorted({one.manifest.sender.name for one in chosen})
        merged = merging.merge(
            self._store,
            slices,
            (part for log, chain in chains.items() for part in self._parts(chain, places.get(log))),
            merging.Origin(_hash(chosen), ", ".join(senders)),
            progress=self._progress,
            stop=self._stop,
        )
        self.looking.received.new += merged.new
        self.looking.received.conflicts += merged.conflicts
        for one in {one.manifest.sender.key: one for one in chosen}.values():
            self.looking.bundles.remember(one.manifest)

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
            with self.looking.reading(one.segment) as bundle:
                for piece in bundle.parts():
                    met = met or any(head.last == here.seq and head.chain == here.chain for head in piece.heads)
                    rest = piece.after(here.seq)
                    if not rest.seqs:
                        continue
                    if not met:
                        raise _Split(one, str(admission.fork(one.slice.name, one.run.log, here.seq)))
                    yield rest
        except BadFile as error:
            machines_in(self.looking.folder)  # raises if it is the whole folder that is gone
            raise _Split(one, str(error)) from None

    # telling

    def _tell_forks(self) -> None:
        """Refuse what tells another story of changes that are here."""
        db = self._store.reader()
        known = {
            log: (dev, upto) for log, dev, upto in db.execute("SELECT id, dev, upto FROM device NATURAL JOIN have")
        }
        for one in self.looking.whole.values():
            dev, upto = known.get(one.run.log, (None, 0))
            told = one.segment.path in self.looking.failed
            if not told and one.run.end <= upto and admission.chain_at(db, dev, one.run.end) != one.slice.end.chain:
                self._refuse([one], admission.fork(one.slice.name, one.run.log, one.run.end))

    def _tell_waiting(self) -> None:
        """Whose changes wait for whose."""
        db = self._store.reader()
        have = outgoing.vector(db)
        names = dict(db.execute("SELECT id, name FROM device"))
        able = [one for path, one in self.looking.whole.items() if path not in self.looking.failed]
        names.update({one.run.log: one.slice.name for one in able})
        all_runs = [one.run for one in able]
        found: dict[tuple[str, str], None] = {}
        for one in able:
            if one.run.end > have.get(one.run.log, 0):
                for of in runs.lacking(have, all_runs, one.run):
                    found[one.slice.name or one.run.log[:6], names.get(of) or of[:6]] = None
        self.looking.received.waiting = list(found)


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
