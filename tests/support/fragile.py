"""An analyzer that does to its process what a hostile file might: dies, hangs, or wants all memory."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Sequence

from corpus.analysis import Analyzer
from corpus.bags import Bag
from corpus.model import Passage

DIES, HANGS, SWELLS = "进程崩溃", "进程挂起", "进程膨胀"


class Fragile(Analyzer):
    """Be an analyzer like any other, but for texts that hold one of the words above."""

    def report_terms(self, passages: Sequence[Passage]) -> list[Bag]:
        """Make terms, or trouble."""
        text = "".join(passage.text for passage in passages)
        if DIES in text:
            os.kill(os.getpid(), signal.SIGKILL)
        if HANGS in text:
            time.sleep(600)
        if SWELLS in text:
            bytearray(3 << 30)
        return super().report_terms(passages)
