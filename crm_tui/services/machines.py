"""The machines of the workspace: who they are, what they have, whether they are trusted."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crm_tui.errors import NotFound, Refused
from crm_tui.services.noun import NounService, Row
from crm_tui.store import logs, outgoing, partners
from crm_tui.store.database import Changes
from crm_tui.words import t

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCEPTED, DISTRUSTED, PARTNER = "accepted", "distrusted", "partner"


@dataclass(frozen=True)
class Peer:
    """A machine as the Sync screen lists it.

    Attributes:
        id: of its record; `name`, `person` as people call them.
        key: its public key, as hex text.
        trust: accepted, distrusted, partner (only returns of shares are taken), or "" for one that was never met.
        own: whether it is this one.
        heard: when something last came from it (aware UTC); None if nothing ever did.
        lacks: how many changes of this file it is not known to have.
        logs: the codes of the logs that it writes.
    """

    id: str
    name: str
    person: str
    key: str
    trust: str
    own: bool
    heard: datetime | None
    lacks: int
    logs: tuple[str, ...]


def machine_id(key: bytes) -> str:
    """The id of a machine's record, made from its key."""
    return hashlib.blake2b(key, digest_size=16, person=b"crm-machine").hexdigest()


class Machines(NounService):
    """Records of machines, and what they are known to have."""

    def introduce(self, key: bytes, name: str, recipient: str) -> Changes | None:
        """Write this machine's own record, so that others learn its name and how to seal for it; None if it stands."""
        row = self._known(machine_id(key))
        if row is not None and (row["name"], row["recipient"], row["deleted"]) == (name, recipient, None):
            return None
        return self._write(
            key, name, {"recipient": recipient, "person": self.store.person}, "Introduced machine {name}"
        )

    def call_this(self, name: str) -> None:
        """Call this machine by another name than the operating system's; others learn it with the next bundle."""
        wanted = name.strip()
        if not wanted:
            raise Refused(t("a machine needs a name"))
        self.store.set_setting("machine", wanted)
        with self.store.writing() as db:
            marks = ",".join(map(str, logs.own(db)))
            db.execute(f"UPDATE device SET name = ? WHERE dev IN ({marks})", (wanted,))

    def accept(self, key: bytes, name: str, trust: str = ACCEPTED, recipient: str = "") -> Changes | None:
        """Trust a machine's key from now on, as one of the company or as a partner's; None if all of it stands already.

        Args:
            key: its public key.
            name: what it calls itself.
            trust: accepted or partner.
            recipient: key that a file is sealed with for it ("age1…"), if it told one.
        """
        row = self._known(machine_id(key))
        known = row is not None and row["trust"] in (ACCEPTED, trust) and row["deleted"] is None
        if row is not None and known:
            if recipient in ("", row["recipient"]):
                return None
            trust = row["trust"]
        told: dict[str, str | None] = {"recipient": recipient} if recipient else {}
        return self._write(key, name, {"trust": trust, **told}, "Accepted machine {name}")

    def _write(self, key: bytes, name: str, more: Mapping[str, str | None], verb: str) -> Changes:
        row = machine_id(key)
        values = {"name": name, "key": key.hex(), "trust": ACCEPTED, **more}
        with self.store.action(verb, name=name) as work:
            if self._known(row) is None:
                work.insert("machines", {"id": row, **values})
            else:
                work.update("machines", row, {**values, "deleted": None})
        return work.changes

    def trust(self, name: str, trust: str) -> Changes:
        """Trust a machine, or trust it no more: everybody whom this change reaches does so too.

        A machine that writes nothing but returns of shares is trusted as a partner's.

        Raises:
            NotFound: if no machine is called so.
            Refused: if it is this one.
        """
        peer = self.find(name)
        if peer.own and trust == DISTRUSTED:
            raise Refused(t("this is the machine you are working on; distrust it from another one"))
        if trust == ACCEPTED and partners.is_outside(self.store.reader(), bytes.fromhex(peer.key)):
            trust = PARTNER
        return self.edit(peer.id, {"trust": trust})

    def find(self, name: str) -> Peer:
        """The machine that is called so: by name, id or the code of one of its logs.

        Raises:
            NotFound: if none is, or several are.
        """
        wanted = name.strip().casefold()
        found = [
            peer
            for peer in self.peers()
            if wanted in (peer.id, peer.name.casefold(), *(code.casefold() for code in peer.logs))
        ]
        if len(found) != 1:
            known = ", ".join(peer.name for peer in self.peers()) or t("none yet")
            raise NotFound(t("no single machine is called “{name}”; known are: {known}", name=name, known=known))
        return found[0]

    def trust_of(self, key: bytes) -> str:
        """Accepted, distrusted, or "" for a key that was never met."""
        row = self._known(machine_id(key))
        return str(row["trust"] or "") if row is not None and row["deleted"] is None else ""

    def peers(self, own: bytes | None = None) -> list[Peer]:
        """All machines, this one first, then by name.

        Args:
            own: this machine's public key; none is marked as this one without.
        """
        db = self.store.reader()
        have = outgoing.vector(db)
        heard = {m: (json.loads(text), at) for m, text, at in db.execute("SELECT machine, have, at FROM peer")}
        codes: dict[str, list[str]] = {}
        for key, code in db.execute("SELECT sign_key, code FROM device WHERE sign_key IS NOT NULL ORDER BY dev"):
            codes.setdefault(key.hex(), []).append(code or "")
        people = dict(db.execute("SELECT id, name FROM people"))
        mine = machine_id(own) if own is not None else self.store.setting("machine_id")
        found = []
        for row in self.all():
            theirs, at = heard.get(row["id"], ({}, None))
            lacks = sum(max(0, upto - theirs.get(log, 0)) for log, upto in have.items())
            found.append(
                Peer(
                    row["id"],
                    row["name"] or row["id"][:8],
                    people.get(row["person"], ""),
                    row["key"] or "",
                    row["trust"] or "",
                    row["id"] == mine,
                    None if at is None else datetime.fromtimestamp(at / 1000, UTC),
                    0 if row["id"] == mine else lacks,
                    tuple(code for code in codes.get(row["key"] or "", ()) if code),
                )
            )
        return sorted(found, key=lambda peer: (not peer.own, peer.name.casefold()))

    def known_to_have(self, machine: str) -> dict[str, int]:
        """What a machine is known to have, by log, from what came from it; nothing if nothing ever did."""
        row = self.store.reader().execute("SELECT have FROM peer WHERE machine = ?", (machine,)).fetchone()
        return {str(log): int(seq) for log, seq in json.loads(row[0]).items()} if row else {}

    def heard(self, machine: str, have: Mapping[str, int]) -> None:
        """Note what a machine says that it has; a number never goes back."""
        before = self.known_to_have(machine)
        merged = {log: max(seq, before.get(log, 0)) for log, seq in {**before, **have}.items()}
        with self.store.writing() as db:
            db.execute(
                "INSERT INTO peer(machine, have, at) VALUES(?,?,?) "
                "ON CONFLICT(machine) DO UPDATE SET have = excluded.have, at = excluded.at",
                (machine, json.dumps(merged), int(self.store.now().timestamp() * 1000)),
            )

    def _known(self, row: str) -> Row | None:
        rows = self._rows("id = ?", (row,))
        return rows[0] if rows else None
