"""Bundles that somebody has damaged, doctored or built to do harm; built with no code of the program's writer."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import random
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import zstandard

from crm_tui.sync.machine_key import MachineKey
from crm_tui.sync.sealing import seal
from tests.sync.penned_logs import ANNA, BEN

FRAME = 3000
"""Bytes of a frame here, so that a small bundle has many."""
RAW = (
    "NaN", "Infinity", "-Infinity", "1e400", "0.5", "1.0", "true", "false", "null", "-1", "0", "1", "7", '""', "[]",
    "{}", "[[]]", "[null]", '{"a":1,"a":2}', str(2**63), str(-(2**63) - 1), str(2**70), "9" * 5000, r'"\ud800"',
    r'"x\udc00"', r'"a\u0000b"',
    '"x\'; DROP TABLE customers; --"', r'"\"); DELETE FROM change; --"', '"../../etc/passwd"',
    '"$(reboot)"', '"[b]markup[/b]"', '"' + "a0" * 16 + '"', '"' + "A0" * 16 + '"',
    '"x"', "[" * 100_000, "01", "", "'x'",
)  # fmt: skip
"""What is put in place of a part of a line."""


@dataclass(frozen=True)
class Opened:
    """A bundle taken apart."""

    manifest: bytes
    lines: list[bytes]


def take_apart(whole: bytes) -> Opened:
    """The manifest and the lines of a bundle that is in order."""
    stream = io.BytesIO(whole)
    assert stream.readline() == b"CRMB1\n"
    manifest, raw = stream.readline()[:-1], b""
    while True:
        packed, length = struct.unpack(">II", stream.read(8))
        if not packed:
            return Opened(manifest, raw.split(b"\n")[:-1])
        frame = zstandard.decompress(stream.read(packed))
        assert len(frame) == length
        raw += frame


def packed_frame(raw: bytes, claimed: int | None = None) -> bytes:
    """A frame; `claimed` is what it says about its length if that is a lie."""
    packed = zstandard.compress(raw)
    return struct.pack(">II", len(packed), len(raw) if claimed is None else claimed) + packed


def frames_of(lines: Sequence[bytes]) -> list[bytes]:
    """Lines as frames."""
    raw = b"".join(line + b"\n" for line in lines)
    return [packed_frame(raw[at : at + FRAME]) for at in range(0, len(raw), FRAME)]


def put_together(
    manifest: bytes,
    frames: Sequence[bytes],
    key: MachineKey = ANNA,
    *,
    lines: int = 0,
    raw: int | None = None,
    counts: bytes | None = None,
    magic: bytes = b"CRMB1\n",
) -> bytes:
    """A bundle with the right hash, signed by `key`."""
    total = sum(struct.unpack(">I", frame[4:8])[0] for frame in frames) if raw is None else raw
    said = json.dumps({"lines": lines, "raw": total}).encode() if counts is None else counts
    body = magic + manifest + b"\n" + b"".join(frames) + bytes(8) + said + b"\n"
    hashed = hashlib.blake2b(body, digest_size=32)
    signature = base64.b64encode(key.sign(b"crm-tui bundle\0" + hashed.digest())).decode()
    return body + json.dumps({"hash": hashed.hexdigest(), "signature": signature}).encode() + b"\n"


def signed_anew(opened: Opened, key: MachineKey = ANNA) -> bytes:
    """A bundle of these lines that is right outside, whatever stands in them."""
    return put_together(opened.manifest, frames_of(opened.lines), key, lines=len(opened.lines))


def sealed(whole: bytes, *recipients: MachineKey) -> bytes:
    """Any bytes sealed for keys."""
    out = io.BytesIO()
    seal(iter([whole]), out, passphrase=None, recipients=[key.recipient for key in recipients])
    return out.getvalue()


def damaged(whole: bytes, dice: random.Random) -> bytes:
    """Bytes changed, lost, doubled or moved."""
    at, length = dice.randrange(len(whole)), dice.choice([1, 1, 2, 8, 100, 3000])
    piece = whole[at : at + length]
    other = dice.randrange(len(whole))
    ways: list[Callable[[], bytes]] = [
        lambda: whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :],
        lambda: whole[:at] + dice.randbytes(len(piece)) + whole[at + len(piece) :],
        lambda: whole[:at] + bytes(len(piece)) + whole[at + len(piece) :],
        lambda: whole[:at],
        lambda: whole[: -min(length, len(whole))],
        lambda: whole[:at] + whole[at + length :],
        lambda: whole[:at] + piece + whole[at:],
        lambda: whole[:at] + dice.randbytes(length) + whole[at:],
        lambda: whole + dice.randbytes(length),
        lambda: whole + whole,
        lambda: whole[:other] + piece + whole[other + len(piece) :],
    ]
    return dice.choice(ways)()


def reframed(opened: Opened, whole_frames: list[bytes], dice: random.Random) -> list[bytes]:
    """Frames swapped, repeated, lost, or of another bundle."""
    frames = list(whole_frames)
    a, b = dice.sample(range(len(frames)), 2)
    way = dice.randrange(4)
    if way == 0:
        frames[a], frames[b] = frames[b], frames[a]
    elif way == 1:
        frames.insert(b, frames[a])
    elif way == 2:
        del frames[a]
    else:
        frames[a] = packed_frame(dice.choice(opened.lines) + b"\n")
    return frames


def doctored_line(line: bytes, dice: random.Random) -> bytes:
    """A line of JSON in which one part was put, taken out, doubled or replaced."""
    whole = json.loads(line)
    parents: list[tuple[Any, Any]] = [(whole, key) for key in _keys(whole)]
    for parent, key in parents:
        if isinstance(parent[key], list | dict) and len(parents) < 4000:
            parents += [(parent[key], inner) for inner in _keys(parent[key])]
    if not parents:
        return dice.choice(RAW).encode()
    parent, key = dice.choice(parents)
    way = dice.randrange(6)
    if way == 0:
        del parent[key]
    elif way == 1 and isinstance(parent, list):
        parent.insert(key, parent[key])
    elif way == 2 and type(parent[key]) is int:
        parent[key] += dice.choice([1, -1, 1000, 2**40])
    elif way == 3 and isinstance(parent, list):
        other = dice.randrange(len(parent))
        parent[key], parent[other] = parent[other], parent[key]
    elif way == 4 and type(parent[key]) is str and parent[key]:
        text, at = parent[key], dice.randrange(len(parent[key]))
        parent[key] = text[:at] + dice.choice("0f'\"\\x\n李") + text[at + 1 :]
    else:
        parent[key] = "@@"
        raw = dice.choice(RAW)
        return json.dumps(whole, ensure_ascii=False).replace('"@@"', raw).encode()
    return json.dumps(whole, ensure_ascii=False).encode()


def doctored_lines(opened: Opened, dice: random.Random) -> list[bytes]:
    """Lines changed, lost, doubled, moved or replaced."""
    lines = list(opened.lines)
    a, b = dice.randrange(len(lines)), dice.randrange(len(lines))
    way = dice.randrange(10)
    if way == 0:
        del lines[a]
    elif way == 1:
        lines.insert(b, lines[a])
    elif way == 2:
        lines[a], lines[b] = lines[b], lines[a]
    elif way == 3:
        lines[a] = damaged(lines[a], dice)
    elif way == 4:
        lines.insert(a, dice.choice(RAW).encode())
    else:
        lines[a] = doctored_line(lines[a], dice)
    return lines


def forged_signature(opened: Opened, dice: random.Random) -> bytes:
    """A bundle whose manifest or lines were changed, with the right hash, not signed by whom it names."""
    manifest = json.loads(opened.manifest)
    way = dice.randrange(3)
    if way == 0:
        manifest["have"]["aa" * 16] = dice.randrange(2**40)
    elif way == 1:
        manifest["sender"]["name"] = "Anna herself"
    else:
        manifest["made"] += dice.randrange(1, 9)
    key = dice.choice([BEN, MachineKey(dice.randbytes(32))])
    return signed_anew(Opened(json.dumps(manifest).encode(), opened.lines), key)


def _keys(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value)
    return list(range(len(value))) if isinstance(value, list) else []
