"""Cut text into words with jieba, as little of its dictionary loaded as the text needs."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corpus import dictionary

log = logging.getLogger(__name__)

_CACHE = "jieba.cache"


class Words:
    """Keep the dictionary of jieba; it is loaded when it is first needed.

    *words* are added to it. *cache_dir* is where it may be kept in a form of which little is read for a text. Safe to
    use from several threads.
    """

    def __init__(self, words: Sequence[str], *, cache_dir: Path | None = None) -> None:
        self._words = words
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._jieba: Any = None

    def warm(self) -> None:
        """Load the dictionary now."""
        self._reference()

    def cut(self, text: str) -> list[str]:
        """Cut any text as jieba does."""
        return self._reference().lcut(text)  # type: ignore[no-any-return]

    def _reference(self) -> Any:
        if self._jieba is None:
            with self._lock:
                if self._jieba is None:
                    self._jieba = self._loaded()
        return self._jieba

    def _loaded(self) -> Any:
        jieba = _jieba()
        # An instance of our own: words added here are no business of anybody else's jieba in this process.
        tokenizer = jieba.Tokenizer()
        tokenizer.initialized = True
        maker = f"{jieba.__version__} {hashlib.sha256(repr(self._words).encode()).hexdigest()}"
        kept = self._cache_dir and dictionary.opened(self._cache_dir / _CACHE, maker=maker)
        if kept:
            tokenizer.FREQ, tokenizer.total = kept.entries, kept.total
            tokenizer.get_DAG = kept.before(tokenizer.get_DAG)
            return tokenizer
        tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
        for word in self._words:
            tokenizer.add_word(word)
        if self._cache_dir is not None:
            try:
                self._cache_dir.mkdir(parents=True, exist_ok=True)
                dictionary.write(self._cache_dir / _CACHE, tokenizer.FREQ, total=tokenizer.total, maker=maker)
            except OSError as error:
                log.debug("the dictionary cannot be kept in a form that loads faster: %s", error)
        return tokenizer


def _jieba() -> Any:
    """Import jieba, but not setuptools, which it tries first: it takes a tenth of a second and brings nothing."""
    held = sys.modules.get("pkg_resources")
    if held is None:
        sys.modules["pkg_resources"] = None  # type: ignore[assignment]  # makes importing it fail
    try:
        import jieba  # noqa: PLC0415 - `--help` need not pay for it
    finally:
        if held is None:
            del sys.modules["pkg_resources"]
    return jieba
