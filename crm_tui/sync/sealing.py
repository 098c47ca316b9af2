"""Sealed bundles: an age stream for recipients' keys, or for a one-time key that a passphrase opens.

age's own passphrase mode is not used: it takes 1 GiB of memory, lets a file ask for sixteen times that, and cannot
stream. Instead the first line holds a one-time age identity, enciphered (ChaCha20-Poly1305) with a key that scrypt
makes of the passphrase in 64 MiB; the rest is an ordinary age file for that identity.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Sequence
from typing import IO, TYPE_CHECKING, Any, Protocol

from crm_tui.errors import CrmError, Refused
from crm_tui.sync.refusals import WrongKey, changed, cut_off, too_large
from crm_tui.words import t

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

AGE = b"age-encryption.org/v1\n"
PHRASE = b"CRMA1 "
_HEADER = 1 << 16
"""Bytes that an age header may have."""
_SALT, _NONCE, _IDENTITY = 16, 12, 74


class Readable(Protocol):
    """What is read of a file."""

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes."""

    def readline(self, size: int = -1, /) -> bytes:
        """At most `size` bytes of a line."""

    def seek(self, place: int, whence: int = 0, /) -> int:
        """Go to a place."""

    def tell(self) -> int:
        """Where it is."""


def is_sealed(beginning: bytes) -> bool:
    """Whether a file that begins so is sealed."""
    return beginning.startswith((AGE, PHRASE))


def seal(pieces: Iterable[bytes], out: IO[bytes], *, passphrase: str | None, recipients: Sequence[str]) -> None:
    """Write `pieces` so that only the passphrase, or only the recipients' keys, open them.

    Raises:
        Refused: both or neither is given, or a recipient's key is none.
        CrmError, OSError: whatever `pieces` or `out` raise.
    """
    from pyrage import EncryptError, encrypt_io, x25519  # type: ignore[import-untyped]

    if bool(recipients) == (passphrase is not None):
        raise Refused(t("Give either a passphrase or the keys of those who may read."))
    if passphrase is not None:
        once = x25519.Identity.generate()
        out.write(PHRASE + base64.b64encode(_enciphered(str(once), passphrase)) + b"\n")
        keys = [once.to_public()]
    else:
        keys = [_recipient(text) for text in recipients]
    source, sink = _Source(pieces), _Sink(out, None)
    try:
        encrypt_io(source, sink, keys)
    except EncryptError:
        raise source.error or sink.error or Refused(t("The bundle could not be sealed.")) from None
    except OSError as error:  # age hands on what it was told as an error of its own kind
        raise source.error or sink.error or error from None


def unseal(stream: Readable, out: IO[bytes], *, passphrase: str | None, identities: Sequence[str], most: int) -> None:
    """Open a sealed file into `out`; what comes out is to be trusted only after this has returned.

    Args:
        stream: the sealed file from its first byte.
        out: where to.
        passphrase: what opens a file that was sealed with one.
        identities: secret texts that open a file sealed for keys.
        most: bytes that may come out.

    Raises:
        WrongKey: neither opens it.
        BadBundle: cut off, changed, or too large.
    """
    from pyrage import DecryptError, decrypt_io

    beginning = stream.read(len(PHRASE))
    if beginning == PHRASE:
        keys = [_once(_phrase_line(stream), passphrase)]
    else:
        keys = [_identity(text) for text in identities]
    body = stream.tell() if beginning == PHRASE else 0
    stream.seek(body)
    header = stream.read(_HEADER)
    if not header.startswith(AGE):
        raise changed() if len(header) >= len(AGE) else cut_off()
    if b"\n--- " not in header:
        raise changed() if len(header) == _HEADER else cut_off()
    if not keys:
        raise WrongKey(t("The bundle is sealed for a machine's key: open it on the machine that it was made for."))
    stream.seek(body)
    source, sink = _Whole(stream), _Sink(out, most)
    try:
        decrypt_io(source, sink, keys)
    except DecryptError as error:
        if sink.error is not None:
            raise sink.error from None
        if str(error).startswith("No matching keys") and beginning != PHRASE:
            others = t("The bundle is sealed for other keys: ask its sender to seal it for this machine.")
            raise WrongKey(others) from None
        raise changed() from None
    except Exception as error:
        if sink.error is not None:
            raise sink.error from None
        if isinstance(error, OSError) and error.errno:
            raise
        raise cut_off() if source.ended else changed() from None


