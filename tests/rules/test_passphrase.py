from __future__ import annotations

import pytest

from crm_tui.rules.passphrase import is_sealed, opens, sealed

SALT = bytes(range(16))


def test_only_the_same_passphrase_opens() -> None:
    kept = sealed("1234", SALT)
    assert opens(kept, "1234")
    assert not opens(kept, "1235")
    assert not opens(kept, "")
    assert "1234" not in kept


def test_full_width_and_composed_letters_are_the_same_passphrase() -> None:
    assert opens(sealed("café１２", SALT), "cafe\u030112")


def test_another_salt_keeps_another_line() -> None:
    assert sealed("1234", SALT) != sealed("1234", bytes(16))


@pytest.mark.parametrize(
    "kept",
    ["", "1234", "scrypt$16384$8$1$AA==", "scrypt$16383$8$1$AA==$AA==", "scrypt$1073741824$8$1$AA==$AA==",
     "scrypt$16384$8$1$?$AA==", "scrypt$x$8$1$AA==$AA=="],
)  # fmt: skip
def test_what_was_not_made_here_is_refused_before_it_costs_memory(kept: str) -> None:
    assert not is_sealed(kept)
    with pytest.raises(ValueError, match=r"scrypt|^$|1234|invalid literal"):
        opens(kept, "1234")
