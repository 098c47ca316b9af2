"""The passphrase of the screen lock, kept only as what scrypt makes of it."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import unicodedata

_COST, _BLOCK, _LANES = 1 << 14, 8, 1
_MEMORY = 64 << 20
"""Bytes that scrypt may take; its own limit is just too low for what we ask."""


def sealed(passphrase: str, salt: bytes) -> str:
    """What is kept of a passphrase: the way it was made, the salt and the hash, as one line of text."""
    made = _made(passphrase, salt, _COST, _BLOCK, _LANES)
    return f"scrypt${_COST}${_BLOCK}${_LANES}${_text(salt)}${_text(made)}"


def opens(kept: str, passphrase: str) -> bool:
    """Whether `passphrase` is the one that `kept` was made of; half a second at the most.

    Raises:
        ValueError: if `kept` is no line of `sealed`.
    """
    cost, block, lanes, salt, made = _parts(kept)
    return hmac.compare_digest(_made(passphrase, salt, cost, block, lanes), made)


def is_sealed(kept: str) -> bool:
    """Whether a text is a line of `sealed`."""
    try:
        _parts(kept)
    except ValueError:
        return False
    return True


def _parts(kept: str) -> tuple[int, int, int, bytes, bytes]:
    name, *rest = kept.split("$")
    if name != "scrypt" or len(rest) != 5:
        raise ValueError(kept)
    cost, block, lanes = (int(part) for part in rest[:3])
    if not (2 <= cost <= 1 << 15 and cost & (cost - 1) == 0 and 1 <= block <= 8 and 1 <= lanes <= 4):
        raise ValueError(kept)
    try:
        salt, made = (base64.b64decode(part, validate=True) for part in rest[3:])
    except binascii.Error:
        raise ValueError(kept) from None
    return cost, block, lanes, salt, made


def _made(passphrase: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    plain = unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(plain, salt=salt, n=cost, r=block, p=lanes, maxmem=_MEMORY, dklen=32)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
