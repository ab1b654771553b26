"""Figures as a picture. Slow to import and to draw: call it off the event loop."""

from __future__ import annotations

import io
import os
import unicodedata
from pathlib import Path

from bot.texts import Texts
from bot.views.markup import shorten
from corpus.store.figures import Summary

# Fonts with Chinese that systems come with. None of them: the picture is labelled in English and by numbers.
_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "Noto Serif CJK SC", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "Noto Sans CJK JP",
)  # fmt: skip


def chart(figures: Summary, texts: Texts, english: Texts, *, cache: Path) -> bytes:
    """Draw questions a day, those answered, and the busiest reports, as PNG; fonts are listed once, in *cache*."""
    # matplotlib would otherwise write into the home directory.
    os.environ.setdefault("MPLCONFIGDIR", str(cache))
    from matplotlib import font_manager  # noqa: PLC0415 - half a second that only /stats has to pay
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    held = {font.name for font in font_manager.fontManager.ttflist}
    family = next((name for name in _FONTS if name in held), None)
    said = texts if family else english
    font = {"fontfamily": family or "DejaVu Sans"}

    drawn = Figure(figsize=(9, 6), dpi=110, layout="constrained")
    FigureCanvasAgg(drawn)
    top, bottom = drawn.subplots(2, 1, height_ratios=(3, 2))
    places = range(len(figures.days))
    top.bar(places, [day.questions for day in figures.days], color="#b8c4d6", label=said("chart_questions"))
    top.bar(places, [day.answered for day in figures.days], color="#2b5c9e", hatch="//", label=said("chart_answered"))
    step = max(1, len(figures.days) // 10)
    top.set_xticks(list(places)[::step], [day.date[5:] for day in figures.days][::step])
    top.set_title(said("chart_title", share=f"{figures.share:.0%}"), **font)
    top.yaxis.get_major_locator().set_params(integer=True)
    legend_font = font_manager.FontProperties(family=family or "DejaVu Sans")
    top.legend(prop=legend_font, frameon=False)

    labels = [
        f"{number}. {shorten(busy.title, 24)}" if family or _is_plain(busy.title) else f"{number}."
        for number, busy in enumerate(figures.busiest, 1)
    ]
    bottom.barh(range(len(labels)), [busy.answers for busy in figures.busiest], color="#2b5c9e")
    bottom.set_yticks(range(len(labels)), labels, **font)
    bottom.invert_yaxis()
    bottom.xaxis.get_major_locator().set_params(integer=True)
    bottom.set_title(said("chart_busiest"), **font)
    for axes in (top, bottom):
        axes.spines[["top", "right"]].set_visible(False)

    picture = io.BytesIO()
    drawn.savefig(picture, format="png")
    return picture.getvalue()


def _is_plain(label: str) -> bool:
    """Tell whether matplotlib's own font has these characters."""
    return all(ord(c) < 0x250 and unicodedata.category(c) != "Cc" for c in label)
