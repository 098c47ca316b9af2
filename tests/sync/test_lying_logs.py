"""A machine that signs its own nonsense: chain, hash and signatures are right, only what stands there is not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from crm_tui.sync.blocks import LINE, Packer
from crm_tui.sync.bundle_file import BadBundle, read_bundle
from tests.sync.hostile_bundles import Opened, signed_anew
from tests.sync.penned_logs import ANNA, BEN, Pen, items_of, manifest_of, row_id


def opened(*pens: Pen) -> Opened:
    """What the pens have written, as the writer packs it, but not looked at."""
    manifest = manifest_of(*pens)
    return Opened(manifest.line(), list(Packer(manifest).lines(items_of(*pens))))


def one(field: str | None, value: Any, *, noun: str = "customers", row: str = row_id(1), **more: Any) -> Opened:
    pen = Pen("aa" * 16, "Anna", ANNA)
    pen.act([(noun, row, field, value)], **more)
    return opened(pen)


def check(path: Path, bundle: Opened) -> None:
    path.write_bytes(signed_anew(bundle))
    with read_bundle(path):
        pass


def misshapen(path: Path, bundle: Opened) -> None:
    with pytest.raises(BadBundle) as caught:
        check(path, bundle)
    assert caught.value.reason == "shape", caught.value


def test_what_is_right_is_taken(tmp_path: Path) -> None:
    for value in (2**63 - 1, -(2**63), 0, "", "x", None):
        check(tmp_path / "a.crmb", one("name", value))
    check(tmp_path / "a.crmb", one(None, '{"name": "x", "extra": "{}", "size": 1, "note": null}'))
    check(tmp_path / "a.crmb", one("extra.\n'\"; DROP TABLE customers", 1))


@pytest.mark.parametrize("value", [2**63, -(2**63) - 1, 2**70, True, False])
def test_a_value_that_no_file_can_hold_is_refused(value: int, tmp_path: Path) -> None:
    misshapen(tmp_path / "a.crmb", one("name", value))


@pytest.mark.parametrize(
    "value",
    [None, 1, "", "no object", "[]", "1", "null", '{"Name": 1}', '{"x; --": 1}', '{"": 1}', '{"x": 0.5}', '{"x": true}',
     '{"x": [1]}', '{"x": {}}', '{"x": NaN}', '{"x": 9223372036854775808}', '{"x": "\\ud800"}', '{"x": 1, "x": 2}',
     '{"extra.\\u0000": 1}', '{"x": ' + "[" * 60_000, '{"x": 1} '+ "y"],
)  # fmt: skip
def test_a_new_row_that_is_no_object_of_plain_values_is_refused(value: Any, tmp_path: Path) -> None:
    misshapen(tmp_path / "a.crmb", one(None, value))


NO_FIELDS = ["Name", "1x", 'x"; DROP TABLE customers', "extra.", "extra.a\0b", "extra." + "x" * 201, "x" * 65]


@pytest.mark.parametrize("field", NO_FIELDS)
def test_a_field_that_is_no_name_is_refused(field: str, tmp_path: Path) -> None:
    misshapen(tmp_path / "a.crmb", one(field, 1))


@pytest.mark.parametrize("noun", ["", "Customers", "customers; --", "../x", "x" * 65])
def test_a_noun_that_is_no_name_is_refused(noun: str, tmp_path: Path) -> None:
    misshapen(tmp_path / "a.crmb", one("name", 1, noun=noun))


@pytest.mark.parametrize("row", ["", "A0" * 16, "zz" * 16, "a0" * 15, "a0" * 15 + "\n0"])
def test_a_row_that_is_no_id_is_refused(row: str, tmp_path: Path) -> None:
    misshapen(tmp_path / "a.crmb", one("name", 1, row=row))


@pytest.mark.parametrize(
    "more",
    [{"ats": [-1]}, {"at": -1}, {"ats": [-(2**62)]}, {"person": "anna"}, {"kind": ""}, {"verb": "a\0"},
     {"verb": "x" * 1001}, {"params": "x" * 300_000}, {"undoes": ("aa" * 16, 0)}, {"undoes": ("AA" * 16, 1)},
     {"undoes": ("aa" * 16, 2**63)}],
)  # fmt: skip
def test_an_action_that_no_machine_writes_is_refused(more: dict[str, Any], tmp_path: Path) -> None:
    misshapen(tmp_path / "a.crmb", one("name", 1, **more))


@pytest.mark.parametrize("place", [11, 12])
def test_a_name_by_a_negative_number_is_refused(place: int, tmp_path: Path) -> None:
    bundle = one("name", 1)
    block = json.loads(bundle.lines[1])
    block[place] = [-1]
    misshapen(tmp_path / "a.crmb", replace(bundle, lines=[bundle.lines[0], json.dumps(block).encode()]))


def test_a_line_that_is_blown_up_is_refused(tmp_path: Path) -> None:
    bundle = one("name", 1)
    roomy = bundle.lines[1].replace(b"[", b"[" + b" " * 9, 1)
    check(tmp_path / "a.crmb", replace(bundle, lines=[bundle.lines[0], roomy]))
    blown = bundle.lines[1].replace(b"[", b"[" + b" " * LINE, 1)
    misshapen(tmp_path / "a.crmb", replace(bundle, lines=[bundle.lines[0], blown]))


def test_every_slice_is_named_once_and_in_order(tmp_path: Path) -> None:
    idle, busy, last = Pen("aa" * 16, "Anna", ANNA), Pen("bb" * 16, "Ben", BEN), Pen("cc" * 16, "Cleo", ANNA)
    busy.act([("customers", row_id(1), "name", "x")])
    bundle = opened(idle, busy, last)
    assert [line for line in bundle.lines if len(line) == 3] == [b"[0]", b"[1]", b"[2]"]
    check(tmp_path / "a.crmb", bundle)
    block = bundle.lines[2]
    for lines in (
        [b"[1]", block, b"[2]"],
        [b"[0]", b"[1]", block],
        [b"[0]", b"[0]", b"[1]", block, b"[2]"],
        [b"[0]", b"[1]", block, b"[2]", b"[2]"],
        [b"[0]", b"[1]", block, b"[2]", b"[3]"],
        [b"[0]", b"[1]", block, b"[2]", b"[-1]"],
        [b"[1]", block, b"[0]", b"[2]"],
        [b"[0]", b"[1]", b"[2]", block],
        [b"[0]", b"[1]", block, block, b"[2]"],
        [block, b"[0]", b"[1]", b"[2]"],
        [b"[0]", b"[1]", block, b"[true]"],
        [],
    ):
        misshapen(tmp_path / "a.crmb", replace(bundle, lines=lines))
