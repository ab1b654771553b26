"""Made-up reports for the tests of ``corpus``; no sentence of a real one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from corpus.analysis import Analyzer
from corpus.model import Article, Passage, PassageId, Report, ReportId, Span

MakePassage = Callable[..., Passage]


@pytest.fixture(scope="session")
def analyzer() -> Analyzer:
    """Open one analyzer for all tests: its dictionaries take a second to load."""
    opened = Analyzer()
    opened.warm()
    return opened


@pytest.fixture
def make_passage() -> MakePassage:
    """Give a maker of passages that needs the text alone."""

    def make(
        text: str,
        *,
        report: str = "aaaaaaaaaaaa",
        number: int = 1,
        title: str = "河湾镇：修桥补路记",
        unit: str | None = None,
        section: Sequence[str] = (),
        year: int | None = None,
        article: int = 1,
    ) -> Passage:
        return Passage(
            id=PassageId(f"{report}-{number}"),
            report=Report(ReportId(report), f"{report}.txt", title, year=year),
            article=Article(article, title, unit),
            section=tuple(section),
            paragraph=number,
            text=text,
            pieces=(Span(0, len(text)),),
        )

    return make
