"""Whatever a file holds, it is read as a bundle that somebody signed, or refused with a sentence."""

from __future__ import annotations

import base64
import json
import random
import struct
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard

from crm_tui.errors import CrmError, Refused
from crm_tui.rules.slices import ActionHead, ChangeMade
from crm_tui.sync.bundle_file import BadBundle, Limits, inspect, read_bundle, write_bundle
from crm_tui.sync.chains import sign_end
from crm_tui.sync.manifest import Manifest
from tests.sync.hostile_bundles import (
    Opened,
    damaged,
    doctored_line,
    doctored_lines,
    forged_signature,
    frames_of,
    packed_frame,
    put_together,
    reframed,
    sealed,
    signed_anew,
    take_apart,
)
from tests.sync.penned_logs import ANNA, BEN, Item, items_in, items_of, manifest_of, row_id, small_logs

KINDS = ("damaged", "sealed", "reframed", "forged", "lines", "manifest", "frames")
LIMITS = Limits(file=4 << 20, raw=48 << 20)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A bundle in order, whose frames are small."""
    path = tmp_path_factory.mktemp("whole") / "a.crmb"
    write_bundle(path, manifest_of(*small_logs()), items_of(*small_logs()), ANNA)
    return signed_anew(take_apart(path.read_bytes()))


def read(path: Path, content: bytes, limits: Limits = LIMITS) -> tuple[Manifest, list[Item]]:
    path.write_bytes(content)
    with read_bundle(path, identities=[ANNA.identity], scratch=path.parent, limits=limits) as bundle:
        return bundle.manifest, items_in(bundle)


def attempt(path: Path, content: bytes) -> tuple[CrmError | None, list[Item]]:
    try:
        return None, read(path, content)[1]
    except CrmError as refusal:
        return refusal, []


def refused(path: Path, content: bytes, reason: str, limits: Limits = LIMITS) -> None:
    with pytest.raises(BadBundle) as caught:
        read(path, content, limits)
    assert caught.value.reason == reason, caught.value
    assert caught.value.exit_code == 3
    with pytest.raises(BadBundle):
        inspect(path, identities=[ANNA.identity], limits=limits)


def mutant(kind: str, whole: bytes, opened: Opened, dice: random.Random) -> bytes:
    if kind == "damaged":
        return damaged(whole, dice)
    if kind == "sealed":
        inner = dice.choice([whole, sealed(whole, ANNA), damaged(whole, dice), b"", dice.randbytes(90)])
        return damaged(sealed(inner, ANNA), dice) if inner is whole else sealed(inner, ANNA)
    if kind == "reframed":
        frames = frames_of(opened.lines)
        before = whole[: whole.index(frames[0])]
        return before + b"".join(reframed(opened, frames, dice)) + whole[len(before + b"".join(frames)) :]
    if kind == "forged":
        return forged_signature(opened, dice)
    if kind == "lines":
        return signed_anew(replace(opened, lines=doctored_lines(opened, dice)))
    if kind == "manifest":
        return signed_anew(replace(opened, manifest=doctored_line(opened.manifest, dice)))
    return put_together(opened.manifest, reframed(opened, frames_of(opened.lines), dice), lines=len(opened.lines))


def said(items: list[Item]) -> list[Item]:
    """The items without their nouns, which the chain of a log does not hold."""
    return [replace(item, noun="") if isinstance(item, ChangeMade) else item for item in items]


def fuzz(count: int, seed: int, whole: bytes, folder: Path) -> None:
    """Only what says exactly what the logs' machines have signed may be read; all else is a sentence."""
    opened, dice, taken, tried = take_apart(whole), random.Random(seed), Counter[str](), Counter[str]()
    path = folder / "mutant.crmb"
    right = said(read(path, whole)[1])
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        content = mutant(kind, whole, opened, dice)
        if content == whole:
            continue
        tried[kind] += 1
        refusal, items = attempt(path, content)
        if refusal is not None:
            assert len(str(refusal)) > 20
            assert refusal.exit_code in (3, 4)
        else:
            (folder / "taken.crmb").write_bytes(content)
            assert said(items) == right, f"{kind} {number} of seed {seed} was read as something else"
            taken[kind] += 1
        assert sorted(entry.name for entry in folder.iterdir()) in (["mutant.crmb"], ["mutant.crmb", "taken.crmb"])
    assert set(taken) <= {"lines", "manifest", "frames", "sealed"}, taken
    assert taken["lines"] < tried["lines"] / 8, "too many doctored lines changed nothing"
    assert taken["frames"] < tried["frames"] / 8, "too many moved frames changed nothing"
    assert taken["manifest"] < tried["manifest"] / 2, "too many doctored manifests changed nothing"


