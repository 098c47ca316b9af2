"""The inside of a bundle, written: slices of logs as lines of JSON, column by column.

A line is one of three:

- `[k]`: the k-th slice of the manifest begins.
- `"text"`: a value that is too long for a block; the next block takes it where it says `[]`.
- a block of at most 1024 changes: `[fresh, rows, fields, acts, counts, ats, which, params, undoes, salts, seen,
  change_rows, change_fields, change_ats, values]`.

Rows, field names and acts (person, kind, verb) are named once and then meant by their number; `fresh` 1 forgets all
names so that memory stays bounded. `rows` is a list of [noun, ids one after another], `undoes` of [action's place in
the block, log, n], `seen` of [place, [[log, upto, mark], …]]. `ats` count from the action before, `change_rows` from
the row before, `change_ats` from their action. Field 0 is a new row. An action may go on in the next block.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from crm_tui.errors import Refused
from crm_tui.rules.shape import Value
from crm_tui.rules.slices import ActionHead, ChangeMade
from crm_tui.sync.manifest import Manifest
from crm_tui.words import t

CHANGES = 1024
"""Changes, and actions, of a block at most."""
NAMED = 1 << 16
"""Rows that may be named at a time."""
WORDS = 1 << 13
"""Fields and acts that may be named at a time."""
LONG = 1 << 16
"""Bytes from which a text goes into a line of its own."""
LINE = 2 << 20
"""Bytes of any other line at most."""
FULL = 1 << 17
"""Signs of texts in a block at most, if it holds more than one thing."""
VALUE = 16 << 20
"""Bytes of a value at most."""
PARAMS = 1 << 18
"""Signs of an action's parameters at most."""
WITNESSES = 1 << 12
"""Entries of an action's `seen` at most."""

_JSON = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"))


@dataclass(slots=True)
class _Block:
    """What was gathered for the next line."""

    heads: list[ActionHead] = field(default_factory=list)
    nouns: list[str] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    fields: list[str] = field(default_factory=list)
    ats: list[int] = field(default_factory=list)
    values: list[Value | list[None]] = field(default_factory=list)
    size: int = 0


class Packer:
    """Turns actions and changes into lines.

    Attributes:
        done: changes that have been taken.
    """

    def __init__(self, manifest: Manifest) -> None:
        self._slices = {part.log: k for k, part in enumerate(manifest.slices)}
        self._next = 0
        self._log: str | None = None
        self._block = _Block()
        self._long: str | None = None
        self._head: ActionHead | None = None
        self._row_numbers: dict[tuple[str, str], int] = {}
        self._names: dict[str, int] = {"": 0}
        self._acts: dict[tuple[str | None, str, str], int] = {}
        self._last_row = self._last_at = 0
        self.done = 0

    def lines(self, items: Iterable[ActionHead | ChangeMade]) -> Iterator[bytes]:
        """The lines of `items`, which come in the order of the manifest's slices.

        Raises:
            Refused: something in them cannot travel.
        """
        block = self._block
        for item in items:
            if type(item) is ChangeMade:
                if len(block.rows) >= CHANGES or block.size >= FULL:
                    yield from self._close()
                    block = self._block
                self._add(block, item)
            elif isinstance(item, ActionHead):
                if item.log != self._log:
                    yield from self._close()
                    yield from self._begin(item.log)
                size = len(item.params) + 100 * len(item.seen)
                if len(block.rows) >= CHANGES or len(block.heads) >= CHANGES or block.size + size >= FULL:
                    yield from self._close()
                block = self._block
                self._head = item
                block.heads.append(item)
                block.size += size
        yield from self._close()
        yield from self._begin(None)

    def _begin(self, log: str | None) -> Iterator[bytes]:
        """Name the slice of `log`, and those before it that are empty."""
        upto = len(self._slices) if log is None else self._slices.get(log, -1) + 1
        if upto <= self._next and log is not None:
            raise Refused(t("The log {log} is not where the bundle's list has it.", log=log))
        for k in range(self._next, upto):
            yield b"[%d]" % k
        self._next, self._log, self._last_at = upto, log, 0

    def _add(self, block: _Block, change: ChangeMade) -> None:
        value = change.value
        block.nouns.append(change.noun)
        block.rows.append(change.row)
        block.fields.append(change.field or "")
        block.ats.append(change.at - self._head.at if self._head else 0)
        if type(value) is str:
            block.size += len(value) + 8
            if len(value) * 4 >= LONG and len(value.encode()) >= LONG:
                self._long = value
                block.values.append([])
                block.size = FULL
                self.done += 1
                return
        block.values.append(value)
        self.done += 1

    def _close(self) -> Iterator[bytes]:
        block, self._block = self._block, _Block()
        if not block.heads and not block.rows:
            return
        if self._long is not None:
            line = _JSON.encode(self._long).encode()
            if len(self._long.encode()) > VALUE or len(line) > 2 * VALUE:
                raise Refused(
                    t(
                        "A text of {size} MB in {noun} {row} is too long to be sent: shorten it.",
                        size=len(line) >> 20,
                        noun=block.nouns[-1],
                        row=block.rows[-1],
                    )
                )
            self._long = None
            yield line
        line = _JSON.encode(self._columns(block)).encode()
        if len(line) > LINE:
            raise Refused(t("An action of {log} says more than can be sent.", log=self._log))
        yield line

    def _columns(self, block: _Block) -> list[object]:
        heads = block.heads
        fresh = int(len(self._row_numbers) + len(block.rows) > NAMED)
        fresh |= len(self._names) + len(self._acts) + len(block.rows) + len(heads) > WORDS
        if fresh:
            self._row_numbers, self._names, self._acts, self._last_row = {}, {"": 0}, {}, 0
        rows = self._new_rows(block)
        known = len(self._names)
        for name in block.fields:
            self._names.setdefault(name, len(self._names))
        acts = len(self._acts)
        which = [self._acts.setdefault((h.person, h.kind, h.verb), len(self._acts)) for h in heads]
        numbers, names = self._row_numbers, self._names
        at = [self._last_row, *(numbers[pair] for pair in zip(block.nouns, block.rows, strict=True))]
        times = [self._last_at, *(head.at for head in heads)]
        self._last_row, self._last_at = at[-1], times[-1]
        return [
            int(fresh),
            rows,
            list(names)[known:],
            list(self._acts)[acts:],
            [head.last - head.first + 1 for head in heads],
            [b - a for a, b in pairwise(times)],
            which,
            [head.params for head in heads],
            [[k, *head.undoes] for k, head in enumerate(heads) if head.undoes],
            base64.b64encode(b"".join(head.salt for head in heads)).decode(),
            [
                [k, [[entry.of, entry.upto, entry.mark.hex()] for entry in head.seen]]
                for k, head in enumerate(heads)
                if head.seen
            ],
            [b - a for a, b in pairwise(at)],
            [names[name] for name in block.fields],
            block.ats,
            block.values,
        ]

    def _new_rows(self, block: _Block) -> list[list[str]]:
        """Number the rows that have no number yet, noun by noun."""
        numbers = self._row_numbers
        fresh: dict[str, dict[str, None]] = {}
        for noun, row in zip(block.nouns, block.rows, strict=True):
            if (noun, row) not in numbers:
                fresh.setdefault(noun, {})[row] = None
        for noun, ids in fresh.items():
            for row in ids:
                numbers[noun, row] = len(numbers)
        return [[noun, "".join(ids)] for noun, ids in fresh.items()]
