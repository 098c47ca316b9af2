"""What a log's chain and its machine's signature are made over, in the words of all machines."""

from __future__ import annotations

import json
from collections.abc import Iterable

from crm_tui.rules.slices import ActionName, Place, SeenAt, Slice
from crm_tui.sync.machine_key import MachineKey, verify

_JSON = json.JSONEncoder(ensure_ascii=False)


def action_header(
    n: int,
    at: int,
    person: str | None,
    kind: str,
    verb: str,
    params: str,
    undoes: ActionName | None,
    seen: Iterable[SeenAt],
) -> bytes:
    """An action's own facts as they enter its log's chain; what it had seen stands last, if anything.

    Raises:
        UnicodeEncodeError: a text holds half a sign (a lone surrogate).
    """
    facts: list[object] = [n, at, person, kind, verb, params, undoes]
    marks = [[entry.of, entry.upto, entry.mark.hex()] for entry in seen]
    if marks:
        facts.append(marks)
    return _JSON.encode(facts).encode()


def end_message(log: str, end: Place) -> bytes:
    """What a machine signs to vouch for its log up to `end`."""
    return b"crm-tui log end\0" + bytes.fromhex(log) + end.seq.to_bytes(8, "big") + end.n.to_bytes(8, "big") + end.chain


def sign_end(key: MachineKey, log: str, end: Place) -> bytes:
    """The signature (64 bytes) of a log's end."""
    return key.sign(end_message(log, end))


def end_is_signed(part: Slice) -> bool:
    """Whether the slice's end bears the signature of the key that it names."""
    return (
        part.key is not None
        and part.signature is not None
        and verify(part.key, part.signature, end_message(part.log, part.end))
    )
