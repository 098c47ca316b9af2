"""The first line of a bundle: who sends what, and what must be there before it can be taken in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar, cast, get_args

from crm_tui.rules.slices import Place, Slice
from crm_tui.sync.refusals import misshapen, newer

FORMAT = 1
READS = 1
"""The newest format that this program can read."""

Purpose = Literal["bundle", "segment", "share"]
JsonValue = None | bool | int | str | list["JsonValue"] | dict[str, "JsonValue"]
T = TypeVar("T")

ID = re.compile(r"[0-9a-f]{32}").fullmatch
MOST = 2**63 - 1
"""The largest number that a stored value may have."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who made the bundle.

    Attributes:
        log: id of the log that it writes now.
        name: the machine's name, as people call it.
        key: its Ed25519 public key, 32 bytes.
    """

    log: str
    name: str
    key: bytes


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle says about itself.

    Attributes:
        workspace: id of the company's workspace, 32 hex signs.
        slices: what it carries, in the order of its items; each log once.
        requires: place that must be known already, by log id, outside of the slices.
        have: number of the last change that the sender has, by log id.
        fingerprint: of the sender's schema.
        made: wall clock of the sender in milliseconds.
        changes: how many changes it carries.
        extra: JSON values for shares and receipts; numbers are whole.
        format: of the file; `reader` the least format that a reader must know.
    """

    workspace: str
    sender: Sender
    slices: tuple[Slice, ...]
    requires: Mapping[str, Place]
    have: Mapping[str, int]
    fingerprint: str
    made: int
    changes: int
    purpose: Purpose = "bundle"
    extra: Mapping[str, JsonValue] = field(default_factory=dict)
    format: int = FORMAT
    reader: int = FORMAT

    def plain(self) -> dict[str, JsonValue]:
        """The manifest as JSON values; bytes as hex text."""
        return {
            "format": self.format,
            "reader": self.reader,
            "purpose": self.purpose,
            "workspace": self.workspace,
            "sender": {"log": self.sender.log, "name": self.sender.name, "key": self.sender.key.hex()},
            "made": self.made,
            "fingerprint": self.fingerprint,
            "changes": self.changes,
            "slices": [_plain_slice(part) for part in self.slices],
            "requires": {log: _plain_place(place) for log, place in self.requires.items()},
            "have": dict(self.have),
            "extra": dict(self.extra),
        }

    def line(self) -> bytes:
        """The manifest as the bundle holds it, without the line's end."""
        return json.dumps(self.plain(), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def strict(text: str) -> object:
    """The value of a JSON text without duplicate keys, broken numbers, NaN or Infinity.

    Raises:
        ValueError: it is no such text.
        RecursionError: it is nested too deeply.
    """
    return DECODER.decode(text)


def _refuse(text: str) -> object:
    raise ValueError(text)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_float=_refuse, parse_constant=_refuse)


def read_manifest(line: bytes) -> Manifest:
    """The manifest in a bundle's first line.

    Raises:
        BadBundle: a newer format, or not of its shape.
    """
    try:
        whole = _take(strict(line.decode()), dict)
        if _number(whole["reader"]) > READS:
            raise newer()
        return _manifest(whole)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise misshapen("manifest") from None


def _manifest(whole: dict[str, object]) -> Manifest:
    sender = _take(whole["sender"], dict)
    purpose = _text(whole["purpose"])
    extra = _take(whole["extra"], dict)
    json.dumps(extra, ensure_ascii=False).encode()
    if purpose not in get_args(Purpose):
        raise ValueError(purpose)
    slices = tuple(_slice(part) for part in _take(whole["slices"], list))
    if len({part.log for part in slices}) != len(slices):
        raise ValueError("a log stands twice")
    made = Manifest(
        workspace=_id(whole["workspace"]),
        sender=Sender(_id(sender["log"]), _text(sender["name"]), _bytes(sender["key"], 32)),
        slices=slices,
        requires={_id(log): _place(place) for log, place in _take(whole["requires"], dict).items()},
        have={_id(log): _number(seq) for log, seq in _take(whole["have"], dict).items()},
        fingerprint=_text(whole["fingerprint"]),
        made=_number(whole["made"]),
        changes=_number(whole["changes"]),
        purpose=cast(Purpose, purpose),
        extra=cast(dict[str, JsonValue], extra),
        format=_number(whole["format"]),
        reader=_number(whole["reader"]),
    )
    if made.changes != sum(part.end.seq - part.before.seq for part in slices):
        raise ValueError("changes")
    return made


def _plain_slice(part: Slice) -> JsonValue:
    return {
        "log": part.log,
        "name": part.name,
        "person": part.person,
        "key": part.key.hex() if part.key else None,
        "code": part.code,
        "before": _plain_place(part.before),
        "end": _plain_place(part.end),
        "signature": part.signature.hex() if part.signature else None,
    }


def _plain_place(place: Place) -> JsonValue:
    return [place.seq, place.n, place.chain.hex()]


def _slice(value: object) -> Slice:
    whole = _take(value, dict)
    part = Slice(
        log=_id(whole["log"]),
        name=_text(whole["name"]),
        person=_optional(whole["person"], _id),
        key=_optional(whole["key"], lambda key: _bytes(key, 32)),
        code=_optional(whole["code"], lambda code: _text(code, 8)),
        before=_place(whole["before"]),
        end=_place(whole["end"]),
        signature=_optional(whole["signature"], lambda signature: _bytes(signature, 64)),
    )
    changes, actions = part.end.seq - part.before.seq, part.end.n - part.before.n
    if not 0 <= actions <= changes or (changes > 0 and actions == 0):
        raise ValueError("length")
    if changes == 0 and part.end != part.before:
        raise ValueError("end")
    return part


def _place(value: object) -> Place:
    seq, n, chain = _take(value, list)
    place = Place(_number(seq), _bytes(chain, 32), _number(n))
    if (place.seq == 0) != (place.n == 0) or (place.seq == 0) != (place.chain == bytes(32)) or place.n > place.seq:
        raise ValueError("place")
    return place


def _optional(value: object, read: Callable[[object], T]) -> T | None:
    return None if value is None else read(value)


def _take(value: object, kind: type[T]) -> T:
    if type(value) is not kind:
        raise TypeError(kind.__name__)
    return value


def _text(value: object, most: int = 1000) -> str:
    text = _take(value, str)
    text.encode()
    if len(text) > most or "\0" in text:
        raise ValueError("text")
    return text


def _id(value: object) -> str:
    text = _take(value, str)
    if not ID(text):
        raise ValueError("id")
    return text


def _number(value: object) -> int:
    number = _take(value, int)
    if not 0 <= number <= MOST:
        raise ValueError("number")
    return number


def _bytes(value: object, length: int) -> bytes:
    text = _take(value, str)
    if not re.fullmatch(r"[0-9a-f]*", text) or len(text) != 2 * length:
        raise ValueError("bytes")
    return bytes.fromhex(text)
