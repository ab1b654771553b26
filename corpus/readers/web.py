"""Read web pages (.html): blocks of text with the levels of their headings; no scripts, navigation on record only."""

from __future__ import annotations

import re
from typing import Any

from corpus.errors import FileTooLarge, ReadError
from corpus.model import Line
from corpus.readers.decoding import decode
from corpus.readers.limits import ReadLimits, check_characters, check_text, shown
from corpus.readers.writing import Written, write

CHARSET = re.compile(rb"<meta[^>]{0,200}charset\s*+=\s*+[\"']?\s*+([A-Za-z0-9_-]{2,20})", re.IGNORECASE)
BLANKS = re.compile(r"[ \t\r\n\f]+")
ENCODINGS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "gb18030": "gb18030",
    "big5": "big5",
    "big5-hkscs": "big5hkscs",
}
CJK = r"[\u3000-\u9FFF\uFF00-\uFFEF]"
BETWEEN_CHARACTERS = re.compile(rf"(?<={CJK})[ \t]*[\r\n][ \t\r\n\f]*(?={CJK})")
SKIPPED = {"script", "style", "noscript", "template", "head", "title", "object", "svg", "iframe", "textarea", "select"}
FURNITURE = {"nav": "navigation", "aside": "navigation", "footer": "navigation", "form": "navigation"}
INLINE = frozenset(
    [
        "a",
        "abbr",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "img",
        "ins",
        "kbd",
        "label",
        "mark",
        "o:p",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
BOLD = {"b", "strong"}


def lines(content: bytes, *, name: str, limits: ReadLimits) -> tuple[str, tuple[Line, ...]]:
    """Read the text of a page, a block a line. Where one part is marked as the article, the rest is navigation.

    Raises UndecodableText, FileTooLarge, and ReadError for what is no page.
    """
    text = _decoded(content, name=name)
    check_characters(text, name=name, limits=limits)
    from lxml import etree, html  # noqa: PLC0415  # slow to load, and only these files need it

    parser = html.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    try:
        root = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]{0,200}\?>", "", text), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise ReadError(f"{shown(name)}: this is no web page ({type(error).__name__}); save the page anew.") from error
    too_deep = FileTooLarge(
        f"{shown(name)}: its elements are nested deeper than the limit of {limits.nesting:,}; save the page as text or "
        "raise limits.html_nesting."
    )
    if any("depth" in each.message.lower() for each in parser.error_log):  # the library's own limit
        raise too_deep
    result, found = write(_blocks(root, etree, deepest=limits.nesting, too_deep=too_deep))
    check_text(result, name=name, limits=limits)
    return result, found


def _decoded(content: bytes, *, name: str) -> str:
    """Decode a page: as UTF-8 where it is that, or else as it says of itself, or else as any text."""
    declared = CHARSET.search(content[:4096])
    encoding = ENCODINGS.get(declared[1].decode("ascii").lower()) if declared else None
    for each in ("utf-8", encoding):
        try:
            text = content.decode(each) if each else "\0"
        except UnicodeDecodeError:
            continue  # a page can be wrong about itself
        if "\0" not in text:
            return text.removeprefix("\ufeff")
    return decode(content, name=name)


def _blocks(root: Any, etree: Any, *, deepest: int, too_deep: FileTooLarge) -> list[Written]:
    written: list[Written] = []
    current = Written()
    main = _main(root)
    bold = depth = skipped = inside_main = 0
    furniture: list[str] = []
    level: int | None = None

    def flush() -> None:
        nonlocal current
        if current.text.strip():
            outside = "" if main is None or inside_main else "navigation"
            current.furniture = furniture[-1] if furniture else outside
            written.append(current)
        current = Written(level=level)

    def add(text: str | None) -> None:
        if text and not skipped:
            current.add(BLANKS.sub(" ", BETWEEN_CHARACTERS.sub("", text)), bold=bool(bold))

    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        block = tag not in INLINE
        heading = int(tag[1]) if len(tag) == 2 and tag[0] == "h" and tag[1] in "123456" else None
        if event == "start":
            depth += 1
            if depth > deepest:
                raise too_deep
            if block and not (tag in ("td", "th") and current.text):
                flush()
            if tag in ("td", "th") and current.text:
                current.add(" | ")
            if tag in FURNITURE:
                furniture.append(FURNITURE[tag])
            inside_main += element is main
            skipped += tag in SKIPPED
            bold += tag in BOLD
            if heading:
                level = heading
                current.level = heading
            add(element.text)
        else:
            depth -= 1
            bold -= tag in BOLD
            skipped -= tag in SKIPPED
            if block and tag not in ("td", "th"):
                if heading:
                    level = None
                flush()
            if tag in FURNITURE:
                furniture.pop()
            inside_main -= element is main
            add(element.tail)
    flush()
    return written


def _main(root: Any) -> Any:
    """Find the one part that is the article, where the page marks one and most of the text is in it."""
    for tag in ("article", "main"):
        found = root.findall(f".//{tag}")
        if len(found) == 1:
            whole = sum(len(text) for text in root.itertext())
            return found[0] if 2 * sum(len(text) for text in found[0].itertext()) > whole else None
    return None
