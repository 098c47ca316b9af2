"""What each machine says about itself in a shared folder: a small signed file beside its segments."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from crm_tui.exchange.replacing import replacing
from crm_tui.services.machines import machine_id
from crm_tui.sync.machine_key import MachineKey, verify
from crm_tui.sync.manifest import ID, MOST, strict
from crm_tui.sync.segments import HEAD, Segment, machines_in, open_to_folder

_SEAL = b"crm-tui folder head\0"
_MOST = 8 << 20
"""Bytes that such a file may have."""


@dataclass(frozen=True)
class Listed:
    """A segment as its writer lists it.

    Attributes:
        bytes: its size.
        sealed_for: ids of the machines that can open it; None: everybody.
    """

    bytes: int
    sealed_for: frozenset[str] | None


@dataclass(frozen=True)
class Head:
    """A machine's own word.

    Attributes:
        workspace: of its file.
        name: what people call it.
        key: its public key.
        have: last number by log of what it has.
        segments: those that it has written, by name.
        trusts: whether it trusts them, by id of other machines.
        at: when it wrote this, in milliseconds.
    """

    workspace: str
    name: str
    key: bytes
    have: Mapping[str, int]
    segments: Mapping[str, Listed]
    trusts: Mapping[str, bool]
    at: int

    @property
    def machine(self) -> str:
        """Id of the machine."""
        return machine_id(self.key)

    def knows_more(self, have: Mapping[str, int]) -> bool:
        """Whether it has anything that somebody lacks who has `have`."""
        return any(seq > have.get(log, 0) for log, seq in self.have.items())

    def holds(self, segment: Segment, readers: frozenset[str]) -> bool:
        """Whether a segment in this machine's folder is whole and can be opened by all `readers`, as far as it says."""
        listed = self.segments.get(segment.name)
        if listed is None:
            return True
        return listed.bytes == segment.bytes and (listed.sealed_for is None or readers <= listed.sealed_for)


def read_head(folder: Path, machine: str) -> Head | None:
    """The head of a machine; None if there is none, or none that it has signed and that is whole.

    Raises:
        OSError: the folder cannot be read.
    """
    path = folder / machine / HEAD
    try:
        if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST:
            return None
        said = strict(path.read_text("utf-8"))
        if not isinstance(said, dict):
            raise TypeError(type(said))
        head, signature = _head(said["head"]), bytes.fromhex(said["signature"])
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    right = head.machine == machine and verify(head.key, signature, _message(said["head"]))
    return head if right else None


def seals(folder: Path, own: bytes) -> tuple[list[str], list[str]]:
    """Names of the other machines that seal what they leave in a folder, and of those that leave some of it open.

    Raises:
        OSError: the folder cannot be read.
    """
    found: tuple[list[str], list[str]] = ([], [])
    for machine in machines_in(folder):
        head = read_head(folder, machine) if machine != machine_id(own) else None
        ways = {one.sealed_for is not None for one in head.segments.values()} if head is not None else set()
        for sealed, names in ((True, found[0]), (False, found[1])):
            if head is not None and sealed in ways:
                names.append(head.name)
    return found


def write_head(folder: Path, head: Head, key: MachineKey) -> None:
    """Write this machine's head, unless it says the same already.

    Raises:
        BadFile: it cannot be written.
    """
    before = read_head(folder, head.machine)
    if before is not None and replace(before, at=head.at) == head:
        return
    plain = _plain(head)
    text = json.dumps({"head": plain, "signature": key.sign(_message(plain)).hex()}, ensure_ascii=False)
    path = folder / head.machine / HEAD
    with replacing(path) as part:
        part.write_text(text + "\n", "utf-8")
    open_to_folder(path)


def _message(plain: object) -> bytes:
    return _SEAL + json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _plain(head: Head) -> dict[str, object]:
    return {
        "format": 1,
        "workspace": head.workspace,
        "name": head.name,
        "key": head.key.hex(),
        "have": dict(head.have),
        "segments": {
            name: [one.bytes, None if one.sealed_for is None else sorted(one.sealed_for)]
            for name, one in head.segments.items()
        },
        "trusts": dict(head.trusts),
        "at": head.at,
    }


def _head(plain: object) -> Head:
    """The head in JSON values.

    Raises:
        ValueError, KeyError, TypeError, AttributeError: it is none.
    """
    if not isinstance(plain, dict):
        raise TypeError(type(plain))
    key = bytes.fromhex(plain["key"])
    have = {log: _number(seq) for log, seq in plain["have"].items()}
    if len(key) != 32 or plain["format"] != 1 or not all(map(ID, [plain["workspace"], *have])):
        raise ValueError("head")
    segments = {}
    for name, (size, sealed) in plain["segments"].items():
        readers = None if sealed is None else frozenset(str(one) for one in sealed)
        segments[name] = Listed(_number(size), readers)
    trusts = {str(machine): bool(trusted) for machine, trusted in plain["trusts"].items()}
    return Head(plain["workspace"], str(plain["name"])[:200], key, have, segments, trusts, _number(plain["at"]))


def _number(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MOST:
        raise ValueError(value)
    return value
