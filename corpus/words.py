"""Cut runs of Chinese characters into words: jieba decides, and rjieba may do the work where it does the same.

rjieba (the extra ``fast``) is jieba in Rust, fifteen times as fast; as it takes a quarter of a second to load,
it is for those who cut much, and no question waits for it. Characters that only one of the two takes for Chinese go to
jieba itself, and rjieba is compared with jieba when it is loaded: where it differs, it is not used again, and the log
says so. Passages are indexed without words, so nothing cuts much today but measurements.
"""

from __future__ import annotations

import hashlib
import logging
import re
import sys
import threading
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from corpus import dictionary

log = logging.getLogger(__name__)

# What jieba takes for Chinese; it hands on every other character alone.
_COMMON = re.compile("[\u4e00-\u9fd5]+")

_CACHE = "jieba.cache"

SAMPLE = (
    "全县上下坚持以人民为中心的发展思想",
    "常态化开展第一议题学习和主题党日活动",
    "李明芳同志在会上作了题为补短强弱的发言",
    "结婚的和尚未结婚的都应该到民政局登记",
    "乡村振兴示范村建设稳步推进",
    "垃圾分类覆盖率较上年提高近三成",
    "杭研大厦里新来的技术员小王来到了网易",
)
"""Dictionary words, words of ours, names and coinages, which jieba finds by its hidden Markov model."""


class Words:
    """Keep the dictionaries of jieba and rjieba; each is loaded when it is first needed.

    *words* are added to both. *cache_dir* is where jieba's dictionary may be kept in a form of which little is read
    for a text. *fast* says whether rjieba may be used where it is installed. Safe to use from several threads.
    """

    def __init__(self, words: Sequence[str], *, cache_dir: Path | None = None, fast: bool = True) -> None:
        self._words = words
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._jieba: Any = None
        self._fast: Any = None
        self._may_be_fast = fast and find_spec("rjieba") is not None

    def warm(self, *, much: bool = False) -> None:
        """Load what cuts now; where *much* is to be cut, also what does it fast, and compare the two on a sample."""
        self._reference()
        if much and self._may_be_fast:
            self._load_fast()
            self.agree(SAMPLE)

    def cut(self, run: str) -> list[str]:
        """Cut a run of Chinese characters."""
        fast = self._fast
        if fast is not None and _COMMON.fullmatch(run):
            return fast.cut(run)  # type: ignore[no-any-return]
        return self.reference(run)

    def reference(self, text: str) -> list[str]:
        """Cut any text as jieba does."""
        return self._reference().lcut(text)  # type: ignore[no-any-return]

    def agree(self, runs: Iterable[str]) -> bool:
        """Tell whether what cuts now does as jieba does; where not, use jieba from now on."""
        for run in runs:
            if self._fast is not None and self.cut(run) != self.reference(run):
                self._fast, self._may_be_fast = None, False
                log.warning("rjieba cuts a text otherwise than jieba, and is not used any more")
                return False
        return True

    def _load_fast(self) -> None:
        with self._lock:
            if self._fast is None:
                import rjieba  # noqa: PLC0415 - an extra

                fast = rjieba.Jieba()
                for word in self._words:
                    fast.add_word(word, None, None)
                self._fast = fast

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
