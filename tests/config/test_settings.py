"""What an operator may rely on when setting things."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from config import resource
from config.layers import load
from config.settings import Settings, SettingsError, bot_token


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("YINJU_CONFIG", "YINJU_DATA_DIR", "TELEGRAM_BOT_TOKEN", "TELEGRAM_BOT_TOKEN_FILE"):
        monkeypatch.delenv(name, raising=False)


def own(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "my.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_every_key_has_a_default_and_a_comment() -> None:
    lines = resource("defaults.toml").splitlines()
    for number, line in enumerate(lines):
        if line and line[0] not in "#[":
            above = lines[number - 1]
            assert above.startswith("#") or "=" in above, f"{line!r} has no comment above it"
    assert set(tomllib.loads(resource("defaults.toml"))) == set(Settings.model_fields)


def test_a_file_wins_over_the_defaults_and_the_environment_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = own(tmp_path, "[answer]\nquotes = 5\nthreshold = 0.7\n")
    monkeypatch.setenv("YINJU_ANSWER__QUOTES", "7")
    settings = load(file)
    assert (settings.answer.quotes, settings.answer.threshold) == (7, 0.7)
    assert settings.answer.related_threshold == load().answer.related_threshold


def test_the_command_line_names_the_data_directory_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_DATA_DIR", str(tmp_path / "environment"))
    assert load().data_dir == tmp_path / "environment"
    assert load(data_dir=tmp_path / "line").data_dir == tmp_path / "line"


def test_numeric_ids_may_be_written_with_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("YINJU_ACCESS__ADMINS", "1, 2,3")
    assert load().access.admins == {1, 2, 3}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[answer]\nquote = 5\n", "my.toml: there is no setting 'answer.quote'; did you mean 'answer.quotes'?"),
        ("[answer]\nquotes = 'many'\n", "my.toml: 'answer.quotes': input should be a valid integer"),
        ("[answer]\nquotes = 0\n", "my.toml: 'answer.quotes': input should be greater than or equal to 1"),
        ("answer = 3\n", "my.toml: 'answer' is a table; write [answer] and its keys below it"),
        ("[access]\nmode = 'closed'\n", "my.toml: 'access.mode': input should be 'open', 'allowlist' or 'pairing'"),
        ("[telegram.webhook]\nurl = 'https://x.example/'\n", "a webhook needs telegram.webhook.secret_token"),
        ("answer = [", "my.toml: is not valid TOML"),
        ("answer = " + "9" * 5000, "my.toml: is not valid TOML"),
    ],
)
def test_a_wrong_setting_is_one_line_with_layer_and_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load(own(tmp_path, text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("YINJU_ANSWER__QUOTES", "many", "environment: 'answer.quotes': input should be a valid integer"),
        ("YINJU_ANSWER__QUOTE", "3", "environment: there is no setting 'answer.quote' (YINJU_ANSWER__QUOTE)"),
        ("YINJU_NOTHING", "3", "environment: there is no setting 'nothing' (YINJU_NOTHING)"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load()
    assert said in str(caught.value)


def test_a_missing_settings_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.toml: cannot be read"):
        load(tmp_path / "absent.toml")


def test_the_token_comes_from_the_environment_or_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert bot_token() is None
    file = tmp_path / "token"
    file.write_text("12345:from-file\n", encoding="utf-8")
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN_FILE", str(file))
    from_file = bot_token()
    assert from_file is not None
    assert from_file.get_secret_value() == "12345:from-file"
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "12345:from-variable")
    from_variable = bot_token()
    assert from_variable is not None
    assert from_variable.get_secret_value() == "12345:from-variable"
    assert "12345" not in repr(from_variable)
