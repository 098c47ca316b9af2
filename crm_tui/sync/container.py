"""The outside of a bundle: magic, manifest line, compressed frames, footer with hash and signature.

    CRMB1 | manifest: one JSON line | frames | eight zero bytes | counts: one JSON line | seal: one JSON line

A frame is its packed and its unpacked length (four bytes each, big-endian) and one zstd frame of at most 1 MiB
unpacked. The frames together are lines; a line may run over frames. The seal holds the BLAKE2b-256 hash of everything
before it and the sender's Ed25519 signature of that hash.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import IO

import zstandard

from crm_tui.sync.machine_key import MachineKey, verify
from crm_tui.sync.manifest import Manifest, read_manifest, strict
from crm_tui.sync.refusals import changed, cut_off, foreign, forged, misshapen, newer, too_large
from crm_tui.words import t

MAGIC = b"CRMB1\n"
FRAME = 1 << 20
"""Bytes of a frame, unpacked; packed it may be a little more."""
_PACKED = FRAME + (FRAME >> 7) + 512
_LENGTHS = struct.Struct(">II")
_FOOTER = 1 << 12
_SEAL = b"crm-tui bundle\0"
_LEVEL = 9


@dataclass(frozen=True, slots=True)
class Outside:
    """What is known of a bundle before any frame is unpacked.

    Attributes:
        manifest: its first line.
        frames: where the first frame stands.
        lines: how many lines the frames hold.
        raw: their bytes, unpacked.
        hash: of all bytes of the file, as hex text.
    """

    manifest: Manifest
    frames: int
    lines: int
    raw: int
    hash: str


def pack(manifest_line: bytes, lines: Iterable[bytes], key: MachineKey) -> Iterator[bytes]:
    """The bytes of a bundle, in pieces; `lines` come without their ends."""
    hashed = hashlib.blake2b(digest_size=32)
    packer = zstandard.ZstdCompressor(level=_LEVEL)

    def out(piece: bytes) -> bytes:
        hashed.update(piece)
        return piece

    def frame(raw: bytes | bytearray) -> bytes:
        packed = packer.compress(raw)
        return _LENGTHS.pack(len(packed), len(raw)) + packed

    yield out(MAGIC + manifest_line + b"\n")
    waiting, count, total = bytearray(), 0, 0
    for line in lines:
        waiting += line
        waiting += b"\n"
        count += 1
        while len(waiting) >= FRAME:
            yield out(frame(waiting[:FRAME]))
            del waiting[:FRAME]
            total += FRAME
    if waiting:
        yield out(frame(waiting))
        total += len(waiting)
    yield out(_LENGTHS.pack(0, 0) + json.dumps({"lines": count, "raw": total}).encode() + b"\n")
    seal = {
        "hash": hashed.hexdigest(),
        "signature": base64.b64encode(key.sign(_SEAL + hashed.digest())).decode(),
    }
    yield json.dumps(seal).encode() + b"\n"


def look(stream: IO[bytes], most_manifest: int, most_raw: int, pause: Callable[[], None]) -> Outside:
    """Check a bundle's outside: nothing missing, nothing changed, signed by whom it names.

    Args:
        stream: the bundle from its first byte.
        most_manifest: bytes that the first line may have.
        most_raw: bytes that the frames may claim to hold.
        pause: called between frames; may raise to stop.

    Raises:
        BadBundle: it is refused.
    """
    hashed = hashlib.blake2b(digest_size=32)
    magic = stream.read(len(MAGIC))
    if magic != MAGIC:
        raise _no_magic(magic)
    line = _line(stream, most_manifest, too_large(t("its first line is too long")))
    hashed.update(magic + line)
    start, claimed = stream.tell(), 0
    while True:
        pause()
        lengths = _exactly(stream, _LENGTHS.size)
        hashed.update(lengths)
        packed, raw = _LENGTHS.unpack(lengths)
        if packed == 0:
            break
        if packed > _PACKED or not 0 < raw <= FRAME:
            raise changed()
        hashed.update(_exactly(stream, packed))
        claimed += raw
        if claimed > most_raw:
            raise too_large(t("it claims to hold more than {limit} MB", limit=most_raw >> 20))
    footer = _line(stream, _FOOTER, changed())
    hashed.update(footer)
    inner, whole = hashed.digest(), hashed.copy()
    seal = _line(stream, _FOOTER, changed())
    whole.update(seal)
    if stream.read(1):
        raise changed()
    signature = _signature(seal, inner)
    manifest = read_manifest(line[:-1])
    if not verify(manifest.sender.key, signature, _SEAL + inner):
        raise forged(manifest.sender.name)
    lines, total = _counts(footer)
    if total != claimed:
        raise misshapen("footer")
    return Outside(manifest, start, lines, total, whole.hexdigest())


def lines_of(stream: IO[bytes], outside: Outside, longest: int) -> Iterator[bytes]:
    """The lines of a bundle whose outside was checked, without their ends.

    Raises:
        BadBundle: a frame does not unpack to what it claims, or a line is longer than `longest` bytes.
    """
    unpacker = zstandard.ZstdDecompressor(max_window_size=FRAME * 8)
    place, carry = outside.frames, bytearray()
    while True:
        stream.seek(place)  # others may read the same stream between two lines
        packed, raw = _LENGTHS.unpack(_exactly(stream, _LENGTHS.size))
        if packed == 0:
            break
        place += _LENGTHS.size + packed
        *whole, rest = _unpacked(unpacker, _exactly(stream, packed), raw).split(b"\n")
        if whole:
            yield bytes(carry) + whole[0]
            yield from whole[1:]
            carry.clear()
        carry += rest
        if len(carry) > longest:
            raise too_large(t("a single text is too long"))
    if carry:
        raise misshapen("last line")


def _unpacked(unpacker: zstandard.ZstdDecompressor, packed: bytes, raw: int) -> bytes:
    try:
        claimed = zstandard.get_frame_parameters(packed)
        if claimed.content_size != raw:
            raise misshapen("frame")
        return unpacker.decompress(packed, max_output_size=raw, allow_extra_data=False)
    except zstandard.ZstdError:
        raise misshapen("frame") from None


def _signature(seal: bytes, inner: bytes) -> bytes:
    try:
        said = strict(seal.decode())
        if not isinstance(said, dict) or said["hash"] != inner.hex():
            raise changed()
        return base64.b64decode(said["signature"], validate=True)
    except (ValueError, KeyError, TypeError, RecursionError, binascii.Error):
        raise changed() from None


def _counts(footer: bytes) -> tuple[int, int]:
    try:
        said = strict(footer.decode())
        if not isinstance(said, dict) or {type(said["lines"]), type(said["raw"])} != {int}:
            raise misshapen("footer")
        return said["lines"], said["raw"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise misshapen("footer") from None


def _no_magic(magic: bytes) -> Exception:
    if magic and MAGIC.startswith(magic):
        return cut_off()
    if magic.startswith(b"CRMB") and magic[4:5].isdigit():
        return newer()
    return foreign()


def _line(stream: IO[bytes], most: int, refusal: Exception) -> bytes:
    line = stream.readline(most + 1)
    if line.endswith(b"\n"):
        return line
    raise refusal if len(line) > most else cut_off()


def _exactly(stream: IO[bytes], length: int) -> bytes:
    piece = stream.read(length)
    if len(piece) != length:
        raise cut_off()
    return piece
