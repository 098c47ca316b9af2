"""Logs written by hand, as a file would keep them, to put into bundles."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from crm_tui.rules.shape import Value
from crm_tui.rules.slices import ActionHead, ActionName, ChangeMade, Place, SeenAt, Slice
from crm_tui.store.chain import START, link
from crm_tui.sync.bundle_file import Bundle
from crm_tui.sync.chains import action_header, sign_end
from crm_tui.sync.machine_key import MachineKey
from crm_tui.sync.manifest import Manifest, Sender

ANNA = MachineKey(bytes(range(32)))
BEN = MachineKey(bytes(range(1, 33)))
WORKSPACE = "ab" * 16
Item = ActionHead | ChangeMade
Told = tuple[str, str, str | None, Value]
"""Noun, row, field, value of a change."""


BEGINNING = Place(0, START)


@dataclass
class Pen:
    """Writes one log."""

    log: str
    name: str
    key: MachineKey
    start: Place = BEGINNING
    items: list[Item] = field(default_factory=list)
    place: Place = BEGINNING

    def __post_init__(self) -> None:
        self.place = self.start

    def act(
        self,
        changes: Iterable[Told],
        *,
        at: int = 1_770_000_000_000,
        ats: Sequence[int] | None = None,
        person: str | None = "c0" * 16,
        kind: str = "edit",
        verb: str = "Changed {name}",
        params: str = '{"name": "Øre"}',
        undoes: ActionName | None = None,
        seen: tuple[SeenAt, ...] = (),
        salt: bytes = b"0123456789abcdef",
    ) -> None:
        """Write an action."""
        seq, n = self.place.seq, self.place.n + 1
        made = [
            ChangeMade(seq + k, ats[k - 1] if ats else at, noun, row, name, value)
            for k, (noun, row, name, value) in enumerate(changes, 1)
        ]
        header = action_header(n, at, person, kind, verb, params, undoes, seen)
        told = [(c.seq, c.at, c.row, f"{c.noun}.{c.field}" if c.field else c.noun, c.value) for c in made]
        chain = link(self.place.chain, header, salt, told)
        last = seq + len(made)
        self.items.append(
            ActionHead(self.log, n, seq + 1, last, at, person, kind, verb, params, undoes, salt, seen, chain)
        )
        self.items += made
        self.place = Place(last, chain, n)

    def slice(self) -> Slice:
        """The slice of all that was written."""
        signature = sign_end(self.key, self.log, self.place)
        return Slice(self.log, self.name, "c0" * 16, self.key.public, "ABC", self.start, self.place, signature)


def manifest_of(*pens: Pen, sender: MachineKey = ANNA, **more: object) -> Manifest:
    """The manifest of what the pens have written; the first one is the sender."""
    facts: dict[str, object] = {
        "workspace": WORKSPACE,
        "sender": Sender(pens[0].log, pens[0].name, sender.public),
        "slices": tuple(pen.slice() for pen in pens),
        "requires": {"99" * 16: Place(5, b"q" * 32, 2)},
        "have": {pen.log: pen.place.seq for pen in pens},
        "fingerprint": "f00d",
        "made": 1_770_000_000_000,
        "changes": sum(pen.place.seq - pen.start.seq for pen in pens),
    }
    return Manifest(**{**facts, **more})  # type: ignore[arg-type]


def items_in(bundle: Bundle) -> list[Item]:
    """Everything that a bundle holds, each action before its changes."""
    found: list[tuple[str, int, int, Item]] = []
    for part in bundle.parts():
        found += [(part.log, head.first, 0, head) for head in part.heads]
        found += [(part.log, change[0], 1, ChangeMade(*change)) for change in part.changes]
    logs = {log: place for place, log in enumerate(dict.fromkeys(log for log, *_ in found))}
    return [item for *_, item in sorted(found, key=lambda one: (logs[one[0]], *one[1:3]))]


def items_of(*pens: Pen) -> list[Item]:
    """What the pens have written, in order."""
    return [item for pen in pens for item in pen.items]


def row_id(n: int) -> str:
    """An id that is the same each time."""
    return f"{n:032x}"


def small_logs() -> tuple[Pen, Pen]:
    """Two short logs in which everything occurs that a bundle can hold."""
    anna, ben = Pen("aa" * 16, "Anna", ANNA), Pen("bb" * 16, "Ben", BEN, Place(7, b"p" * 32, 3))
    new = json.dumps({"created": "2026-01-01T00:00:00Z", "name": "李雷", "size": 4, "note": None}, ensure_ascii=False)
    anna.act([("customers", row_id(1), None, new), ("phones", row_id(2), None, '{"number":"+86 138"}')])
    anna.act(
        [("customers", row_id(1), "name", "韩梅梅"), ("customers", row_id(1), "extra.Größe 1", "x\0y"),
         ("key_dates", row_id(3), "moment", "[1,2,3]"), ("customers", row_id(9), "owner", None)],
        ats=[5, 9, 0, 2**62], at=9, person=None, kind="undo", undoes=("bb" * 16, 8),
        seen=(SeenAt("bb" * 16, 7, b"12345678"), SeenAt("99" * 16, 5, b"qqqqqqqq")),
    )  # fmt: skip
    ben.act([("orders", row_id(4), "total", -(2**63)), ("orders", row_id(4), "paid", 2**63 - 1)], params="{}")
    ben.act([("customers", row_id(5), "note", "line\n" * 15_000)], seen=(SeenAt("aa" * 16, 6, b"abcdefgh"),))
    ben.act([("customers", row_id(1), "name", ""), ("customers", row_id(5), "note", 0)], at=0)
    return anna, ben


def large_log(changes: int, of_action: int, rows: int = 20_000) -> Pen:
    """A log of edits of eight fields all over `rows` customers."""
    dice, pen = random.Random(7), Pen("aa" * 16, "Anna", ANNA)
    said = "alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar"
    words, names = said.split(), ("name", "region", "industry", "size", "source", "grade", "language", "note")
    ids = [f"{1_760_000_000_000 + n * 977:012x}7{dice.getrandbits(76):019x}" for n in range(rows)]

    def value(name: str) -> Value:
        if name == "size":
            return dice.randrange(5_000_000)
        return " ".join(dice.choice(words) for _ in range(dice.randrange(3, 14) if name == "note" else 2))

    for first in range(0, changes, of_action):
        told: list[Told] = []
        for _ in range(min(of_action, changes - first)):
            name = dice.choice(names)
            told.append(("customers", dice.choice(ids), name, value(name)))
        pen.act(told, at=1_770_000_000_000 + first * 40, salt=dice.randbytes(16))
    return pen
