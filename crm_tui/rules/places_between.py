"""Text keys that sort between two others, so that a card finds its place without any other being rewritten.

A key is a whole number of eight digits to the base 62 (digits in ASCII order), and behind it a fraction where no whole
number was left between its neighbours. What arrives gets a number made from the clock, smaller than all before, so
that it stands on top and keys stay short. Two machines may make the same key for two cards; their ids then decide.
"""

from __future__ import annotations

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_VALUE = {digit: value for value, digit in enumerate(_DIGITS)}
_BASE = len(_DIGITS)
_WIDTH = 8
_TOP = _BASE**_WIDTH - 1
_A_MILLISECOND = 64


def arriving(now_ms: int, after: int = 0) -> str:
    """The key of what comes on top now.

    Args:
        now_ms: the clock, milliseconds since 1970.
        after: so many others that came in the same action stand before it.
    """
    return _written(max(1, _TOP - now_ms * _A_MILLISECOND + after))


def between(low: str | None, high: str | None) -> str:
    """A key after `low` (None: at the top) and before `high` (None: at the end).

    Raises:
        ValueError: if `low` does not stand before `high`, or one of them is no key.
    """
    if low is not None and high is not None and not low < high:
        raise ValueError(f"{low!r} is not before {high!r}")
    first, rest = _read(low) if low is not None else (0, "")
    last, limit = _read(high) if high is not None else (_TOP + 1, "")
    if low is None and high is not None and last > 1:
        return _written(last - 1)
    if high is None and low is not None and first < _TOP:
        return _written(first + 1)
    if last - first > 1:
        return _written((first + last) // 2)
    return _written(first) + _fraction(rest, limit if last == first else None)


def _fraction(lower: str, upper: str | None) -> str:
    """A fraction above `lower` and below `upper` (None: below one) that never ends in the lowest digit."""
    found: list[str] = []
    at = 0
    while True:
        first = _VALUE[lower[at]] if at < len(lower) else 0
        last = _BASE if upper is None else _VALUE[upper[at]] if at < len(upper) else 0
        if last - first > 1:
            return "".join(found) + _DIGITS[(first + last) // 2]
        found.append(_DIGITS[first])
        if first != last:
            upper = None  # behind the lower one of two neighbours there is room up to the end
        at += 1


def _read(key: str) -> tuple[int, str]:
    if len(key) < _WIDTH or any(sign not in _VALUE for sign in key) or (key[_WIDTH:] and key.endswith("0")):
        raise ValueError(f"no key: {key!r}")
    value = 0
    for sign in key[:_WIDTH]:
        value = value * _BASE + _VALUE[sign]
    return value, key[_WIDTH:]


def _written(value: int) -> str:
    found = ""
    for _ in range(_WIDTH):
        value, digit = divmod(value, _BASE)
        found = _DIGITS[digit] + found
    return found
