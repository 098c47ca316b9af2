"""The Chinese catalogue: what the sources say, what is translated, the binary file that ships.

    python tests/locale_tool.py missing           texts without a translation, as lines to fill in
    python tests/locale_tool.py merge FILE.po …   take translations over from other files (they win)
    python tests/locale_tool.py compile           write the .mo beside the .po

`merge` drops what no source says any more and compiles too.
"""

from __future__ import annotations

import ast
import inspect
import re
import string
import struct
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "crm_tui"
PO = PACKAGE / "locale" / "zh" / "LC_MESSAGES" / "crm_tui.po"
HEADER = (
    "Language: zh_CN\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
)

PLACES = {"Binding": 2, "Place": 2, "ListColumn": 1, "command": 0, "t": 0, "in_language": 1}
"""Which argument of a call is a text that is said somewhere."""
KEYWORDS = {"help", "title", "description", "help_text"}
NAMES = {"TITLE", "VERB", "COMMANDS", "verb", "SECTIONS"}
SAID_BY_CODE = ("changed since", "others point to it", "Undo: {title}", "Redo: {title}")
CLICK = (
    "Usage:", "Options", "Commands", "Arguments", "Error: {message}", "Try '{command} {option}' for help.",
    "Show this message and exit.", "Show the version and exit.", "Missing argument", "Missing option",
    "No such option {name!r}.", "Did you mean {possibility}?", "Option {name!r} requires an argument.",
    "Got unexpected extra argument ({args})", "{value!r} is not one of {choices}.", "required", "default: {default}",
    "env var: {var}", "Missing command.", "Invalid value: {message}", "Invalid value for {param_hint}: {message}",
    "{value!r} is not a valid {number_type}.", "{value} is not in the range {range}.", "(dynamic)",
)  # fmt: skip
"""Texts of the click library; it asks the same catalogue."""


def texts(node: ast.AST) -> Iterator[str]:
    """The constant texts that an expression can be: itself, both sides of a condition, values of a table."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from texts(value)
    elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Dict):
        for value in node.value.values:
            yield from texts(value)


def _of_call(node: ast.Call, folder: str) -> Iterator[str]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in ("action", "_action") and node.args:
        for argument in node.args[: 2 if name == "_action" else 1]:
            yield from texts(argument)
    elif name in PLACES and len(node.args) > PLACES[name] and not (name == "command" and folder != "ui"):
        yield from texts(node.args[PLACES[name]])
    if folder in ("ui", "cli"):
        for keyword in node.keywords:
            if keyword.arg in KEYWORDS:
                yield from texts(keyword.value)


def _of_assignment(node: ast.Assign | ast.AnnAssign, folder: str) -> Iterator[str]:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            pairs = list(zip(target.elts, node.value.elts, strict=True))
        else:
            pairs = [(target, node.value)] if node.value is not None else []
        for one, value in pairs:
            name = one.id if isinstance(one, ast.Name) else ""
            if name == "COMMANDS" and isinstance(value, ast.Dict):
                for item in value.values:
                    if isinstance(item, ast.Tuple):
                        yield from texts(item.elts[-1])
            elif name in NAMES and (name != "TITLE" or folder == "ui"):
                yield from texts(value)


def _of_command(node: ast.FunctionDef) -> Iterator[str]:
    """The help of a command is its docstring."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Call) and getattr(decorator.func, "id", "") == "command":
            yield inspect.cleandoc(ast.get_docstring(node) or "")


def said() -> dict[str, str]:
    """Every text that the sources say, with the first place where it is said."""
    found: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).parts
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            new: Iterable[str] = ()
            if isinstance(node, ast.Call):
                new = _of_call(node, parts[0])
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                new = _of_assignment(node, parts[0])
            elif isinstance(node, ast.FunctionDef) and parts[0] == "cli":
                new = _of_command(node)
            for text in new:
                if re.search(r"[A-Za-z]", text):
                    found.setdefault(text, f"{'/'.join(parts)}:{node.lineno}")
    for theme in sorted((ROOT / "themes").glob("*.toml")):
        found.setdefault(str(tomllib.loads(theme.read_text(encoding="utf-8"))["title"]), f"themes/{theme.name}")
    for text in SAID_BY_CODE:
        found.setdefault(text, "store/undo.py")
    for text in CLICK:
        found.setdefault(text, "click")
    return found


