"""The inside of a bundle, read: every line's shape, types and ranges are checked before anything is made of it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any, cast

from crm_tui.rules.shape import Value
from crm_tui.rules.slices import ActionName, SeenAt
from crm_tui.sync.blocks import CHANGES, LINE, NAMED, PARAMS, VALUE, WITNESSES, WORDS
from crm_tui.sync.manifest import DECODER, ID, MOST
from crm_tui.sync.refusals import misshapen

LONGEST = 2 * VALUE + 2
"""Bytes of any line."""
_LEAST = -(2**63)
_HEX = re.compile(r"[0-9a-f]+").fullmatch
_NOUN = re.compile(r"[a-z][a-z0-9_]{0,63}").fullmatch
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,63}|extra\.[^\0]{1,200}", re.DOTALL).fullmatch
_WORDS = re.compile(r"[^\0]{1,1000}", re.DOTALL).fullmatch
_INT, _STR = {int}, {str}
_PLAIN = frozenset({str, type(None)})

Act = tuple[str | None, str, str]
"""Person, kind and verb of an action."""


@dataclass(slots=True)
class Head:
    """An action as a block brings it."""

    count: int
    at: int
    act: Act
    params: str
    undoes: ActionName | None
    salt: bytes
    seen: tuple[SeenAt, ...]


@dataclass(slots=True)
class Block:
    """The columns of a block, with names instead of numbers; `ats` still count from their action."""

    heads: list[Head]
    nouns: list[str]
    rows: list[str]
    fields: list[str]
    ats: list[int]
    values: list[Value]


@dataclass(slots=True)
class Unpacker:
    """Reads the lines of one bundle in order; keeps the names that later lines mean by number."""

    _rows: list[str] = field(default_factory=list)
    _nouns: list[str] = field(default_factory=list)
    _fields: list[str] = field(default_factory=lambda: [""])
    _acts: list[Act] = field(default_factory=list)
    _last_row: int = 0
    _last_at: int = 0
    _long: str | None = None
    _good_keys: set[str] = field(default_factory=set)

    def read(self, line: bytes, *, trusted: bool = False) -> int | Block | None:
        """A slice's number, a block, or None for a long text that the next block takes.

        Args:
            line: the line without its end.
            trusted: the values were checked before, so it is enough to put them in place.

        Raises:
            BadBundle: the line has another shape.
        """
        try:
            if line.startswith(b'"'):
                self._keep_long(line)
                return None
            if len(line) > LINE or not line.startswith(b"["):
                raise ValueError("line")
            columns = DECODER.decode(line.decode())
            if len(columns) == 1:
                self._last_at = 0
                return _whole(columns[0])
            return self._block(columns, trusted)
        except (ValueError, TypeError, IndexError, RecursionError, OverflowError) as error:
            raise misshapen(str(error)[:60] if type(error) is _Misfit else "line") from None

    def close(self) -> None:
        """The last line was read."""
        if self._long is not None:
            raise misshapen("text")

    def _keep_long(self, line: bytes) -> None:
        if self._long is not None:
            raise _Misfit("text")
        text = cast(str, DECODER.decode(line.decode()))
        if len(text.encode()) > VALUE:
            raise _Misfit("text")
        self._long = text

    def _block(self, columns: list[Any], trusted: bool) -> Block:
        fresh, rows, fields, acts, *heads, change_rows, change_fields, ats, values = columns
        if len(heads) != 7:
            raise _Misfit("block")
        if fresh == 1 and type(fresh) is int:
            self._rows, self._nouns, self._fields, self._acts, self._last_row = [], [], [""], [], 0
        elif fresh != 0 or type(fresh) is not int:
            raise _Misfit("block")
        self._name(rows, fields, acts)
        made = self._heads(*heads)
        n = len(_numbers(change_rows))
        if not n == len(_numbers(change_fields)) == len(_numbers(ats)) == len(values) <= CHANGES:
            raise _Misfit("columns")
        if not n and not made:
            raise _Misfit("block")
        at = list(accumulate(change_rows, initial=self._last_row))
        self._last_row = at.pop(0) if not n else at[-1]
        if n:
            del at[0]
            if min(at) < 0 or min(change_fields) < 0:
                raise _Misfit("numbers")
        names = [self._fields[k] for k in change_fields]
        block = Block(made, [self._nouns[k] for k in at], [self._rows[k] for k in at], names, ats, self._values(values))
        if 0 in change_fields and not trusted:
            for name, value in zip(names, block.values, strict=True):
                if not name:
                    self._check_row(value)
        return block

    def _name(self, rows: Any, fields: Any, acts: Any) -> None:
        """Take in the names that stand for the first time."""
        for noun, ids in _list(rows):
            if not _NOUN(noun) or not _HEX(ids) or len(ids) % 32:
                raise _Misfit("rows")
            self._rows += [ids[at : at + 32] for at in range(0, len(ids), 32)]
            self._nouns += [noun] * (len(ids) // 32)
        for name in _list(fields):
            if not _FIELD(name):
                raise _Misfit("fields")
            name.encode()
        self._fields += fields
        for person, kind, verb in _list(acts):
            if not (person is None or ID(person)) or not _WORDS(kind) or not _WORDS(verb):
                raise _Misfit("acts")
            self._acts.append((person, kind, verb))
        if len(self._rows) > NAMED or len(self._fields) + len(self._acts) > WORDS + 1:
            raise _Misfit("names")

    def _heads(self, counts: Any, ats: Any, which: Any, params: Any, undoes: Any, salts: Any, seen: Any) -> list[Head]:
        n = len(_numbers(counts))
        if not n == len(_numbers(ats)) == len(_numbers(which)) == len(_list(params)) <= CHANGES:
            raise _Misfit("actions")
        salt = base64.b64decode(salts, validate=True)
        if len(salt) != 16 * n or _list(undoes) is None or _list(seen) is None:
            raise _Misfit("actions")
        if not n:
            if undoes or seen:
                raise _Misfit("actions")
            return []
        times = list(accumulate(ats, initial=self._last_at))
        self._last_at = times[-1]
        if min(times) < 0 or max(times) > MOST or min(which) < 0 or min(counts) < 1 or max(counts) > MOST:
            raise _Misfit("actions")
        if set(map(type, params)) != _STR or max(map(len, params)) > PARAMS:
            raise _Misfit("params")
        heads = [
            Head(counts[k], times[k + 1], self._acts[which[k]], params[k], None, salt[16 * k : 16 * k + 16], ())
            for k in range(n)
        ]
        _place(heads, undoes, _undone)
        _place(heads, seen, _witnessed)
        return heads

    def _values(self, values: Any) -> list[Value]:
        kinds = set(map(type, _list(values)))
        if list in kinds:
            places = [k for k, value in enumerate(values) if type(value) is list]
            if len(places) != 1 or values[places[0]] or self._long is None:
                raise _Misfit("values")
            values[places[0]] = self._long
            kinds = (kinds - {list}) | _STR
        elif self._long is not None:
            raise _Misfit("values")
        self._long = None
        if int in kinds:
            kinds -= _INT
            whole = [value for value in values if type(value) is int]
            if min(whole) < _LEAST or max(whole) > MOST:
                raise _Misfit("values")
        if not kinds <= _PLAIN:
            raise _Misfit("values")
        "".join(filter(None, (value for value in values if type(value) is str))).encode()
        return cast(list[Value], values)

    def _check_row(self, value: Value) -> None:
        """A new row's value is a JSON object of plain values."""
        if type(value) is not str:
            raise _Misfit("new row")
        row = DECODER.decode(value)
        if type(row) is not dict:
            raise _Misfit("new row")
        for key, inner in row.items():
            if key not in self._good_keys:
                if not _FIELD(key):
                    raise _Misfit("new row")
                key.encode()
                if len(self._good_keys) < WORDS:
                    self._good_keys.add(key)
            kind = type(inner)
            if kind is str:
                inner.encode()
            elif kind is int:
                if not _LEAST <= inner <= MOST:
                    raise _Misfit("new row")
            elif inner is not None:
                raise _Misfit("new row")


