"""Words in the reader's language: English is the key, Chinese comes from a gettext catalogue."""

from __future__ import annotations

import gettext
import os
from pathlib import Path

LANGUAGES = ("en", "zh")
_catalogues: dict[str, gettext.NullTranslations] = {"en": gettext.NullTranslations()}
_language = "en"


def _catalogue(language: str) -> gettext.NullTranslations:
    if language not in _catalogues:
        file = Path(__file__).parent / "locale" / language / "LC_MESSAGES" / "crm_tui.mo"
        try:
            with file.open("rb") as stream:
                _catalogues[language] = gettext.GNUTranslations(stream)
        except FileNotFoundError:
            _catalogues[language] = gettext.NullTranslations()
    return _catalogues[language]


def set_language(language: str) -> None:
    """Speak `language` ("en" or "zh") from now on; anything else means English."""
    global _language
    _language = language if language in LANGUAGES else "en"


def language() -> str:
    """The language that is spoken now, "en" or "zh"."""
    return _language


def locale_language() -> str:
    """The language that the environment's locale asks for."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def t(text: str, /, **values: object) -> str:
    """Translate `text` and fill its {placeholders}."""
    return in_language(_language, text, **values)


def in_language(code: str, text: str, /, **values: object) -> str:
    """Translate `text` into `code` whatever is spoken now (the palette shows both)."""
    said = text if code == "en" else _catalogue(code).gettext(text)
    return said.format(**values) if values else said
