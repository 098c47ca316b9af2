"""What *Sync* says: machines, trust, counts that add up."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Union

from crm_tui.ui.rows import Role, Row
from crm_tui.ui.syncing.compare import when
from crm_tui.ui.text import safe
from crm_tui.ui.when import clock, since
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.machines import Peer
    from crm_tui.services.received import Reached, Received
    from crm_tui.store.merging import Merged
    from crm_tui.ui.syncing.reading import Machines


Counts = Union["Merged", "Received"]
"""What a bundle did, just now or as it was written down."""


def folder_text(found: Machines) -> str:
    """The folder that is shared, and who can read it."""
    sealed = "# " + t("sealed") if found.folder_sealed else t("not sealed")
    return t("Shared folder: {folder}", folder=safe(found.folder)) + f"  {sealed}"


def trust_text(peer: Peer) -> tuple[str, Role]:
    """Whether a machine is trusted."""
    if peer.own:
        return t("this one"), "accent"
    if peer.trust == "accepted":
        return "+ " + t("trusted"), "good"
    if peer.trust == "partner":
        return "~ " + t("partner's"), "accent"
    if peer.trust == "distrusted":
        return "x " + t("not trusted"), "bad"
    return "? " + t("not met yet"), "warn"


def peer_row(peer: Peer, now: datetime) -> Row:
    """A machine as a line of the list."""
    trust, role = trust_text(peer)
    heard = since(peer.heard.astimezone(now.tzinfo), now) if peer.heard is not None else ("" if peer.own else "–")
    lacks = "" if peer.own else (t("all") if peer.heard is None else f"{peer.lacks:,}")
    return Row(peer.id, (peer.name, peer.person, trust, heard, lacks), roles=("", "", role))


def peer_facts(peer: Peer, code: str, now: datetime) -> str:
    """Everything about a machine, and what can be done."""
    facts = [(t("person"), peer.person), (t("code"), code), (t("trust"), trust_text(peer)[0])]
    if not peer.own:
        facts.append((t("heard of"), when(peer.heard, now) if peer.heard is not None else t("never")))
        lacks = t("everything") if peer.heard is None else t("{n} changes that are here", n=f"{peer.lacks:,}")
        facts.append((t("it lacks"), lacks))
    lines = [peer.name, "", *(f"{label}{_COLON[language()]}{said}" for label, said in facts if said), ""]
    return "\n".join([*lines, _hint(peer)])


_COLON = {"en": ": ", "zh": "："}


def _hint(peer: Peer) -> str:
    if peer.own:
        return t("Read this code out when a colleague takes in a bundle of yours for the first time.")
    if peer.trust == "distrusted":
        return t("What it brings itself is refused; what others carry of it still comes in. t trusts it again.")
    if peer.trust == "partner":
        return t("It has a share: only what returns of that is taken from it, with i. s shows what was given.")
    if peer.heard is None or peer.lacks:
        return t("o writes what it lacks into a file: give that to its owner.")
    return t("As far as is known here it has everything.")


def came_row(one: Received, now: datetime) -> Row:
    """An import as a line of the list."""
    at = one.at.astimezone(now.tzinfo)
    conflicts = f"? {one.conflicts:,}" if one.conflicts else ""
    back = bool(one.undone)
    said = t("taken back") if one.undone == one.actions else t("partly taken back")
    sender = f"x {said} · {one.sender}" if back else one.sender
    cells = (clock(at, now.date()), sender, f"{one.new:,}", conflicts)
    return Row(str(one.id), cells, roles=("", "muted" if back else "", "", "warn"))


def import_facts(one: Received, now: datetime) -> str:
    """Everything about an import: from whom, when, what it did, whether it was taken back."""
    lines = [t("Bundle from {name}", name=one.sender), when(one.at, now), "", counts_text(one)]
    if one.conflicts:
        lines += ["", conflicts_text(one.conflicts)]
    back = back_text(one)
    return "\n".join([*lines, *(["", back] if back else [])])


def back_text(one: Received) -> str:
    """How much of an import was taken back, or the key that does it; "" where it brought nothing."""
    if not one.actions:
        return ""
    if one.undone == one.actions:
        return "x " + t("taken back")
    said = t("u takes it back, here and with everybody.")
    if one.undone:
        said = "x " + t("{n} of {m} actions are taken back", n=f"{one.undone:,}", m=f"{one.actions:,}") + "\n" + said
    return said


def counts_text(done: Counts) -> str:
    """Changes and records, each sum with its parts."""
    if not done.new:
        return t("Everything in it is here already: {n} changes.", n=f"{done.changes:,}")
    return "\n".join(
        [
            t("{n} changes", n=f"{done.changes:,}"),
            "  + " + t("{n} new", n=f"{done.new:,}"),
            "  = " + t("{n} known", n=f"{done.known:,}"),
            t("{n} records", n=f"{done.rows:,}"),
            "  + " + t("{n} created", n=f"{done.created:,}"),
            "  ~ " + t("{n} updated", n=f"{done.updated:,}"),
            "  x " + t("{n} to the trash", n=f"{done.trashed:,}"),
            "  = " + t("{n} unchanged", n=f"{done.untouched:,}"),
        ]
    )


def conflicts_text(n: int) -> str:
    """How many conflicts a bundle brought."""
    return "? " + t("{n} fields were changed here too: you will choose which version is right", n=f"{n:,}")


def reached_row(number: int, one: Reached) -> Row:
    """A record that an import touched."""
    from crm_tui.records.nouns import NOUNS
    from crm_tui.rules.phones import show_phone
    from crm_tui.ui.fields import label_of
    from crm_tui.ui.steps import one_label

    title = one.title
    if one.noun == "phones":
        before, dot, phone = title.rpartition(" · ")
        title = before + dot + show_phone(phone)
    known = one.noun in NOUNS
    if one.created:
        what = "+ " + t("new")
    else:
        names = [label_of(one.noun, name) if known else name for name in one.fields]
        what = ", ".join([*(["x " + t("trash")] if one.trashed else []), *names])
    return Row(str(number), (title, one_label(one.noun) if known else one.noun, what))
