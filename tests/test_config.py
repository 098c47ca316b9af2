from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from crm_tui.config import Config
from crm_tui.errors import CrmError
from crm_tui.paths import data_folder


def test_an_absent_file_means_defaults(tmp_path: Path) -> None:
    config = Config.read(tmp_path / "config.toml")
    assert (config.language, config.theme, config.problems) == ("auto", "night", ())


def test_the_shipped_file_says_exactly_the_defaults(tmp_path: Path) -> None:
    text = (data_folder() / "config.default.toml").read_text(encoding="utf-8")
    assert Config.read(data_folder() / "config.default.toml").problems == ()
    lines = [line[2:] for line in text.splitlines() if re.match(r"# [a-z_]+ = ", line)]
    loud = tomllib.loads("\n".join(lines))
    plain = Config()
    assert set(loud) == {"language", "theme", "region", "zone", "person", "columns", "sort", "lock_minutes"}
    assert loud.pop("region") == "CN"
    assert tuple(loud.pop("columns")) == plain.columns
    assert loud == {name: getattr(plain, name) for name in loud}


def test_an_unknown_setting_is_named_with_its_file_and_the_nearest_known_one(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('langauge = "zh"\ntheme = "day"\nqqq = 1\n', encoding="utf-8")
    config = Config.read(file)
    assert config.theme == "day"
    assert str(file) in config.problems[0]
    assert "“language”" in config.problems[0]
    assert "known are: language" in config.problems[1]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('language = "fr"', "auto, en, zh"),
        ("theme = 1", "quotation marks"),
        ('region = "China"', "two letters"),
        ('zone = "Mars/North"', "Asia/Shanghai"),
        ('columns = "name"', "list"),
        ("keys = 3", "visits.log"),
    ],
)
def test_a_wrong_value_is_named_and_the_default_holds(tmp_path: Path, line: str, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(line, encoding="utf-8")
    config = Config.read(file)
    assert len(config.problems) == 1
    assert said in config.problems[0]
    name = line.split(" ")[0]
    assert getattr(config, name) == getattr(Config(), name)


@pytest.mark.parametrize("content", [b"language = ", b"\xff\xfe\x00", b"[keys\n"])
def test_a_broken_file_costs_the_settings_but_not_the_start(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes(content)
    config = Config.read(file)
    assert config.language == "auto"
    assert "TOML" in config.problems[0]
    with pytest.raises(CrmError):
        config.save(theme="day")


def test_saving_keeps_comments_and_what_it_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        '# mine\nlanguage = "en" # why\nodd = 1\n\n[keys]\n# a comment\n"visits.log" = "x"\n', encoding="utf-8"
    )
    config = Config.read(file).save(language="zh", theme="day", columns=("name", "owner"))
    text = file.read_text(encoding="utf-8")
    assert "# mine" in text
    assert "# why" in text
    assert "# a comment" in text
    assert "odd = 1" in text
    assert (config.language, config.theme, config.columns) == ("zh", "day", ("name", "owner"))
    assert config.keys == {"visits.log": "x"}
    assert len(config.problems) == 1


def test_the_first_saving_starts_from_the_commented_default(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "config.toml"
    config = Config.read(file).save(theme="day")
    assert config.theme == "day"
    assert config.problems == ()
    assert "配色主题" in file.read_text(encoding="utf-8")
    assert config.save(keys={"app.quit": "ctrl+x"}).keys == {"app.quit": "ctrl+x"}
    assert Config.read(file).theme == "day"


def test_a_wrong_value_is_never_written(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    with pytest.raises(ValueError, match="auto, en, zh"):
        Config.read(file).save(language="fr")
    assert not file.exists()


def test_a_hash_that_the_lock_made_is_kept_and_any_other_is_named(tmp_path: Path) -> None:
    from crm_tui.rules.passphrase import sealed

    file = tmp_path / "config.toml"
    made = sealed("1234", bytes(16))
    assert Config(file=file).save(lock_hash=made, lock_minutes=5).lock_hash == made
    file.write_text('lock_hash = "1234"\nlock_minutes = -1\n', encoding="utf-8")
    config = Config.read(file)
    assert (config.lock_hash, config.lock_minutes, len(config.problems)) == ("", 0, 2)
