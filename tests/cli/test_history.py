from __future__ import annotations


def digest(call) -> str:
    return str(call("check", "--digest", "--json").data["digest"])


def test_undo_and_redo_walk_back_and_forth_across_starts(call) -> None:
    call("people", "add", "Li Na")
    states = [digest(call)]
    call("new", "customer", "Ann", "--phone", "13800138000")
    states.append(digest(call))
    call("edit", "ann", "grade=A", "owner=Li Na")
    states.append(digest(call))
    call("log", "ann", "hello", "--next", "tomorrow 10:00", "again")
    states.append(digest(call))
    call("trash", "ann")
    states.append(digest(call))
    for before in reversed(states[:-1]):
        done = call("undo", "--json")
        assert {"action", "title", "fields", "left"} <= set(done.data)
        assert done.data["left"] == []
        assert digest(call) == before
    for after in states[1:]:
        assert call("redo", "--json").code == 0
        assert digest(call) == after
    assert call("redo").code == 1


def test_a_numbered_action_is_undone_and_what_stays_is_told(call) -> None:
    row = call("new", "customer", "Ann", "--json").data["id"]
    first = call("edit", row, "grade=A", "region=North", "--json").data["action"]
    call("edit", row, "grade=B")
    done = call("undo", "--action", first, "--json").data
    assert done["action"] == first
    assert done["fields"] == 1
    assert [(one["id"], one["field"]) for one in done["left"]] == [(row, "grade")]
    card = call("card", row, "--json").data
    assert (card["grade"], card["region"]) == ("B", None)
    assert call("undo", "--action", 999).code == 1


def test_history_is_a_list_of_actions_newest_first(call) -> None:
    row = call("new", "customer", "Ann", "--json").data["id"]
    call("edit", row, "grade=A")
    actions = call("history", "--json").data
    assert [a["action"] for a in actions] == [2, 1]
    assert {"action", "at", "person", "kind", "title", "fields", "undone"} <= set(actions[0])
    assert actions[0]["at"].endswith("Z")
    steps = call("history", row, "--json").data
    assert [(s["field"], s["old"], s["new"]) for s in steps if s["field"]] == [("grade", None, "A")]
    assert "Grade" in call("history", row).out
    assert "级别" in call("--lang", "zh", "history", row).out


def test_undoing_in_an_empty_file_is_refused_with_a_sentence(call) -> None:
    call("people", "add", "Ann")
    call("undo")
    done = call("undo")
    assert (done.code, done.out) == (1, "")
    assert "nothing to undo" in done.err