class _Misfit(ValueError):
    """A part has another shape; says which."""


def _place(heads: list[Head], entries: list[Any], put: Callable[[Head, list[Any]], None]) -> None:
    """Hand each entry to the action whose place it begins with, in order and each once."""
    before = -1
    for k, *rest in entries:
        if type(k) is not int or not before < k < len(heads):
            raise _Misfit("actions")
        put(heads[k], rest)
        before = k


def _undone(head: Head, rest: list[Any]) -> None:
    log, n = rest
    if not ID(log) or not 1 <= _whole(n) <= MOST:
        raise _Misfit("undoes")
    head.undoes = (log, n)


def _witnessed(head: Head, rest: list[Any]) -> None:
    (entries,) = rest
    if not 0 < len(_list(entries)) <= WITNESSES:
        raise _Misfit("seen")
    seen = []
    for of, upto, mark in entries:
        if not ID(of) or not 1 <= _whole(upto) <= MOST or not _HEX(mark) or len(mark) != 16:
            raise _Misfit("seen")
        seen.append(SeenAt(of, upto, bytes.fromhex(mark)))
    if len({entry.of for entry in seen}) != len(seen):
        raise _Misfit("seen")
    head.seen = tuple(seen)


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise _Misfit("list")
    return value


def _numbers(value: Any) -> list[int]:
    if type(value) is not list or not set(map(type, value)) <= _INT:
        raise _Misfit("numbers")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise _Misfit("number")
    return value
