"""Which changes of this machine's own logs this very program wrote; the others another program of the machine did."""

from __future__ import annotations


class DoneHere:
    """Numbers of changes by log, kept as spans that grow."""

    def __init__(self) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def note(self, dev: int, before: int, count: int) -> None:
        """The `count` changes after the number `before` of the log `dev` were written here."""
        if not count:
            return
        spans = self._spans.setdefault(dev, [])
        begun = spans.pop()[0] if spans and spans[-1][1] == before else before + 1
        spans.append((begun, before + count))

    def covers(self, dev: int, after: int, upto: int) -> bool:
        """Whether all changes of the log after the number `after`, up to `upto`, were."""
        for first, last in reversed(self._spans.get(dev, ())):
            if upto <= after:
                break
            if first <= upto <= last:
                upto = first - 1
        return upto <= after

    def __contains__(self, change: tuple[int, int]) -> bool:
        dev, seq = change
        return any(first <= seq <= last for first, last in reversed(self._spans.get(dev, ())))
