"""Why a bundle is refused, one sentence a reason."""

from __future__ import annotations

from typing import Literal

from crm_tui.errors import BadFile, Locked
from crm_tui.words import t

Reason = Literal["cut", "changed", "foreign", "newer", "large", "forged", "shape", "unsigned"]


class BadBundle(BadFile):
    """A bundle that is not taken in.

    Attributes:
        reason: cut (off), changed (on its way), foreign (no bundle), newer (format), large, forged, shape, unsigned.
    """

    def __init__(self, reason: Reason, sentence: str) -> None:
        self.reason = reason
        super().__init__(sentence)


class WrongKey(Locked):
    """A sealed bundle that the given passphrase or keys do not open."""


def cut_off() -> BadBundle:
    """The file ends too early."""
    return BadBundle("cut", t("The bundle was cut off before its end: copy it again."))


def changed() -> BadBundle:
    """The bytes are not those that were written."""
    return BadBundle("changed", t("The bundle was changed or damaged on its way: copy or export it again."))


def foreign() -> BadBundle:
    """Something else than a bundle."""
    return BadBundle("foreign", t("This is no bundle of crm-tui: choose a file that “bundle export” has written."))


def newer() -> BadBundle:
    """A format of the future."""
    return BadBundle("newer", t("This bundle needs a newer crm-tui: update this one first."))


def too_large(what: str) -> BadBundle:
    """More than the limits allow; `what` says of what, translated."""
    return BadBundle("large", t("The bundle is refused because it is too large: {what}.", what=what))


def forged(who: str) -> BadBundle:
    """A signature that its machine did not make."""
    return BadBundle("forged", t("The signature of {who} does not fit: ask them for the bundle itself.", who=who))


def unsigned(who: str) -> BadBundle:
    """Changes that no machine vouches for."""
    return BadBundle(
        "unsigned", t("The changes of {who} are not signed: ask for a bundle from their machine.", who=who)
    )


def misshapen(where: str) -> BadBundle:
    """Signed, but not of the shape that was agreed; `where` names the part in the format's own words."""
    sentence = t("The bundle does not hold what a bundle holds ({where}): its sender must export it anew.", where=where)
    return BadBundle("shape", sentence)
