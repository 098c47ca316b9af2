"""Following a bundle's blocks along the chains of its logs: to check them, and to hand them out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from crm_tui.rules.shape import Value
from crm_tui.rules.slices import ActionHead, Slice
from crm_tui.store.chain import Link
from crm_tui.sync.chains import action_header
from crm_tui.sync.manifest import MOST, Manifest
from crm_tui.sync.refusals import forged, misshapen
from crm_tui.sync.unpacking import Block, Head

Change = tuple[int, int, str, str, str | None, Value]
"""seq, at in ms, noun, row, field (None: a new row), value."""


@dataclass(frozen=True, slots=True)
class Part:
    """Up to 1024 consecutive changes of one log, column by column.

    Attributes:
        heads: the actions that end here; the first one's changes may have begun in the part before.
        seqs, ats, nouns, rows, fields, values: of the changes; the field is "" for a new row.
    """

    log: str
    heads: list[ActionHead]
    seqs: Sequence[int]
    ats: Sequence[int]
    nouns: Sequence[str]
    rows: Sequence[str]
    fields: Sequence[str]
    values: Sequence[Value]

    @property
    def changes(self) -> list[Change]:
        """The changes one by one."""
        fields = [name or None for name in self.fields]
        return list(zip(self.seqs, self.ats, self.nouns, self.rows, fields, self.values, strict=True))

    def after(self, seq: int) -> Part:
        """What of it stands behind a place of the log."""
        at = sum(one <= seq for one in self.seqs)
        return Part(
            self.log,
            [head for head in self.heads if head.last > seq],
            *(self.seqs[at:], self.ats[at:]),
            *(self.nouns[at:], self.rows[at:], self.fields[at:]),
            self.values[at:],
        )


class _Follower:
    """Where in which log the blocks have come to."""

    def __init__(self, manifest: Manifest) -> None:
        self._slices = manifest.slices
        self._k = -1
        self._left = 0
        self._n = self._seq = self._at = 0

    def begin(self, k: int) -> None:
        """The k-th slice begins."""
        if k != self._k + 1 or k >= len(self._slices):
            raise misshapen("order")
        self.end_slice()
        self._k = k
        before = self._slices[k].before
        self._n, self._seq = before.n, before.seq

    def close(self) -> None:
        """All blocks were read."""
        self.end_slice()
        if self._k != len(self._slices) - 1:
            raise misshapen("order")

    def end_slice(self) -> None:
        """The slice is whole."""

    @property
    def slice(self) -> Slice:
        """The slice that is being read."""
        if self._k < 0:
            raise misshapen("order")
        return self._slices[self._k]


class Verifier(_Follower):
    """Recomputes every chain and compares its end with what the log's machine has signed.

    Attributes:
        changes: how many were read.
    """

    def __init__(self, manifest: Manifest, keep: Callable[[bytes], object]) -> None:
        """`keep` gets the chain after each action (32 bytes), in order."""
        super().__init__(manifest)
        self._keep = keep
        self._link: Link | None = None
        self._place = b""
        self.changes = 0

    def begin(self, k: int) -> None:
        """The k-th slice begins."""
        super().begin(k)
        self._place = self._slices[k].before.chain

    def take(self, block: Block) -> None:
        """The next block of the slice.

        Raises:
            BadBundle: it does not continue what came before.
        """
        end, size, start = self.slice.end, len(block.rows), 0
        told = zip(block.nouns, block.fields, strict=True)
        names = [f"{noun}.{field}" if field else noun for noun, field in told]
        if self._left:
            start = min(self._left, size)
            self._add(block, names, 0, start)
        for head in block.heads:
            if self._left:
                raise misshapen("actions")
            self._open(head)
            stop = min(start + head.count, size)
            self._add(block, names, start, stop)
            start = stop
        if start != size or self._seq > end.seq or self._n > end.n:
            raise misshapen("actions")
        self.changes += size

    def end_slice(self) -> None:
        """The slice is whole.

        Raises:
            BadBundle: it is not, or its chain ends elsewhere.
        """
        if self._k < 0:
            return
        part = self._slices[self._k]
        if self._left or (self._seq, self._n) != (part.end.seq, part.end.n):
            raise misshapen("actions")
        if self._place != part.end.chain:
            raise forged(part.name)

    def _open(self, head: Head) -> None:
        self._n += 1
        try:
            header = action_header(self._n, head.at, *head.act, head.params, head.undoes, head.seen)
        except UnicodeEncodeError:
            raise misshapen("params") from None
        self._link, self._left, self._at = Link(self._place, header, head.salt), head.count, head.at

    def _add(self, block: Block, names: list[str], start: int, stop: int) -> None:
        count, link = stop - start, self._link
        if link is None:
            raise misshapen("actions")
        if count:
            ats = _absolute(block.ats[start:stop], self._at)
            if min(ats) < 0 or max(ats) > MOST:
                raise misshapen("times")
            seqs = range(self._seq + 1, self._seq + count + 1)
            link.add(seqs, ats, block.rows[start:stop], names[start:stop], block.values[start:stop])
            self._seq += count
            self._left -= count
        if not self._left:
            self._place, self._link = link.end(), None
            self._keep(self._place)


class Player(_Follower):
    """Hands out the blocks of a bundle, each after `Verifier` has seen it."""

    def __init__(self, manifest: Manifest, chains: Iterator[bytes]) -> None:
        """`chains` are what `Verifier` has kept."""
        super().__init__(manifest)
        self._chains = chains
        self._head = Head(0, 0, (None, "", ""), "", None, b"", ())

    def part(self, block: Block) -> Part:
        """The next block of the slice, with whole names and numbers."""
        size, start, ats = len(block.rows), 0, list[int]()
        heads: list[ActionHead] = []
        begin = self._seq
        if self._left:
            start = min(self._left, size)
            ats = self._follow(block.ats[:start], heads)
        for head in block.heads:
            self._head, self._at, self._left = head, head.at, head.count
            stop = min(start + head.count, size)
            ats += self._follow(block.ats[start:stop], heads)
            start = stop
        seqs = range(begin + 1, begin + size + 1)
        return Part(self.slice.log, heads, seqs, ats, block.nouns, block.rows, block.fields, block.values)

    def _follow(self, ats: list[int], heads: list[ActionHead]) -> list[int]:
        """Go on in the action; the times of these changes of it."""
        self._seq += len(ats)
        self._left -= len(ats)
        if not self._left:
            heads.append(self._whole())
        return _absolute(ats, self._at)

    def _whole(self) -> ActionHead:
        """The action that ends here."""
        self._n += 1
        head = self._head
        person, kind, verb = head.act
        return ActionHead(
            log=self.slice.log,
            n=self._n,
            first=self._seq - head.count + 1,
            last=self._seq,
            at=head.at,
            person=person,
            kind=kind,
            verb=verb,
            params=head.params,
            undoes=head.undoes,
            salt=head.salt,
            seen=head.seen,
            chain=next(self._chains),
        )


def _absolute(ats: list[int], at: int) -> list[int]:
    """Times that count from their action's, as they were."""
    return [at + more for more in ats] if any(ats) else [at] * len(ats)
