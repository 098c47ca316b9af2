"""The house rules that can be read off the source: layers, names, sizes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "crm_tui"
TESTS = Path(__file__).parent
LAYERS = ("cli", "ui", "sync", "exchange", "services", "store", "records", "rules", "ground")
"""From top to bottom; a layer may import itself and what stands below it."""
GROUND = {"paths", "config", "errors", "words", "__init__"}
BANNED = {"utils", "helpers", "common", "misc", "base", "manager", "util", "helper", "managers"}
SOURCES = sorted(PACKAGE.rglob("*.py"))


def layer_of(parts: tuple[str, ...]) -> str:
    """The layer of a module, told by its place under crm_tui."""
    if not parts or parts[0] in GROUND:
        return "ground"
    if parts[0] == "__main__":
        return "cli"
    assert parts[0] in LAYERS, f"crm_tui/{parts[0]} stands in no layer"
    return parts[0]


def imports(path: Path) -> Iterator[tuple[str, int, bool]]:
    """Every module that a file imports, the line, and whether only for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for name in node.names:
                yield name.name, node.lineno, id(node) in typed
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield str(node.module), node.lineno, id(node) in typed
            if node.module == "crm_tui":
                for name in node.names:
                    if name.name != "__version__":
                        yield f"crm_tui.{name.name}", node.lineno, id(node) in typed


def module_parts(path: Path) -> tuple[str, ...]:
    return path.relative_to(PACKAGE).with_suffix("").parts


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_downwards_only(path: Path) -> None:
    mine = LAYERS.index(layer_of(module_parts(path)))
    for name, line, _typed in imports(path):
        if name == "crm_tui" or not name.startswith("crm_tui."):
            continue
        theirs = LAYERS.index(layer_of(tuple(name.split(".")[1:])))
        assert theirs >= mine, f"{path}:{line}: {LAYERS[mine]} imports {name}"


def test_only_the_ui_imports_textual() -> None:
    for path in SOURCES:
        if layer_of(module_parts(path)) != "ui":
            found = [name for name, _, _ in imports(path) if name.split(".")[0] == "textual"]
            assert not found, f"{path} imports {found}"


def test_rules_know_neither_tables_nor_files_nor_the_clock() -> None:
    for path in (PACKAGE / "rules").rglob("*.py"):
        names = {name.split(".")[0] for name, _, _ in imports(path)}
        assert not names & {"sqlite3", "sqlmodel", "sqlalchemy", "textual", "pathlib", "click", "rich"}, path
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\.now\(\)|\.utcnow\(\)|\.today\(\)|time\.time\(\)", text), f"{path} reads the clock"


def test_first_paint_needs_no_records() -> None:
    for name in ("windows", "listings", "search", "driver"):
        path = PACKAGE / "store" / f"{name}.py"
        tops = {n for n, _, typed in imports(path) if not typed}
        assert not any("records" in n or "sqlmodel" in n for n in tops), path


def test_no_module_has_a_name_that_says_nothing() -> None:
    for path in [*SOURCES, *TESTS.rglob("*.py")]:
        assert not set(path.with_suffix("").parts[-3:]) & BANNED, path


def test_files_stay_under_400_lines_and_functions_under_50() -> None:
    long = []
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) >= 400:
            long.append(f"{path.relative_to(PACKAGE)}: {len(text.splitlines())} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                lines = node.end_lineno - node.lineno + 1 - _docstring_lines(node)
                if lines > 50:
                    long.append(f"{path.relative_to(PACKAGE)}: {node.name} has {lines} lines")
    assert not long, "\n".join(long)


def _docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    return (first.end_lineno or first.lineno) - first.lineno + 1 if told else 0


def test_nothing_is_swallowed_and_nothing_is_left_to_do() -> None:
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"except( Exception| BaseException)?:\s*\n\s*pass\b", text), path
        assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", text), path
