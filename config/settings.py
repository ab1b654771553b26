"""The settings, read once from three layers: the defaults, an operator's file, the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from platformdirs import user_data_path
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, EnvSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from config import resource


class SettingsError(Exception):
    """Say in one line which layer holds which wrong setting, and what would be right."""


def _ids(value: object) -> object:
    """Take ``1,2,3`` and ``[1,2,3]`` from the environment, where everything is text."""
    if isinstance(value, str):
        return [part for part in value.strip().strip("[]").replace(",", " ").split() if part]
    return value


Ids = Annotated[frozenset[int], NoDecode, BeforeValidator(_ids)]
Names = Annotated[
    tuple[str, ...], NoDecode, BeforeValidator(lambda v: v.split(os.pathsep) if isinstance(v, str) and v else v or ())
]
Share = Annotated[float, Field(ge=0, le=1)]


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Webhook(_Table):
    url: str
    listen: str
    port: Annotated[int, Field(ge=1, le=65535)]
    secret_token: Annotated[SecretStr, Field(max_length=256)]

    @model_validator(mode="after")
    def _secret_is_mandatory(self) -> Self:
        if self.url and not self.secret_token.get_secret_value():
            raise ValueError("a webhook needs telegram.webhook.secret_token, else anybody could post updates")
        return self


class Telegram(_Table):
    base_url: str
    base_file_url: str
    stale_minutes: Annotated[int, Field(ge=0)]
    concurrency: Annotated[int, Field(ge=1, le=256)]
    webhook: Webhook


class Access(_Table):
    mode: Literal["open", "allowlist", "pairing"]
    admins: Ids
    users: Ids
    groups: Ids


class AnswerSettings(_Table):
    quotes: Annotated[int, Field(ge=1, le=10)]
    threshold: Share
    related_threshold: Share


class Limits(_Table):
    questions_per_person: Annotated[int, Field(ge=1)]
    questions_per_chat: Annotated[int, Field(ge=1)]
    waiting: Annotated[int, Field(ge=10, le=100_000)]
    question_characters: Annotated[int, Field(ge=1, le=4096)]
    file_bytes: Annotated[int, Field(ge=1)]
    file_characters: Annotated[int, Field(ge=1)]
    line_characters: Annotated[int, Field(ge=1)]
    archive_files: Annotated[int, Field(ge=1)]
    archive_bytes: Annotated[int, Field(ge=1)]
    pdf_pages: Annotated[int, Field(ge=1)]
    html_nesting: Annotated[int, Field(ge=1, le=2000)]
    upload_bytes: Annotated[int, Field(ge=1)]


class Ingest(_Table):
    noise_rules: Names
    noise_share: Share
    processes: Annotated[int, Field(ge=0, le=64)]
    file_seconds: Annotated[float, Field(ge=0)]
    memory_bytes: Annotated[int, Field(ge=0)]


class Milvus(_Table):
    uri: str
    token: SecretStr
    collection: Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,254}$")]
    timeout: Annotated[float, Field(gt=0, le=600)]
    pool: Annotated[int, Field(ge=1, le=256)]
    shards: Annotated[int, Field(ge=1, le=64)]
    replicas: Annotated[int, Field(ge=1, le=64)]
    drift: Annotated[float, Field(ge=0.001, le=1)]

    @field_validator("uri")
    @classmethod
    def _without_password(cls, uri: str) -> str:
        if uri and not uri.endswith(".db") and not uri.startswith(("http://", "https://")):
            raise ValueError("must be http://host:port, https://host:port, or a file of Milvus Lite ending in .db")
        if "@" in uri and not uri.endswith(".db"):
            raise ValueError("must hold no user or password; these go into retrieval.milvus.token as user:password")
        return uri


Engine = Literal["embedded", "milvus"]


class Retrieval(_Table):
    engine: Engine
    expand: bool
    milvus: Milvus


class Retention(_Table):
    questions_days: Annotated[int, Field(ge=0)]


class Health(_Table):
    listen: str
    port: Annotated[int, Field(ge=0, le=65535)]


class Log(_Table):
    format: Literal["text", "json"]
    stall_milliseconds: Annotated[int, Field(ge=0)]


class Settings(BaseSettings):
    """Hold every setting; `defaults.toml` says what each one means."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix="YINJU_",
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    data_dir: Path
    telegram: Telegram
    access: Access
    answer: AnswerSettings
    limits: Limits
    ingest: Ingest
    retrieval: Retrieval
    retention: Retention
    log: Log
    health: Health

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # The layers are merged in load(), which must know each by its name to say where a mistake stands.
        return (init_settings,)


NOT_SETTINGS = frozenset({"YINJU_CONFIG"})


