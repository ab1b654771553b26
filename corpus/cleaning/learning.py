"""Learn furniture from a folder: what most of its files print at their head or foot."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from corpus.cleaning.rules import NoiseRule
from corpus.model import Source

FEWEST = 5  # files; fewer prove nothing
MOST = 0.6  # of the files
EDGE = 4  # filled lines at the top, and at the foot
LONGEST = 60
# Titles, offices and salutations come again too, and are content. Who sells or hosts a file says how to reach him.
SIGN = re.compile(r"https?:|www\.|[A-Za-z0-9_-]{5,}|微信|公众号|[qQ]{2}|群|版权|下载|会员|文库|资料网")


def learn(sources: Sequence[Source]) -> tuple[NoiseRule, ...]:
    """Make one rule of the lines that stand at the edges of most of *sources* and name a shop, a site or a contact.

    Nothing is learned from fewer than five files, nor from copies of one file.
    """
    distinct = {source.digest: source for source in sources}
    if len(distinct) < FEWEST:
        return ()
    seen: Counter[str] = Counter()
    for source in distinct.values():
        filled = [each for line in source.lines if (each := "".join(line.text.split()))]
        seen.update({each for each in (*filled[:EDGE], *filled[-EDGE:]) if len(each) <= LONGEST and SIGN.search(each)})
    learned = sorted(line for line, count in seen.items() if count >= MOST * len(distinct))
    if not learned:
        return ()
    pattern = re.compile("|".join(re.escape(line) for line in learned))
    return (NoiseRule("learned-furniture", pattern, "line", takes=learned[0], leaves=""),)
