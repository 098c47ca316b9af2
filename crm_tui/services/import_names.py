"""Ids for the names that a file gives: people and branches are added if they are not there, parents are looked up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from crm_tui.rules.text import fold
from crm_tui.services.import_lookup import Lookup
from crm_tui.services.import_match import Matches
from crm_tui.services.import_parts import LINKS, Staged, Target


class Names:
    """Resolves links of one import."""

    def __init__(self, look: Lookup, matches: Matches, rows: Sequence[Staged], new_id: Callable[[], str]) -> None:
        self.new_id = new_id
        self.added: dict[str, list[tuple[str, str]]] = {}
        self.revived: dict[str, list[str]] = {}
        self.unknown_parents = 0
        wanted = {name: {str(v) for row in rows if (v := row.facts.fields.get(name))} for name in LINKS}
        self._known = {name: look.named(LINKS[name]) for name in ("owner", "branch") if wanted[name]}
        self._parents = _parents(look, matches, wanted["parent"]) if wanted["parent"] else {}

    def known(self, field: str, text: str) -> str | None:
        """The id behind a name, if there is one."""
        if field == "parent":
            return self._parents.get(fold(text))
        found = self._known[field].get(fold(text)) if field in self._known else None
        return found[0] if found and found[1] != "undone" else None

    def make(self, field: str, text: str) -> str | None:
        """The id behind a name; a person or branch that is not there is added, one that was undone comes back."""
        if field == "parent":
            found = self._parents.get(fold(text))
            self.unknown_parents += found is None
            return found
        key, names, noun = fold(text), self._known[field], LINKS[field]
        there = names.get(key)
        if there is None:
            there = (self.new_id(), "live")
            self.added.setdefault(noun, []).append((there[0], text))
        elif there[1] == "undone":
            self.revived.setdefault(noun, []).append(there[0])
        names[key] = (there[0], "live" if there[1] == "undone" else there[1])
        return there[0]


def _parents(look: Lookup, matches: Matches, texts: Iterable[str]) -> dict[str, str]:
    """Ids of parent customers by folded text: a number of this source, or a name that only one customer has."""
    texts = set(texts)
    found: dict[str, str] = {}
    named: dict[str, list[Target]] = {}
    for target in matches.targets:
        named.setdefault(fold(target.name), []).append(target)
    found.update(look.organisations(texts))
    for text in texts:
        targets = named.get(fold(text), [])
        if len(targets) == 1:
            found.setdefault(fold(text), targets[0].id)
    for text, origins in look.by_number(matches.source, texts).items():
        found[fold(text)] = origins[0].customer
    for target in matches.targets:
        for row, _ in target.rows:
            if row.outside in texts:
                found[fold(row.outside or "")] = target.id
    return found


def without_cycles(parents: dict[str, str], above: Callable[[str], str | None]) -> set[str]:
    """The customers whose new parent would make them part of themselves.

    Args:
        parents: new parent by customer.
        above: the parent that a customer has now.
    """
    wrong: set[str] = set()
    for row in parents:
        seen = {row}
        place = parents[row]
        while place:
            if place in seen:
                wrong.add(row)
                break
            seen.add(place)
            up = parents.get(place) if place not in wrong else None
            place = up or above(place) or ""
    return wrong
