"""Runs one command line: speaks the right language, turns every error into a sentence and an exit code."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from crm_tui.errors import Cancelled, CrmError
from crm_tui.words import LANGUAGES, locale_language, set_language, t

GLOBAL = ("--db", "--home", "--as", "--lang", "--now", "--zone")
"""Options with a value that may stand before or after the command."""


def run(arguments: Sequence[str]) -> int:
    """Run the program with `arguments`.

    Returns:
        0 done, 1 refused or not found, 2 usage, 3 bad file, 4 locked.
    """
    _streams()
    ordered = in_front(arguments)
    try:
        set_language(language_of(ordered))
        _speak_to_click()
        _stop_on_term()
        if (asked := app_alone(ordered)) is not None:
            return _open(asked)
        return _run(ordered)
    except CrmError as error:
        _say(f"crm-tui: {error}")
        return error.exit_code
    except KeyboardInterrupt:
        _say(f"crm-tui: {t('cancelled; nothing was changed')}")
        return Cancelled.exit_code
    except BrokenPipeError:
        return _closed_pipe()
    except Exception as error:
        _say(f"crm-tui: {_logged(error, ordered)}")
        return 1


def app_alone(arguments: Sequence[str]) -> dict[str, str] | None:
    """The options, if the words ask for nothing but the app: it starts without the parser, which costs a frame.

    None where there is a command, or anything that the parser should answer (a shell that asks for completions).
    """
    if "_CRM_TUI_COMPLETE" in os.environ:
        return None
    found = {name: os.environ.get(f"CRM_TUI_{name[2:].upper()}", "") for name in GLOBAL if name != "--now"}
    words = list(arguments)
    while words:
        name, _, value = words.pop(0).partition("=")
        if name not in (*GLOBAL, "--screen"):
            return None
        value = value or (words.pop(0) if words else "")
        if not value:
            return None
        found[name] = value
    return found if found["--lang"] in ("", *LANGUAGES) else None


def _open(asked: dict[str, str]) -> int:
    """Open the app with the options of `app_alone`."""
    from crm_tui.cli.session import Session

    def path(name: str) -> Path | None:
        return Path(asked[name]) if asked[name] else None

    session = Session()
    session.take(
        db=path("--db"),
        home=path("--home"),
        person=asked["--as"] or None,
        language=asked["--lang"] or None,
        now=asked.get("--now"),
        zone=asked["--zone"] or None,
    )
    session.open_app(asked.get("--screen"))
    return 0


def _run(arguments: list[str]) -> int:
    import click

    from crm_tui.cli.program import program

    try:
        code = program.main(arguments, prog_name="crm-tui", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        raise KeyboardInterrupt from None
    except click.UsageError as error:
        error.show(sys.stderr)
        return 2
    except click.ClickException as error:
        _say(f"crm-tui: {error.format_message()}")
        return 2
    return code if isinstance(code, int) else 0


def in_front(arguments: Sequence[str]) -> list[str]:
    """Put the global options first, wherever they were typed; after `--` everything stays."""
    front: list[str] = []
    rest: list[str] = []
    words = list(arguments)
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word in GLOBAL and words:
            front += [word, words.pop(0)]
        elif "=" in word and word.split("=", 1)[0] in GLOBAL:
            front.append(word)
        else:
            rest.append(word)
    return front + rest


def language_of(arguments: Sequence[str]) -> str:
    """The language asked for: by option, environment, settings, locale, in this order."""
    asked = _option(arguments, "--lang") or os.environ.get("CRM_TUI_LANG", "")
    if asked in LANGUAGES:
        return asked
    file = config_file(_option(arguments, "--home") or os.environ.get("CRM_TUI_HOME", ""))
    if os.path.isfile(file):
        from crm_tui.config import Config

        configured = Config.read(Path(file)).language
        if configured in LANGUAGES:
            return configured
    return locale_language()


def config_file(home: str) -> str:
    """Where the settings lie, as `Home` says it; on Linux without loading platformdirs, which takes long."""
    if home:
        return os.path.join(os.path.expanduser(home), "config.toml")
    if sys.platform == "linux":
        folder = os.environ.get("XDG_CONFIG_HOME", "").strip() or os.path.expanduser("~/.config")
        return os.path.join(folder, "crm-tui", "config.toml")
    from crm_tui.paths import Home

    return str(Home.find().config_file)


def _option(arguments: Sequence[str], name: str) -> str:
    for word, after in zip(arguments, [*arguments, ""][1:], strict=True):
        if word == name:
            return after
        if word.startswith(name + "="):
            return word.removeprefix(name + "=")
    return ""


def _speak_to_click() -> None:
    """Click says its few words through the process-wide catalogue of gettext."""
    import gettext

    from crm_tui.words import language

    gettext.bindtextdomain("crm_tui", str(Path(__file__).parents[1] / "locale"))
    gettext.textdomain("crm_tui")
    os.environ["LANGUAGE"] = language()


def _streams() -> None:
    """Data is UTF-8 wherever it goes; a character that a terminal cannot show must not end the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            terminal = stream.isatty()
            reconfigure(encoding=None if terminal else "utf-8", errors="replace" if terminal else "backslashreplace")


def _stop_on_term() -> None:
    def stop(_signal: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGTERM, stop)
    except ValueError:
        return  # only the main thread may set it, and a test may call from another


def _say(text: str) -> None:
    try:
        print(text, file=sys.stderr)
    except BrokenPipeError:
        return


def _closed_pipe() -> int:
    """Whoever read us has enough; the interpreter must not complain about it while it ends."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):
        return 0
    return 0


def _logged(error: Exception, arguments: Sequence[str]) -> str:
    """Write the whole story into the log, and say one sentence."""
    import tempfile
    import traceback
    from datetime import UTC, datetime

    from crm_tui.paths import Home

    home = _option(arguments, "--home") or os.environ.get("CRM_TUI_HOME", "")
    story = "".join(traceback.format_exception(error))
    head = f"{datetime.now(UTC).isoformat(timespec='seconds')} crm-tui {' '.join(arguments[:1])}\n"
    for file in (Home.find(Path(home) if home else None).log_file, Path(tempfile.gettempdir()) / "crm-tui.log"):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("a", encoding="utf-8", errors="backslashreplace") as stream:
                stream.write(head + story + "\n")
        except OSError:
            continue
        return t("something went wrong ({error}); details are in {path}", error=type(error).__name__, path=file)
    return t("something went wrong: {error}", error=f"{type(error).__name__}: {error}")
