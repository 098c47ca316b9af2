from __future__ import annotations

import sys
from pathlib import Path

import pytest

from crm_tui.records import nouns
from tests.bench import generate
from tests.bench.figures import Figure, line
from tests.bench.files import CHILDREN
from tests.bench.terminal import Terminal, percentile, ratio, rounds


def test_a_larger_file_begins_with_the_smaller_one() -> None:
    assert list(generate.customers(300))[:100] == list(generate.customers(100))
    assert list(generate.customers(20, seed=2)) != list(generate.customers(20))


def test_every_id_is_one_of_its_own_and_every_child_knows_its_customer() -> None:
    seen: set[str] = {person["id"] for person in generate.people()}
    owners = set(seen)
    rows = len(seen)
    for customer in generate.customers(3000):
        children = [child for noun in CHILDREN[1:] for child in customer[noun]] + customer["contacts"]
        assert {child["customer"] for child in children} <= {customer["id"]}
        assert customer["owner"] in owners
        rows += 1 + len(children)
        seen |= {customer["id"], *(child["id"] for child in children)}
    assert len(seen) == rows
    assert {len(ident) for ident in seen} == {32}


def test_the_generator_speaks_of_fields_that_exist() -> None:
    fields = {noun: set(about.table.model_fields) for noun, about in nouns.NOUNS.items()}
    for customer in generate.customers(500):
        for noun in CHILDREN:
            for child in customer.pop(noun):
                assert set(child) <= fields[noun], noun
        assert set(customer) <= fields["customers"]


def test_both_languages_and_long_tails_are_there() -> None:
    customers = list(generate.customers(4000))
    chinese = sum(customer["language"] == "zh" for customer in customers)
    assert 0.3 < chinese / len(customers) < 0.8
    logs = sorted(len(customer["visits"]) for customer in customers)
    assert logs[len(logs) // 2] <= 2
    assert logs[-1] > 50


def test_a_figure_is_judged_by_its_ratio_or_by_itself() -> None:
    assert Figure("a", 30, "ms", 5, 3, 10).verdict == "ok"
    assert Figure("a", 40, "ms", 5, 3, 10).verdict == "ok, aim missed"
    assert Figure("a", 60, "ms", 5, 3, 10).verdict == "OVER"
    assert Figure("a", 60, "ms", 50).verdict == "OVER"
    assert line("P4", Figure("a", 30, "ms", 5, 3, 10))[2:6] == ("30 ms", "10 ms", "3", "5")


def test_rounds_are_interleaved_and_the_first_does_not_count() -> None:
    order: list[str] = []
    figures = rounds({name: lambda n=name: order.append(n) or 1.0 for name in "ab"}, n=5)  # type: ignore[misc, func-returns-value]
    assert {name: len(found) for name, found in figures.items()} == {"a": 5, "b": 5}
    assert all(set(order[place : place + 2]) == {"a", "b"} for place in range(0, 12, 2))
    assert ratio([2, 4, 60], [1, 2, 3]) == 2
    assert percentile(range(100), 0.95) == 95  # type: ignore[arg-type]


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are POSIX")
def test_a_program_in_the_terminal_is_timed_from_key_to_frame(tmp_path: Path) -> None:
    script = tmp_path / "echo.py"
    script.write_text("print('READY', flush=True)\nwhile True:\n    print('got', input(), flush=True)\n")
    with Terminal([sys.executable, str(script)]) as terminal:
        assert 0 < terminal.wait_for("READY") < 20
        stroke = terminal.press(b"x\n")
        assert 0 < stroke.first <= stroke.last < 5
        assert b"got x" in terminal.painted
        assert terminal.memory() > 1
    with Terminal([sys.executable, "-c", "pass"]) as terminal, pytest.raises(TimeoutError):
        terminal.wait_for("never", timeout=5)
