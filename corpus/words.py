"""Cut runs of Chinese characters into words: jieba decides, and rjieba may do the work where it does the same.

rjieba (the extra ``fast``) is jieba in Rust, fifteen times as fast. Characters that only one of the two takes for
Chinese go to jieba itself, and rjieba is compared with jieba at the start and with every report that is read: where
it differs, it is not used again, and the log says so.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)

# What jieba takes for Chinese; it hands on every other character alone.
_COMMON = re.compile("[\u4e00-\u9fd5]+")

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

    *words* are added to both. *cache_dir* is where jieba may keep its dictionary in a form that loads faster. *fast*
    says whether rjieba may be used where it is installed. Safe to use from several threads.
    """

    def __init__(self, words: Sequence[str], *, cache_dir: Path | None = None, fast: bool = True) -> None:
        self._words = words
        self._cache_dir = cache_dir
        self._lock = threading.Lock()
        self._jieba: Any = None
        self._fast: Any = None
        self._may_be_fast = fast and find_spec("rjieba") is not None

    def warm(self) -> None:
        """Load what cuts now, and compare rjieba with jieba on a sample."""
        if self._may_be_fast:
            self.agree(SAMPLE)
        else:
            self._reference()

    def cut(self, run: str) -> list[str]:
        """Cut a run of Chinese characters."""
        if self._may_be_fast and _COMMON.fullmatch(run):
            return self._faster().cut(run)  # type: ignore[no-any-return]
        return self.reference(run)

    def reference(self, text: str) -> list[str]:
        """Cut any text as jieba does."""
        return self._reference().lcut(text)  # type: ignore[no-any-return]

    def agree(self, runs: Iterable[str]) -> bool:
        """Tell whether rjieba cuts *runs* as jieba does; where not, use jieba from now on."""
        for run in runs:
            if self._may_be_fast and self.cut(run) != self.reference(run):
                self._may_be_fast = False
                log.warning("rjieba cuts %r otherwise than jieba, and is not used any more", run)
                return False
        return True

    def _faster(self) -> Any:
        if self._fast is None:
            with self._lock:
                if self._fast is None:
                    import rjieba  # noqa: PLC0415 - an extra

                    fast = rjieba.Jieba()
                    for word in self._words:
                        fast.add_word(word, None, None)
                    self._fast = fast
        return self._fast

    def _reference(self) -> Any:
        if self._jieba is None:
            with self._lock:
                if self._jieba is None:
                    self._jieba = self._loaded()
        return self._jieba

    def _loaded(self) -> Any:
        import jieba  # noqa: PLC0415 - costs a fifth of a second, which `--help` need not pay

        jieba.setLogLevel(logging.WARNING)
        # An instance of our own: words added here are no business of anybody else's jieba in this process.
        tokenizer = jieba.Tokenizer()
        if self._cache_dir is None:
            tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
            tokenizer.initialized = True
        else:
            self._cache_dir.mkdir(parents=True, exist_ok=True)
            tokenizer.tmp_dir = str(self._cache_dir)
            tokenizer.initialize()
        for word in self._words:
            tokenizer.add_word(word)
        return tokenizer
