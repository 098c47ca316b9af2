"""Runs of changes in any order: the largest set that needs nothing else, also where runs need each other."""

from __future__ import annotations

from itertools import combinations, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from crm_tui.rules.runs import Run, cover, lacking, reach, reached, ready

LOGS = "abc"


@st.composite
def a_run(draw: st.DrawFn) -> Run:
    start = draw(st.integers(0, 5))
    needs = draw(st.dictionaries(st.sampled_from(LOGS), st.integers(0, 6), max_size=2))
    log = draw(st.sampled_from(LOGS))
    needs.pop(log, None)
    return Run(log, start, start + draw(st.integers(1, 4)), needs)


def complete(have: dict[str, int], runs: tuple[Run, ...]) -> bool:
    ends = dict(have)
    for log in LOGS:
        for run in sorted((one for one in runs if one.log == log), key=lambda one: one.start):
            if run.start <= ends.get(log, 0):
                ends[log] = max(ends.get(log, 0), run.end)
    return all(
        run.start <= ends.get(run.log, 0) and all(ends.get(of, 0) >= upto for of, upto in run.needs.items())
        for run in runs
    )


@given(st.lists(a_run(), max_size=6), st.dictionaries(st.sampled_from(LOGS), st.integers(0, 3)))
@settings(max_examples=300, deadline=None)
def test_the_largest_set_that_needs_nothing_else_is_found(runs: list[Run], have: dict[str, int]) -> None:
    new = [run for run in runs if run.end > have.get(run.log, 0)]
    best = max(
        (chosen for n in range(len(new) + 1) for chosen in combinations(new, n) if complete(have, chosen)), key=len
    )
    found = ready(have, runs)
    assert len(found) == len(best)
    assert complete(have, tuple(found))
    assert all(bool(lacking(have, runs, run)) != (run in found) for run in new)


@given(st.lists(a_run(), max_size=6), st.integers(0, 4))
@settings(max_examples=200, deadline=None)
def test_the_fewest_runs_lead_as_far_as_all_of_them(runs: list[Run], have: int) -> None:
    chosen = cover(have, runs)
    assert reach(have, chosen) == reach(have, runs)
    assert all(one.end < other.end for one, other in pairwise(chosen))
    for n in range(len(chosen)):
        assert all(reach(have, some) < reach(have, runs) for some in combinations(runs, n))


def test_two_that_have_seen_each_other_come_together() -> None:
    one, other = Run("a", 0, 10, {"b": 5}), Run("b", 0, 8, {"a": 3})
    assert ready({}, [one]) == []
    assert ready({}, [one, other]) == [one, other]
    assert reached({}, [one, other]) == {"a": 10, "b": 8}


def test_what_is_missing_is_named() -> None:
    assert lacking({}, [], Run("a", 4, 9, {"b": 2})) == {"a": 4, "b": 2}
