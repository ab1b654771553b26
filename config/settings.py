"""What can be set: every setting with its type and what it must hold. ``layers`` reads them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict


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


def secrets(settings: Settings) -> list[str]:
    """List what of the settings no log may hold."""
    held = settings.telegram.webhook.secret_token, settings.retrieval.milvus.token
    return [one.get_secret_value() for one in held]
