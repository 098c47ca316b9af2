"""What somebody else wrote while a form, a card or a list stood open: shown before anything is written over it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from crm_tui.errors import ChangedSince, CrmError, News
from crm_tui.ui.screen import WorkingScreen
from crm_tui.words import language, t

if TYPE_CHECKING:
    from crm_tui.services.crm import Crm

T = TypeVar("T")
Look = Mapping[str, int] | None

COLON = {"en": ": ", "zh": "："}
LINES = 3
"""So many lines of a long text are told."""

MOST = 6
"""So many changes are told; of the others only how many there are."""


@dataclass(frozen=True)
class Newer:
    """What is told.

    Attributes:
        error: says what came.
        noun: of the record that was to be written.
        mine: what the person has typed, by field.
    """

    error: ChangedSince
    noun: str
    mine: Mapping[str, str] = field(default_factory=dict)


def ask_newer(
    screen: WorkingScreen[Any],
    newer: Newer,
    keys: Sequence[tuple[str, str]],
    answered: Callable[[str | None], None],
) -> None:
    """Tell who changed what meanwhile, and ask; `answered` gets the key, "enter" among them, None for Esc."""
    from crm_tui.ui.syncing.say import Say

    def show(text: str) -> None:
        screen.app.push_screen(Say(t("Changed by somebody else meanwhile"), text, keys), answered)

    app = screen.crm_app
    screen.load(partial(_told, newer, local=app.local, now=app.local_now()), show, group="newer")


def _told(newer: Newer, crm: Crm, local: Callable[..., Any], now: Any) -> str:
    """The sentences, read in a thread."""
    from crm_tui.ui.fields import label_of
    from crm_tui.ui.syncing.reading import shown_value

    error, colon = newer.error, COLON[language()]
    parts = [_sentence(one, crm, local, now) for one in error.news[-MOST:]]
    if len(error.news) > MOST:
        parts.insert(0, t("… and {n} changes before", n=f"{len(error.news) - MOST:,}"))
    if not error.news:
        for name, value in error.theirs.items():
            said = shown_value(crm, newer.noun, name, value, local) or t("(empty)")
            parts.append(label_of(newer.noun, name) + colon + said)
    mine = [label_of(newer.noun, name) + colon + (typed or t("(empty)")) for name, typed in newer.mine.items()]
    if any(newer.mine.values()):
        parts += ["", t("What you typed:"), *("  " + line for line in mine)]
    return "\n".join(parts)


def _sentence(one: News, crm: Crm, local: Callable[..., Any], now: Any) -> str:
    """What became of a field, and under it who did that, where and when."""
    from crm_tui.rules.hidden import DELETED
    from crm_tui.ui.steps import one_label
    from crm_tui.ui.syncing.compare import when
    from crm_tui.ui.syncing.reading import shown_value

    colon = COLON[language()]
    if one.field == DELETED:
        said = one.record + colon + (t("put into the trash") if one.value else t("taken out of the trash"))
    elif one.field is None:
        said = one.record + colon + t("new: {kind}", kind=one_label(one.noun))
    else:
        lines = (shown_value(crm, one.noun, one.field, one.value, local) or t("(empty)")).split("\n")
        value = "\n    ".join([*lines[:LINES], *(["…"] if len(lines) > LINES else [])])
        # A record that is called by the very field is named by whom it hangs on.
        record = one.record.removesuffix(str(one.value)).removesuffix(" · ") if one.value else one.record
        said = (f"{record} · " if record else "") + one.label + colon + value
    who = one.person or t("somebody")
    by = t("{who}, on {machine}", who=who, machine=one.machine)
    if one.here:
        by = t("{who}, in another program on this machine", who=who)
    return f"{said}\n    {by} · {when(one.at, now)}"


def change_asking(
    screen: WorkingScreen[Any],
    work: Callable[[Crm, Look], T],
    opened: Look,
    done: Callable[[T], object],
    *,
    anyway: str,
    failed: Callable[[CrmError], object] | None = None,
    look: Callable[[News], object] | None = None,
) -> None:
    """Write as `WorkingScreen.change` does; what came since `opened` is told first, and may be written over.

    Args:
        screen: writes.
        work: one verb of a service; gets what the person has seen.
        opened: that.
        done: takes the result.
        anyway: what `y` does, already in the reader's language.
        failed: takes another error instead of a toast; it hears of an answer of "no" too, by the same error.
        look: opens what was changed; without, the card of its customer is opened.
    """

    def refused(error: CrmError) -> None:
        if not isinstance(error, ChangedSince):
            (failed or (lambda one: screen.toast(str(one), bad=True)))(error)
            return
        keys = [("y", anyway), *([("Enter", t("look"))] if error.news else [])]
        ask_newer(screen, Newer(error, ""), keys, partial(answered, error))

    def answered(error: ChangedSince, answer: str | None) -> None:
        if answer == "y":
            change_asking(screen, work, error.now, done, anyway=anyway, failed=failed, look=look)
        elif answer == "enter" and error.news:
            (look or partial(_open, screen))(error.news[-1])
        if answer != "y" and failed is not None:
            failed(error)

    screen.change(lambda crm: work(crm, opened), done, failed=refused)


def _open(screen: WorkingScreen[Any], one: News) -> None:
    from crm_tui.ui.syncing.opening import open_record

    open_record(screen, one.noun, one.row, one.row if one.noun == "customers" else None)


def trash_asking(
    screen: WorkingScreen[Any], noun: str, rows: Sequence[str], opened: Look, done: Callable[[Any], object]
) -> None:
    """Put records into the trash; what came since they were shown is told first."""
    change_asking(
        screen,
        lambda crm, seen: crm.noun(noun).trash(*rows, opened=seen),
        opened,
        done,
        anyway=t("to the trash all the same"),
    )
