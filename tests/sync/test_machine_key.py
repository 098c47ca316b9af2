from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from crm_tui.errors import BadFile, Locked
from crm_tui.sync.machine_key import OPENING, SIGNING, MachineKey, code_of, verify


def test_a_key_is_made_once_and_stays(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    first = MachineKey.of(home)
    again = MachineKey.of(home)
    assert first.public == again.public
    assert first.recipient == again.recipient
    assert first.identity != first.recipient
    assert sorted(path.name for path in home.iterdir()) == sorted([SIGNING, OPENING])
    for path in home.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_two_programs_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = list(pool.map(lambda _: MachineKey.of(tmp_path).public, range(64)))
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == [SIGNING]


def test_a_disk_without_links_keeps_a_key_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", no_links)
    key = MachineKey.of(tmp_path)
    assert MachineKey.of(tmp_path).public == key.public
    assert [path.name for path in tmp_path.iterdir()] == [SIGNING]


def test_a_signature_holds_for_its_message_and_key_only(tmp_path: Path) -> None:
    key, other = MachineKey.of(tmp_path / "a"), MachineKey.of(tmp_path / "b")
    signature = key.sign(b"message")
    assert verify(key.public, signature, b"message")
    assert not verify(key.public, signature, b"another")
    assert not verify(other.public, signature, b"message")
    assert not verify(key.public, signature[:-1], b"message")
    assert not verify(b"short", signature, b"message")


def test_a_code_can_be_read_out_and_tells_keys_apart() -> None:
    codes = {code_of(MachineKey(bytes([n]) * 32).public) for n in range(64)}
    assert len(codes) == 64
    for code in codes:
        assert re.fullmatch(r"([2-9A-HJ-NP-Z]{4}-){2}[2-9A-HJ-NP-Z]{4}", code)
    assert code_of(MachineKey(bytes(32)).public) == "ZF7Q-7BVG-KAAM"


@pytest.mark.parametrize("content", [b"", b"abc", b"00" * 31, "ключ".encode(), b"\xff" * 64])
@pytest.mark.parametrize("name", [SIGNING, OPENING])
def test_a_damaged_key_file_is_named(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadFile, match=name):
        _ = MachineKey.of(tmp_path).recipient


def test_a_home_that_cannot_be_made_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Locked, match=SIGNING):
        MachineKey.of(tmp_path / "file")