def _phrase_line(stream: Readable) -> bytes:
    line = stream.readline(1 << 10)
    if not line.endswith(b"\n"):
        raise cut_off()
    try:
        sealed = base64.b64decode(line[:-1], validate=True)
    except ValueError:
        raise changed() from None
    if len(sealed) != _SALT + _NONCE + _IDENTITY + 16:
        raise changed()
    return sealed


def _cipher(passphrase: str, salt: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    try:
        secret = passphrase.encode()
    except UnicodeEncodeError:
        raise Refused(t("The passphrase is no readable text.")) from None
    return ChaCha20Poly1305(Scrypt(salt=salt, length=32, n=1 << 16, r=8, p=4).derive(secret))


def _enciphered(identity: str, passphrase: str) -> bytes:
    if not passphrase:
        raise Refused(t("An empty passphrase protects nothing: give a longer one."))
    salt, nonce = secrets.token_bytes(_SALT), secrets.token_bytes(_NONCE)
    sealed = _cipher(passphrase, salt).encrypt(nonce, identity.encode(), PHRASE)
    return salt + nonce + sealed


def _once(sealed: bytes, passphrase: str | None) -> Any:
    from cryptography.exceptions import InvalidTag

    if passphrase is None:
        raise WrongKey(t("The bundle is sealed with a passphrase: give it with --passphrase-file."))
    salt, nonce, rest = sealed[:_SALT], sealed[_SALT : _SALT + _NONCE], sealed[_SALT + _NONCE :]
    try:
        text = _cipher(passphrase, salt).decrypt(nonce, rest, PHRASE).decode()
    except (InvalidTag, UnicodeDecodeError):
        raise WrongKey(t("The passphrase does not open this bundle: check it with its sender.")) from None
    return _identity(text)


def _recipient(text: str) -> Any:
    from pyrage import x25519

    try:
        return x25519.Recipient.from_str(text.strip())
    except Exception:  # pyrage's errors share no better parent
        raise Refused(t("“{key}” is no key to seal for: it begins with age1.", key=text[:80])) from None


def _identity(text: str) -> Any:
    from pyrage import x25519

    try:
        return x25519.Identity.from_str(text.strip())
    except Exception:  # pyrage's errors share no better parent
        raise Refused(t("A key to open the bundle with is damaged.")) from None


class _Source:
    """Pieces as a stream to read from; remembers what they raised, because age tells only its text."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)
        self._waiting = b""
        self.error: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, none at the end."""
        try:
            while not self._waiting:
                self._waiting = next(self._pieces)
        except StopIteration:
            return b""
        except BaseException as error:
            self.error = error
            raise
        size = len(self._waiting) if size < 0 else size
        piece, self._waiting = self._waiting[:size], self._waiting[size:]
        return piece


class _Whole:
    """A stream to read from that remembers whether it has come to its end."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, none at the end."""
        piece = self._stream.read(size)
        self.ended = self.ended or len(piece) < size
        return piece


class _Sink:
    """A stream to write to, up to a limit; remembers what it raised."""

    def __init__(self, out: IO[bytes], most: int | None) -> None:
        self._out = out
        self._left = most
        self.error: CrmError | OSError | None = None

    def write(self, piece: bytes) -> int:
        """Pass a piece on."""
        try:
            if self._left is not None:
                self._left -= len(piece)
                if self._left < 0:
                    raise too_large(t("more comes out of it than a bundle may have"))
            self._out.write(piece)
        except (CrmError, OSError) as error:
            self.error = error
            raise
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""
