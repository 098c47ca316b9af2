"""Brute force for the merge rules: every change carries the whole set of changes that its author knew.

Shares no code with crm_tui.rules: no sequence of `seen`, no incremental heads, no cache. All questions take the set
of places (log, seq) that the asking machine knows.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction

Place = tuple[str, int]
Known = frozenset[Place]
HANGS = ("customer", "merged_into")
LINKS = (*HANGS, "owner")


@dataclass(frozen=True)
class Note:
    place: Place
    at: int
    row: str
    field: str | None
    value: object
    action: Place
    undoes: Place | None
    past: Known

    def gives(self, field):
        return self.value.get(field) if self.field is None else self.value


def same_form(field, value):
    if field == "amount" and isinstance(value, str):
        return ("number", Fraction(value))
    if isinstance(value, str):
        return ("text", unicodedata.normalize("NFD", value))
    return (type(value).__name__, value)


class Oracle:
    def __init__(self):
        self.notes = {}
        self.by_row = {}

    def record(self, note):
        assert note.place not in self.notes, "two changes under one number"
        self.notes[note.place] = note
        self.by_row.setdefault(note.row, []).append(note)

    def of_row(self, known, row):
        return [note for note in self.by_row.get(row, ()) if note.place in known]

    def rows(self, known):
        return sorted(row for row in self.by_row if self.of_row(known, row))

    def heads(self, known, row, field):
        touching = [note for note in self.of_row(known, row) if note.field is None or note.field == field]
        return [a for a in touching if not any(a.place in b.past for b in touching)]

    def value(self, known, row, field):
        best = None
        for head in self.heads(known, row, field):
            key = (0 if head.field is None else 1, head.at, *head.place)
            if best is None or key > best[0]:
                best = (key, head.gives(field))
        return best[1] if best else None

    def conflict(self, known, row, field):
        return len({same_form(field, head.gives(field)) for head in self.heads(known, row, field)}) > 1

    # trash

    def below(self, known, row, marks):
        """Rows that hang on it by links of people who did not know of the marks."""
        aware = {note.place for note in self.notes.values() if any(mark.place in note.past for mark in marks)}
        found, level = set(), {row}
        while level:
            found |= level
            level = {
                other
                for other in self.rows(known)
                for link in HANGS
                for head in self.heads(known, other, link)
                if head.gives(link) in level and head.place not in aware
            } - found
        return found

    def hidden(self, known, row):
        marks = self.heads(known, row, "deleted")
        if not marks or None in [mark.gives("deleted") for mark in marks]:
            return False
        for one in self.below(known, row, marks):
            for note in self.of_row(known, one):
                if not [m for m in marks if m is note or note.place in m.past or m.place in note.past]:
                    return False
        return True

    def disputed(self, known, row):
        says = any(head.gives("deleted") is not None for head in self.heads(known, row, "deleted"))
        return says and not self.hidden(known, row)

    def root(self, known, row):
        onward = {r: self.value(known, r, "merged_into") for r in self.rows(known)}
        path = [row]
        while onward.get(path[-1]) in onward:
            following = onward[path[-1]]
            if following in path:
                return min(path[path.index(following) :])
            path.append(following)
        return path[-1]

    # undo

    def of_action(self, action, row, field):
        found = [n for n in self.by_row.get(row, ()) if n.action == action and n.field in (None, field)]
        return min(found, key=lambda n: n.place) if found else None

    def stands(self, known, row, field):
        """Notes that the field stands at, and whether it stands at nothing in the end."""
        heads = self.heads(known, row, field)
        if len(heads) != 1:
            return [], not heads
        undone = self.of_action(heads[0].undoes, row, field) if heads[0].undoes else None
        if undone is None:
            return heads, False
        deeper, nothing = self.stands(undone.past, row, field)
        return heads + deeper, nothing

    def undo(self, known, action):
        """(row, field) -> value to write, and (row, field) -> reason of what is left."""
        notes = sorted((n for n in self.notes.values() if n.action == action), key=lambda n: n.place)
        made = {n.row for n in notes if n.field is None}
        write, left = {}, {}
        for n in notes:
            key = (n.row, n.field)
            if n.row in made or key in write or key in left:
                continue
            before = n.past
            if action not in [s.action for s in self.stands(known, n.row, n.field)[0]]:
                left[key] = "changed"
            elif self.conflict(before, n.row, n.field) or (n.field == "deleted" and self.disputed(before, n.row)):
                left[key] = "choice"
            else:
                write[key] = self.value(before, n.row, n.field)
        going = made | {row for (row, field), value in write.items() if (field, value) == ("deleted", "undone")}
        stay = {row: "written" for row in going if self.later(known, action, notes[0].past, row)}
        for _ in going:
            for row in going - stay.keys():
                for other in self.rows(known):
                    points = any(
                        head.gives(link) == row and (other, link) not in write
                        for link in LINKS
                        for head in self.heads(known, other, link)
                    )
                    vanishing = other in going and other not in stay
                    absent = self.hidden(known, other) and self.stands(known, other, "deleted")[1]
                    if points and not vanishing and not absent:
                        stay[row] = "pointed"
        for row in going:
            write.pop((row, "deleted"), None)
            if row in stay:
                left[row, None] = stay[row]
            else:
                write[row, "deleted"] = "undone"
        return write, left

    def later(self, known, action, past, row):
        fields = {n.field for n in self.of_row(known, row)} - {None} | {"deleted"}
        return any(
            not [s for s in self.stands(known, row, field)[0] if s.action == action or s.place in past]
            for field in fields
        )
