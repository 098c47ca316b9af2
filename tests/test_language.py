"""Every text that a person can meet is there in Chinese with the same placeholders, and what ships is current."""

from __future__ import annotations

import gettext
import importlib.util
import itertools
import sys
from pathlib import Path
from types import ModuleType

import pytest

from crm_tui.records.nouns import NOUNS
from crm_tui.words import in_language, set_language, t


def _tool() -> ModuleType:
    path = Path(__file__).with_name("locale_tool.py")
    spec = importlib.util.spec_from_file_location("locale_tool", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["locale_tool"] = module
    spec.loader.exec_module(module)
    return module


TOOL = _tool()


def test_every_text_of_the_sources_has_a_translation() -> None:
    missing = TOOL.missing()
    assert not missing, "\n".join(f"{place}: {text}" for text, place in missing.items())


def test_translations_keep_the_placeholders() -> None:
    for text, translated in TOOL.read(TOOL.PO).items():
        assert TOOL.placeholders(translated) == TOOL.placeholders(text), text


def test_no_translation_is_of_a_text_that_nobody_says() -> None:
    assert not set(TOOL.read(TOOL.PO)) - set(TOOL.said())


def test_chinese_uses_chinese_punctuation() -> None:
    for text, translated in TOOL.read(TOOL.PO).items():
        for before, after in itertools.pairwise(translated):
            assert not ("一" <= before <= "龥" and after in ",;?!"), f"{text} -> {translated}"


def test_the_binary_file_is_made_of_the_text_file() -> None:
    assert TOOL.PO.with_suffix(".mo").read_bytes() == TOOL.compiled(TOOL.read(TOOL.PO))


def test_gettext_reads_the_binary_file() -> None:
    with TOOL.PO.with_suffix(".mo").open("rb") as stream:
        catalogue = gettext.GNUTranslations(stream)
    for text, translated in TOOL.read(TOOL.PO).items():
        assert catalogue.gettext(text) == translated


def test_a_text_is_said_in_the_language_of_the_moment() -> None:
    assert t("{n} rows in {path}", n=3, path="a.csv") == "3 rows in a.csv"
    set_language("zh")
    assert t("{n} rows in {path}", n=3, path="a.csv") == "已写入 3 行：a.csv"
    assert in_language("en", "yes") == "yes"
    set_language("fr")
    assert t("yes") == "yes"


@pytest.mark.parametrize("noun", NOUNS.values(), ids=lambda noun: noun.name)
def test_every_label_of_a_record_stands_in_both_languages(noun: object) -> None:
    fields = noun.fields.values()  # type: ignore[attr-defined]
    for field in fields:
        labels = [(field.about.en, field.about.zh), *((one.en, one.zh) for one in field.about.choices)]
        for en, zh in labels:
            assert en
            assert any("一" <= sign <= "龥" for sign in zh), f"{field.name}: {zh}"
