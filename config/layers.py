"""The settings, read once from three layers: the defaults, an operator's file, the environment."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import BaseModel, ValidationError
from pydantic_settings import EnvSettingsSource

from config import resource
from config.settings import Settings, SettingsError

_NOT_SETTINGS = frozenset({"YINJU_CONFIG"})


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
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
        raise SettingsError(f"{path}: is not valid TOML: {error}") from None


def _environment() -> dict[str, Any]:
    for name in sorted(os.environ):
        if name.startswith("YINJU_") and name not in _NOT_SETTINGS:
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
