"""The keys of this machine: one that signs what leaves it, one that opens what was sealed for it.

Both lie in the person's home folder, not in the database, so that a copied file does not carry them.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from crm_tui.errors import BadFile, Locked
from crm_tui.words import t

SIGNING = "machine.key"
OPENING = "machine.age"
_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""32 signs without 0, 1, I and O, which people mix up when they read them out."""


class MachineKey:
    """An Ed25519 key and an age identity, made when they are first asked for.

    Attributes:
        public: what others check signatures with, 32 bytes.
    """

    def __init__(self, seed: bytes, home: Path | None = None) -> None:
        """A key from its seed (32 bytes); `home` is where the age identity lies."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._home = home
        self._identity: str | None = None
        self.public: bytes = self._key.public_key().public_bytes_raw()

    @classmethod
    def of(cls, home: Path) -> MachineKey:
        """The key that lies in the folder `home`; a new one if there is none yet.

        Raises:
            BadFile: the key file holds no key.
            Locked: it cannot be read or written.
        """
        path = home / SIGNING
        text = _kept(path, lambda: secrets.token_hex(32))
        try:
            seed = bytes.fromhex(text)
            if len(seed) != 32:
                raise ValueError(len(seed))
        except ValueError:
            raise _damaged(path) from None
        return cls(seed, home)

    def sign(self, message: bytes) -> bytes:
        """The signature (64 bytes) of `message`."""
        return self._key.sign(message)

    @property
    def identity(self) -> str:
        """The secret text that opens what was sealed for `recipient`."""
        from pyrage import x25519  # type: ignore[import-untyped]

        if self._identity is None:
            if self._home is None:
                self._identity = str(x25519.Identity.generate())
            else:
                path = self._home / OPENING
                self._identity = _kept(path, lambda: str(x25519.Identity.generate()))
                try:
                    x25519.Identity.from_str(self._identity)
                except Exception:  # pyrage's errors share no better parent
                    raise _damaged(path) from None
        return self._identity

    @property
    def recipient(self) -> str:
        """The public text ("age1…") that others seal bundles for this machine with."""
        from pyrage import x25519

        return str(x25519.Identity.from_str(self.identity).to_public())


def verify(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the holder of `public` has signed `message`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def code_of(public: bytes) -> str:
    """A public key as three groups of four signs, to be compared by telephone (60 bits)."""
    number = int.from_bytes(hashlib.blake2b(public, digest_size=8, person=b"crm-tui code").digest(), "big")
    signs = "".join(_ALPHABET[number >> shift & 31] for shift in range(0, 60, 5))
    return "-".join(signs[at : at + 4] for at in range(0, 12, 4))


def _kept(path: Path, new: Callable[[], str]) -> str:
    """The text of a secret file; made whole and for its owner only where there is none, also if two ask at once."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _create(path, new() + "\n")
        return path.read_text("ascii").strip()
    except UnicodeDecodeError:
        raise _damaged(path) from None
    except OSError as error:
        raise Locked(
            t("The key of this machine ({file}) cannot be read or made: {reason}.", file=path, reason=error.strerror)
        ) from None


def _create(path: Path, text: str) -> None:
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(part, path)
        except FileExistsError:
            return  # another program was first: its key is the machine's
        except OSError:  # a disk without links
            part.rename(path)
    finally:
        part.unlink(missing_ok=True)


def _damaged(path: Path) -> BadFile:
    return BadFile(
        t("{file} holds no key: put it back from a backup, or remove it so that a new one is made.", file=path)
    )