def from_records() -> dict[str, str]:
    """Labels that stand in the records in both languages already."""
    from crm_tui.records.nouns import NOUNS

    found: dict[str, str] = {}
    for noun in NOUNS.values():
        for field in noun.fields.values():
            found.setdefault(field.about.en, field.about.zh)
            for choice in field.about.choices:
                found.setdefault(choice.en, choice.zh)
    found.update({noun.en: noun.zh for noun in NOUNS.values()})
    return found


def read(path: Path) -> dict[str, str]:
    """The translations in a .po file."""
    found: dict[str, str] = {}
    parts = {"msgid": "", "msgstr": ""}
    current = ""

    def keep() -> None:
        if parts["msgid"] and parts["msgstr"]:
            found[parts["msgid"]] = parts["msgstr"]

    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if line.startswith("msgid "):
            keep()
            parts, current = {"msgid": ast.literal_eval(line[6:]), "msgstr": ""}, "msgid"
        elif line.startswith("msgstr "):
            parts["msgstr"], current = ast.literal_eval(line[7:]), "msgstr"
        elif line.startswith('"') and current:
            parts[current] += ast.literal_eval(line)
    keep()
    return found


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def write(path: Path, found: dict[str, str]) -> None:
    """Write a .po file, sorted, so that two people's additions merge."""
    lines = [f'msgid ""\nmsgstr ""\n{chr(10).join(_quoted(line + chr(10)) for line in HEADER.splitlines())}\n']
    lines += [f"msgid {_quoted(text)}\nmsgstr {_quoted(found[text])}\n" for text in sorted(found)]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8", newline="\n")


def compiled(found: dict[str, str]) -> bytes:
    """The content of a .mo file (GNU gettext, little endian, no hash table)."""
    pairs = sorted((text.encode(), said.encode()) for text, said in {"": HEADER, **found}.items())
    keys = b"\0".join(text for text, _ in pairs) + b"\0"
    values = b"\0".join(value for _, value in pairs) + b"\0"
    start = 28 + 16 * len(pairs)
    offsets: list[int] = []
    at = start
    for text, _ in pairs:
        offsets += [len(text), at]
        at += len(text) + 1
    for _, value in pairs:
        offsets += [len(value), at]
        at += len(value) + 1
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return head + struct.pack(f"<{len(offsets)}I", *offsets) + keys + values


def placeholders(text: str) -> set[str]:
    """The names in braces of a text."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def missing() -> dict[str, str]:
    """Texts without a translation, with their places."""
    known = read(PO) if PO.exists() else {}
    return {text: place for text, place in said().items() if text not in known}


def merge(files: Iterable[Path]) -> None:
    """Take over translations, drop what is said no more, compile."""
    found = {**from_records(), **(read(PO) if PO.exists() else {})}
    for file in files:
        found.update(read(file))
    used = said()
    write(PO, {text: found[text] for text in used if text in found})
    compile_catalogue()


def compile_catalogue() -> None:
    """Write the .mo beside the .po."""
    PO.with_suffix(".mo").write_bytes(compiled(read(PO)))


def main(words: list[str]) -> int:
    """Run one of the three verbs."""
    if words[:1] == ["missing"]:
        for text, place in sorted(missing().items(), key=lambda pair: pair[1]):
            print(f'# {place}\nmsgid {_quoted(text)}\nmsgstr ""\n')
    elif words[:1] == ["merge"]:
        merge(Path(word) for word in words[1:])
    elif words == ["compile"]:
        compile_catalogue()
    else:
        print(__doc__, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
