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
    inside = f"《{passage.collection}》" if passage.collection else ""
    return " · ".join(part for part in (place(passage), origin(passage), inside, report.file) if part)


def reference(passage: Passage, *, limit: int | None = None) -> str:
    """Cite a passage in the form of GB/T 7714-2015, as a report [R]; with *limit*, in so many UTF-16 units at most.

    An article of a collection is cited as a part of it, after ``//`` (GB/T 7714-2015, 4.2); who wrote it stands
    first, who published it and when at the end. Where no page is printed the paragraph takes its place. Titles are
    shortened, the collection's first, where the whole is too long.
    """
    title, whole = passage.article.title, passage.collection
    cited = _reference(passage, title, whole)
    while limit is not None and _units(cited) > limit:
        if len(whole) > _SHORT:
            whole = _shortened(whole)
        elif len(title) > _SHORT:
            title = _shortened(title)
        else:
            return _fitting(cited, limit)
        cited = _reference(passage, title, whole)
    return cited


_SHORT = 20


def _reference(passage: Passage, title: str, whole: str) -> str:
    report = passage.report
    author = passage.article.unit or report.publisher
    numbered = f": {report.number}" if report.number else ""
    named = f"{title}[R]//{whole}{numbered}" if whole else f"{title}{numbered}[R]"
    issued = ", ".join(part for part in (report.publisher, report.published) if part)
    where = str(passage.page) if passage.page is not None else f"第{passage.paragraph}段"
    parts = [author, named, f"{issued}: {where}" if issued else where]
    return ". ".join(" ".join(part.split()) for part in parts if part) + "."


def _shortened(title: str) -> str:
    return title[: max(_SHORT, len(title) - 9) - 1].rstrip("…") + "…"


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _fitting(text: str, limit: int) -> str:
    while _units(text) >= limit:
        text = text[:-1]
    return text + "…"