def test_four_hundred_mutants_are_refused_with_a_sentence(whole: bytes, tmp_path: Path) -> None:
    fuzz(420, 1, whole, tmp_path)


@pytest.mark.campaign
@pytest.mark.parametrize("seed", range(10))
def test_twenty_thousand_mutants_are_refused_with_a_sentence(seed: int, whole: bytes, tmp_path: Path) -> None:
    fuzz(2_000, 100 + seed, whole, tmp_path)


def test_every_cut_is_noticed(whole: bytes, tmp_path: Path) -> None:
    for length in [*range(0, 200), *range(200, len(whole) - 300, 97), *range(len(whole) - 300, len(whole))]:
        reason = "foreign" if length == 0 else "cut"
        refused(tmp_path / "a.crmb", whole[:length], reason)


def test_every_flipped_byte_is_noticed(whole: bytes, tmp_path: Path) -> None:
    for at in range(0, len(whole), 7):
        content = whole[:at] + bytes([whole[at] ^ 0x11]) + whole[at + 1 :]
        with pytest.raises(BadBundle) as caught:
            read(tmp_path / "a.crmb", content)
        assert caught.value.reason in ("changed", "cut", "foreign", "large", "forged"), at


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "foreign"),
        (b"SQLite format 3\0" + bytes(9000), "foreign"),
        (b"PK\x03\x04" + bytes(9000), "foreign"),
        (b"\xff" * 100, "foreign"),
        (b"CRMB2\n{}\n", "newer"),
        (b"CRMB9", "newer"),
        (b"CRMB1\n", "cut"),
        (b"CRM", "cut"),
        (b"CRMB1\n" + b"x" * 100, "cut"),
        (b"CRMB1\n" + b"x" * (9 << 20), "large"),
        (b"age-encryption.org/v1\n", "cut"),
        (b"age-encryption.org/v1\n" + b"-> X25519 x\n" * 9000, "changed"),
        (b"age-encryption.org/v1\n--- x\n" + bytes(100), "changed"),
        (b"CRMA1 ", "cut"),
        (b"CRMA1 AAAA\n" + bytes(100), "changed"),
        (b"CRMA1 !!!!\n" + bytes(100), "changed"),
    ],
)
def test_other_files_are_told_apart(content: bytes, reason: str, tmp_path: Path) -> None:
    refused(tmp_path / "a.crmb", content, reason)