def load(config_file: Path | None = None, *, data_dir: Path | None = None) -> Settings:
    """Read the settings from the defaults, then *config_file* (or ``YINJU_CONFIG``), then the environment.

    *data_dir*, from the command line, wins over all three. Raises SettingsError.
    """
    config_file = config_file or (Path(os.environ["YINJU_CONFIG"]) if os.environ.get("YINJU_CONFIG") else None)
    layers: list[tuple[str, dict[str, Any]]] = [("defaults.toml", tomllib.loads(resource("defaults.toml")))]
    if config_file is not None:
        layers.append((str(config_file), _read(config_file)))
    layers.append(("environment", _environment()))
    if data_dir is not None:
        layers.append(("--data-dir", {"data_dir": str(data_dir)}))

    merged: dict[str, Any] = {}
    for layer, values in layers:
        _check_keys(layer, values, Settings)
        merged = _merge(merged, values)
    if not str(merged["data_dir"]).strip():
        merged["data_dir"] = user_data_path("yinju", appauthor=False)
    merged["data_dir"] = Path(merged["data_dir"]).expanduser()
    try:
        return Settings(**merged)
    except ValidationError as error:
        raise SettingsError(_sentence(error, layers)) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: is not valid TOML: {error}") from None


def _environment() -> dict[str, Any]:
    for name in sorted(os.environ):
        if name.startswith("YINJU_") and name not in NOT_SETTINGS:
            key = name.removeprefix("YINJU_").lower().replace("__", ".")
            if _annotation(Settings, key.split(".")) is None:
                raise SettingsError(f"environment: there is no setting '{key}' ({name}){_suggestion(key)}")
    try:
        return EnvSettingsSource(Settings)()
    except Exception as error:
        # pydantic-settings raises its own error with the value inside; only the field's name is fit for a log.
        raise SettingsError(f"environment: {error.args[0] if error.args else error}") from None


def _check_keys(layer: str, values: Mapping[str, Any], model: type[BaseModel], path: str = "") -> None:
    for key, value in values.items():
        dotted = f"{path}{key}"
        field = model.model_fields.get(key)
        if field is None:
            raise SettingsError(f"{layer}: there is no setting '{dotted}'{_suggestion(dotted)}")
        table = field.annotation
        if isinstance(table, type) and issubclass(table, BaseModel):
            if not isinstance(value, Mapping):
                raise SettingsError(f"{layer}: '{dotted}' is a table; write [{dotted}] and its keys below it")
            _check_keys(layer, value, table, f"{dotted}.")


def _keys(model: type[BaseModel], path: str = "") -> list[str]:
    keys: list[str] = []
    for key, field in model.model_fields.items():
        table = field.annotation
        if isinstance(table, type) and issubclass(table, BaseModel):
            keys += _keys(table, f"{path}{key}.")
        else:
            keys.append(f"{path}{key}")
    return keys


def _annotation(model: type[BaseModel], path: list[str]) -> Any:
    field = model.model_fields.get(path[0])
    if field is None or len(path) == 1:
        return field.annotation if field else None
    table = field.annotation
    return _annotation(table, path[1:]) if isinstance(table, type) and issubclass(table, BaseModel) else None


def _suggestion(key: str) -> str:
    close = get_close_matches(key, _keys(Settings), n=1, cutoff=0.5)
    return f"; did you mean '{close[0]}'?" if close else "; see config/defaults.toml"


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        held = merged.get(key)
        merged[key] = _merge(held, value) if isinstance(held, Mapping) and isinstance(value, Mapping) else value
    return merged


def _sentence(error: ValidationError, layers: list[tuple[str, dict[str, Any]]]) -> str:
    first = error.errors()[0]
    path = [str(part) for part in first["loc"] if isinstance(part, str)]
    dotted = ".".join(path)
    layer = next((name for name, values in reversed(layers) if _holds(values, path)), "defaults.toml")
    reason = first["msg"].removeprefix("Value error, ")
    return f"{layer}: '{dotted}': {reason[:1].lower()}{reason[1:]}"


def _holds(values: Any, path: list[str]) -> bool:
    for part in path:
        if not isinstance(values, Mapping) or part not in values:
            return False
        values = values[part]
    return True


def bot_token() -> SecretStr | None:
    """Take the bot's token from ``TELEGRAM_BOT_TOKEN``, or from the file that ``TELEGRAM_BOT_TOKEN_FILE`` names.

    Returns None where neither is set. Raises SettingsError for a file that cannot be read.
    """
    token = os.environ.get("TELEGRAM_BOT_TOKEN", "").strip()
    path = os.environ.get("TELEGRAM_BOT_TOKEN_FILE", "").strip()
    if not token and path:
        try:
            token = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(f"TELEGRAM_BOT_TOKEN_FILE: {path} cannot be read: {error}") from None
    return SecretStr(token) if token else None
