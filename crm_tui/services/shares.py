"""Shares for people outside of the company: which customers, what is held back, what left already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from crm_tui.errors import NotFound, Refused
from crm_tui.services.noun import NounService
from crm_tui.services.share_rows import ALWAYS, Collected, collect, hanging
from crm_tui.store import chain, shown
from crm_tui.store.database import Work
from crm_tui.words import t

FILTERS = ("owner", "partner", "region")
"""What customers may be chosen by."""

_BINDS = ("supplier_of", "dealer_of", "partner", "referred_by")
"""Relations by which a customer is a partner's."""


class ShareRecords(NounService):
    """Records of shares."""

    def chosen(self, only: Mapping[str, str]) -> list[str]:
        """Ids of the shown customers that answer to all filters, by name.

        Args:
            only: owner (a colleague's name), partner (name of a customer that is one), region (its beginning).

        Raises:
            NotFound: if nobody is called so, or no customer answers.
            Refused: without a filter, or for one that does not exist.
        """
        if not only or set(only) - set(FILTERS):
            raise Refused(t("say which customers: owner=NAME, partner=NAME or region=TEXT"))
        where, values = ["live"], list[str]()
        for key, text in only.items():
            if key == "owner":
                where.append("owner = ?")
                values.append(self.crm.people.find(text)["id"])
            elif key == "region":
                where.append("substr(lower(region), 1, length(?)) = lower(?)")
                values += [text, text]
            else:
                partner = self.crm.customers.resolve(text)
                kinds = ",".join(f"'{kind}'" for kind in _BINDS)
                where.append(
                    "(sales_channel = (SELECT name FROM customers WHERE id = ?) OR EXISTS(SELECT 1 FROM relations r "
                    f"WHERE r.live AND r.kind IN ({kinds}) AND (r.customer = customers.id AND r.other = ? "
                    "OR r.other = customers.id AND r.customer = ?)))"
                )
                values += [partner] * 3
        query = f"SELECT id FROM customers WHERE {' AND '.join(where)} ORDER BY sort_key, id"
        found = [row for (row,) in self.store.reader().execute(query, values)]
        if not found:
            raise NotFound(t("no customer answers to that; nothing was written"))
        return found

    def scope(self, only: Mapping[str, str]) -> str:
        """The filters in words; who is named by an id stands there by name."""
        said = {}
        for key, text in only.items():
            if key == "owner":
                said[key] = str(self.crm.people.find(text)["name"])
            elif key == "partner":
                said[key] = str(self.crm.customers.get(self.crm.customers.resolve(text))["name"])
            else:
                said[key] = text
        return ", ".join(f"{key}={text}" for key, text in said.items())

    def hidden(self, names: Iterable[str]) -> frozenset[str]:
        """Nouns and "noun.field" that these words mean: "phones", "customers.note", "note" of customers, custom keys.

        Raises:
            NotFound: for a word that means neither.
            Refused: for what a share cannot do without.
        """
        found = set()
        nouns = hanging(self.store.catalogue)
        for word in names:
            head, _, rest = word.strip().partition(".")
            noun, name = (head, rest) if rest and head in nouns else ("customers", word.strip())
            if word in nouns and word != "customers":
                found.add(word)
                continue
            unit = self._unit(noun, name)
            if unit is None:
                raise NotFound(t("there is no field “{name}” to hide; say phones, or customers.note", name=word))
            if (noun, unit) == ("customers", "name") or unit == nouns[noun]:
                raise Refused(t("a share makes no sense without {name}", name=word))
            found.add(f"{noun}.{unit}")
        return frozenset(found)

    def _unit(self, noun: str, name: str) -> str | None:
        about = self.store.catalogue[noun]
        if name in about.columns and name not in ("id", "extra", *shown.NEVER):
            return about.unit_of(name).name
        if name in about.fields and about.fields[name].kind == "group":
            return name
        custom = {row["key"] for row in self.crm.custom_fields.for_noun(noun)}
        key = name.removeprefix("extra.")
        return f"extra.{key}" if key in custom else None

    def collect(self, work: Work, customers: Sequence[str], hide: frozenset[str], name: str) -> Collected:
        """What leaves, read inside the action that notes it."""
        before = work.db.execute("SELECT 1 FROM shares WHERE name = ? LIMIT 1", (name,)).fetchone()
        return collect(work.db, work.catalogue, customers, hide, empty=before is not None)

    def known_of(self, work: Work, name: str) -> dict[str, int]:
        """What of the logs at a partner's this file has: former shares for him, and what came back of them."""
        db = work.db
        former = dict(
            db.execute(
                "SELECT d.dev, d.end_seq FROM shares s JOIN device d ON d.id = s.id WHERE s.name = ?", (name,)
            ).fetchall()
        )
        marks = ",".join(map(str, former))
        back = db.execute(
            f"SELECT h.dev, h.upto FROM have h WHERE EXISTS(SELECT 1 FROM seen e WHERE e.dev = h.dev AND e.seq = 1 "
            f"AND NOT e.derived AND e.of IN ({marks}))"
        ).fetchall()
        ids = dict(db.execute("SELECT dev, id FROM device"))
        return {ids[dev]: upto for dev, upto in [*former.items(), *back]}

    def note(
        self, work: Work, share: str, name: str, scope: str, told: Collected, vector: Mapping[str, int], end: bytes
    ) -> None:
        """Write the record of a share, and note its log's end.

        Args:
            work: the action that it left in.
            share: its id.
            name: whom it is for.
            scope: which customers were chosen, in words.
            told: what it holds.
            vector: last number by log of what it was taken from.
            end: the chain after its log.
        """
        assert len(end) == len(chain.START)
        dump = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode
        work.insert(
            self.name,
            {
                **{"id": share, "name": name, "scope": scope, "seq": len(told.rows), "chain": end.hex()},
                **{"hidden": dump(sorted(told.hidden)), "nouns": dump(told.nouns), "counts": dump(told.counts)},
                "vector": dump(vector),
                "rows": shown.pack(shown.mark(share, row) for row in told.shared),
                "withheld": shown.pack(shown.mark(share, *place) for place in told.withheld),
            },
        )
        shown.register(work.db, work.at)

    def set_aside(self) -> int:
        """How many changes from outside have no effect here, for no share had shown what they change."""
        return int(self.store.reader().execute("SELECT count(*) FROM aside").fetchone()[0])


__all__ = ["ALWAYS", "FILTERS", "ShareRecords"]