def test_a_sealed_file_holds_a_bundle_and_nothing_sealed_again(whole: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.crmb"
    assert read(path, sealed(whole, ANNA)) == read(path, whole)
    refused(path, sealed(sealed(whole, ANNA), ANNA), "foreign")
    refused(path, sealed(b"age-encryption.org/v1\n" * 1000, ANNA), "foreign")
    outer = sealed(whole, ANNA)
    for length in (len(outer) - 1, len(outer) - 500, len(outer) // 2, 400):
        with pytest.raises(BadBundle):
            read(path, outer[:length])


def test_a_newer_format_asks_for_a_newer_program(whole: bytes, tmp_path: Path) -> None:
    opened = take_apart(whole)
    manifest = json.loads(opened.manifest)
    newer = {**manifest, "format": 2, "reader": 2}
    refused(tmp_path / "a.crmb", signed_anew(replace(opened, manifest=json.dumps(newer).encode())), "newer")
    readable = {**manifest, "format": 2, "reader": 1, "something": [1, 2]}
    assert read(tmp_path / "a.crmb", signed_anew(replace(opened, manifest=json.dumps(readable).encode())))[1]


def test_nobody_writes_as_somebody_else(whole: bytes, tmp_path: Path) -> None:
    opened, path = take_apart(whole), tmp_path / "a.crmb"
    refused(path, signed_anew(opened, BEN), "forged")
    anna, ben = small_logs()
    forged_ben = replace(ben.slice(), signature=sign_end(ANNA, ben.log, ben.place))
    manifest = manifest_of(anna, ben, slices=(anna.slice(), forged_ben))
    refused(path, signed_anew(replace(opened, manifest=manifest.line())), "forged")
    ben.act([("customers", row_id(1), "name", "what Ben never wrote")])
    by_anna = replace(ben.slice(), key=ANNA.public, signature=sign_end(ANNA, ben.log, ben.place))
    write_bundle(path, manifest_of(anna, ben, slices=(anna.slice(), by_anna)), items_of(anna, ben), ANNA)
    longer = take_apart(path.read_bytes())
    claimed = manifest_of(anna, ben, slices=(anna.slice(), replace(by_anna, key=BEN.public)))
    refused(path, signed_anew(replace(longer, manifest=claimed.line())), "forged")
    with pytest.raises(Refused):
        write_bundle(path, claimed, items_of(anna, ben), ANNA)


DOCTORED = {
    "verb": ((3, 0, 2), "Else"),
    "person": ((3, 0, 0), "d0" * 16),
    "params": ((7, 0), "[]"),
    "time of an action": ((5, 1), 12 - 1_770_000_000_000),
    "undone action": ((8, 0, 2), 7),
    "salt": ((9,), base64.b64encode(b"another salt ..." * 2).decode()),
    "seen log": ((10, 0, 1, 0, 0), "77" * 16),
    "seen place": ((10, 0, 1, 0, 1), 5),
    "seen mark": ((10, 0, 1, 0, 2), "0" * 16),
    "row": ((11, -1), -1),
    "field": ((12, -1), 1),
    "time of a change": ((13, -1), 1),
    "value": ((14, -1), 1),
}


@pytest.mark.parametrize("part", DOCTORED)
def test_a_carrier_cannot_change_what_another_has_written(part: str, whole: bytes, tmp_path: Path) -> None:
    opened = take_apart(whole)
    block = json.loads(opened.lines[1])
    (*way, last), other = DOCTORED[part]
    parent = block
    for step in way:
        parent = parent[step]
    assert parent[last] != other
    parent[last] = other
    lines = [opened.lines[0], json.dumps(block, ensure_ascii=False).encode(), *opened.lines[2:]]
    refused(tmp_path / "a.crmb", signed_anew(replace(opened, lines=lines)), "forged")


def test_a_carrier_cannot_change_the_noun_of_what_another_has_written(whole: bytes, tmp_path: Path) -> None:
    opened = take_apart(whole)
    lines = [line.replace(b'"orders"', b'"payments"') for line in opened.lines]
    assert lines != opened.lines
    refused(tmp_path / "a.crmb", signed_anew(replace(opened, lines=lines)), "forged")


def test_unsigned_changes_are_taken_only_when_asked_for(tmp_path: Path) -> None:
    pen, path = small_logs()[0], tmp_path / "a.crmb"
    bare = replace(pen.slice(), key=None, signature=None)
    write_bundle(path, manifest_of(pen, slices=(bare,)), pen.items, ANNA)
    with pytest.raises(BadBundle) as caught:
        read(path, path.read_bytes())
    assert caught.value.reason == "unsigned"
    assert inspect(path)["unsigned"] == [pen.log]
    with read_bundle(path, unsigned_logs=True) as bundle:
        assert items_in(bundle) == pen.items
    half = manifest_of(pen, slices=(replace(pen.slice(), signature=None),))
    path.write_bytes(signed_anew(replace(take_apart(path.read_bytes()), manifest=half.line())))
    with pytest.raises(BadBundle, match="Anna"), read_bundle(path, unsigned_logs=True):
        pytest.fail("a key without its signature was taken")


def test_bombs_are_refused_at_their_size(whole: bytes, tmp_path: Path) -> None:
    opened, path = take_apart(whole), tmp_path / "a.crmb"
    zeros = bytes(200 << 20)
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(zeros)
    cases = {
        "shape": [
            [packed_frame(zeros, claimed=1 << 20)],
            [packed_frame(zeros, claimed=1)],
            [struct.pack(">II", len(unsized), 1 << 20) + unsized],
            [packed_frame(b"[0]\n") + packed_frame(b"[" * (1 << 20))],
            [packed_frame(b"\n" * (1 << 20))] * 40,
            [packed_frame(b"[0]\n"), packed_frame(b"[" + b"[]," * 349_000), packed_frame(b"0]\n")],
            [packed_frame(b"[0]\n"), packed_frame(b'{"a":' * 200_000), packed_frame(b"0}\n")],
            [packed_frame(b"[0]\n" + b'"' + b"a" * 1000), *[packed_frame(b"b" * (1 << 20))] * 17, packed_frame(b'"\n')],
        ],
        "large": [
            [packed_frame(bytes(1 << 20))] * 49,
            [packed_frame(b'"' + b"a" * 1000), *[packed_frame(b"b" * (1 << 20))] * 40],
        ],
        "changed": [[packed_frame(zeros)], [struct.pack(">II", 2**32 - 1, 5)], [struct.pack(">II", 5, 2**32 - 1)]],
    }
    for reason, many in cases.items():
        for frames in many:
            refused(path, put_together(opened.manifest, frames, lines=1, raw=None), reason)


@pytest.mark.parametrize("counts", [b"", b"{}", b"[]", b'{"lines":1e9,"raw":1}', b'{"lines":NaN,"raw":1}', b"[" * 3000])
def test_a_footer_that_counts_wrongly_is_refused(counts: bytes, whole: bytes, tmp_path: Path) -> None:
    opened = take_apart(whole)
    refused(tmp_path / "a.crmb", put_together(opened.manifest, frames_of(opened.lines), counts=counts), "shape")
    refused(tmp_path / "a.crmb", put_together(opened.manifest, frames_of(opened.lines), lines=2**70), "forged")


def test_a_ten_megabyte_text_anywhere_but_in_a_value_is_refused(whole: bytes, tmp_path: Path) -> None:
    opened = take_apart(whole)
    text = "x" * (10 << 20)
    k = next(k for k, line in enumerate(opened.lines) if len(line) > 10 and line.startswith(b"["))
    for place in (1, 2, 3, 7, 9, 14):
        block = json.loads(opened.lines[k])
        block[place] = text if place == 9 else [text]
        lines = [*opened.lines[:k], json.dumps(block).encode(), *opened.lines[k + 1 :]]
        refused(tmp_path / "a.crmb", signed_anew(replace(opened, lines=lines)), "shape")
    manifest = {**json.loads(opened.manifest), "fingerprint": text}
    refused(tmp_path / "a.crmb", signed_anew(replace(opened, manifest=json.dumps(manifest).encode())), "large")


_CHILD = """
import resource, sys, pathlib
from crm_tui.errors import CrmError, Refused
from crm_tui.sync.bundle_file import read_bundle
import crm_tui.store.chain, zstandard, cryptography.hazmat.primitives.asymmetric.ed25519
def peak(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
before = peak()
for name in sys.argv[1:]:
    try:
        with read_bundle(pathlib.Path(name)): print("taken")
    except CrmError as refusal: print("refused")
print(peak() - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units elsewhere")
def test_bombs_take_no_memory(whole: bytes, tmp_path: Path) -> None:
    opened = take_apart(whole)
    lists = b"[" + b"[]," * ((2 << 20) // 3 - 9) + b"0]\n"
    spread = [packed_frame(lists[at : at + (1 << 20)]) for at in range(0, len(lists), 1 << 20)]
    names = []
    for number, frames in enumerate(
        (
            [packed_frame(bytes(500 << 20), claimed=1 << 20)],
            [packed_frame(b"[0]\n"), *spread],
            [packed_frame(b"\n" * (1 << 20))] * 100,
            [packed_frame(b"[0]\n"), *[packed_frame(b'[0,"' + b"x" * 1_000_000)] * 3],
        )
    ):
        path = tmp_path / f"{number}.crmb"
        path.write_bytes(put_together(opened.manifest, frames, lines=1))
        names.append(str(path))
    done = subprocess.run([sys.executable, "-c", _CHILD, *names], capture_output=True, text=True, check=True)
    *said_of_each, kilobytes = done.stdout.split()
    assert said_of_each == ["refused"] * len(names)
    assert int(kilobytes) < 80 * 1024


def test_items_of_a_hostile_bundle_are_those_that_were_signed(whole: bytes, tmp_path: Path) -> None:
    heads = [item for item in read(tmp_path / "a.crmb", whole)[1] if isinstance(item, ActionHead)]
    assert [head.n for head in heads] == [1, 2, 4, 5, 6]
