"""Where a reader would look a passage up, in one line; pure."""

from __future__ import annotations

from corpus.model import Passage


def place(passage: Passage) -> str:
    """Say where in its report a passage stands: article › section › … · paragraph · page."""
    path = " › ".join((passage.article.title, *passage.section))
    parts = [path, f"第{passage.paragraph}段"]
    if passage.part:
        parts[-1] += f"（{passage.part[0]}/{passage.part[1]}）"
    if passage.page is not None:
        parts.append(f"第{passage.page}页")
    return " · ".join(parts)


def origin(passage: Passage) -> str:
    """Say who published the report and when, as far as that is printed; the unit where no publisher is."""
    report = passage.report
    who = report.publisher or passage.article.unit
    return " ".join(part for part in (who, report.published) if part)


def citation(passage: Passage) -> str:
    """Cite a passage in one line, as a writer would paste it."""
    report = passage.report
    inside = "" if report.title == passage.article.title else f"《{report.title}》"
    return " · ".join(part for part in (place(passage), origin(passage), inside, report.file) if part)
