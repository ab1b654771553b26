"""Passages that say the same, and reports that are nearly one another.

Officials copy: the same paragraph stands in many reports, with a blank, a comma or an adverb's difference. A reader
wants it once, and wants to know where else it stands. What a reader must never get is a place under 另见 that says
something else. So two passages **say the same** if each says all that the other says:

- in the same wording: letter by letter the same after folding (widths, case, traditional characters, blanks), without
  punctuation; or
- nearly so: a Jaccard similarity of their character trigrams of at least 0.8, the same figures, units and redaction
  marks in the same order, and no difference but words that official prose adds, drops and exchanges without saying
  anything else (认真, 进一步; 推动 and 推进): ``config/interchangeable.toml`` lists them.

Everything else keeps two passages apart: another figure, name, noun, time or verb, a 不, one more sentence. No list of
what must not differ would ever be whole (加强 and 放松 are both ordinary verbs), so the list is of what may.

That is a relation of two passages, symmetric, and it does not depend on what else is held or came first.

Candidates come from MinHash (Broder, "On the resemblance and containment of documents", 1997) with banding
(Indyk & Motwani, "Approximate nearest neighbors", 1998): 12 bands of 4, which miss a pair at 0.8 twice in a thousand.
The figures are part of every band's key, so that one paragraph with other figures every year is no candidate.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import rensa
from numpy.typing import NDArray

from config import resource
from corpus.model import Passage, PassageId, Quote, Wording, Wordings

ALIKE = 0.8
"""The least Jaccard similarity of two passages that say the same, and of two reports that are nearly the same."""

PERMUTATIONS = 128
BANDS, ROWS = 12, 4
SEED = 1997
RECIPE = f"bare+figures/2 rensa{rensa.RMinHash.ALGORITHM_VERSION} {PERMUTATIONS}:{BANDS}x{ROWS}:{SEED}"
"""Names what stored wordings were made by; where another name is stored, all are made anew."""

Bands = NDArray[np.uint64]
Signature = NDArray[np.uint32]

_BETWEEN = re.compile(r"[^\w*%‰°]+|_+")
_ENUMERATOR = re.compile(r"\(?[一二三四五六七八九十百]{1,3}[、).]|\(?[0-9]{1,2}(?:[、)]|\.(?![0-9]))|[①-⑳]")
_FIGURE = re.compile(
    r"[-+−]?[0-9]+(?:[^\w*]+[0-9]+)*[%‰°]*[个十百千万亿]*|[零〇一二两三四五六七八九十百千万亿半几数]+|\*|[a-z]+"
)
# Words with a numeral in them that count nothing.
_UNCOUNTED = re.compile("进一步|十分")


def bare(folded: str) -> str:
    """Reduce a folded text to what it says: letters, characters, figures and redaction marks.

    An enumerator at the beginning goes with the punctuation: the same paragraph is （二） here and （三） there.
    """
    start = _ENUMERATOR.match(folded)
    text = folded[start.end() :] if start else folded
    return re.sub(r"\*+", "*", _BETWEEN.sub(_left_of_punctuation, text))


def _left_of_punctuation(found: re.Match[str]) -> str:
    """Keep what punctuation is part of a figure: 1.5 is not 15, 3、5 is not 35, and -5 is not 5."""
    before, after = found.string[found.start() - 1 : found.start()], found.string[found.end() : found.end() + 1]
    if not after.isdigit():
        return ""
    mark = found.group()
    return mark if before.isdigit() else mark[-1] if mark[-1] in "-+−" else ""


def figures(bare_text: str) -> tuple[str, ...]:
    """List what must agree to the letter: numbers with sign and unit, numerals, redactions, Latin words."""
    return tuple(_FIGURE.findall(_UNCOUNTED.sub("", bare_text)))


def worded(texts: Sequence[str], *, fold: Callable[[str], str]) -> Wordings:
    """Make the wordings of a report's passages from their *texts*; *fold* makes texts comparable. Pure."""
    bares = [bare(fold(text)) for text in texts]
    grams = [_hashed(text) for text in bares]
    digests = [hashlib.sha256(text.encode()).digest()[:16] for text in bares]
    if not sum(map(len, grams)):
        return Wordings(tuple(Wording(digest, b"") for digest in digests), b"")
    offsets = np.zeros(len(grams) + 1, dtype=np.uint64)
    np.cumsum([len(one) for one in grams], out=offsets[1:])
    matrix = rensa.RMinHash.digest_matrix_from_flat_token_hashes(np.concatenate(grams), offsets, PERMUTATIONS, SEED)
    rows = np.array(matrix.to_rows(), dtype=np.uint32)
    keys = _keys(rows, np.array([_number("|".join(figures(text))) for text in bares], dtype=np.uint64))
    found = [
        Wording(digest, key.tobytes() if len(gram) else b"")
        for digest, key, gram in zip(digests, keys, grams, strict=True)
    ]
    # The signature of a union is the least of its parts' signatures, number by number.
    return Wordings(tuple(found), rows[[len(gram) > 0 for gram in grams]].min(axis=0).tobytes())


def _hashed(text: str) -> NDArray[np.uint64]:
    """Hash every trigram of *text* to 64 bits (SplitMix64's mixing)."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    if len(points) < 3:
        return np.zeros(0, dtype=np.uint64)
    grams = points[:-2] | (points[1:-1] << np.uint64(21)) | (points[2:] << np.uint64(42))
    return _mixed(grams)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = (numbers ^ (numbers >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


def _number(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "little")


def _keys(rows: Signature, salts: NDArray[np.uint64]) -> Bands:
    """Join each band of a signature, its place and the passage's *salt* into one key."""
    parts = rows[:, : BANDS * ROWS].reshape(len(rows), BANDS, ROWS).astype(np.uint64)
    keys = salts[:, None] + np.arange(BANDS, dtype=np.uint64)[None, :] * np.uint64(0x9E3779B97F4A7C15)
    for place in range(ROWS):
        keys = _mixed(keys ^ parts[:, :, place])
    return keys


def signature_bands(signature: bytes) -> bytes:
    """Give the keys under which reports that are nearly one another are found."""
    if not signature:
        return b""
    rows = np.frombuffer(signature, dtype=np.uint32)[None, :]
    return _keys(rows, np.zeros(1, dtype=np.uint64)).tobytes()


def resemblance(one: bytes, other: bytes) -> float:
    """Estimate the Jaccard similarity of two reports from their signatures, to ± 0.03."""
    if not one or not other:
        return 0.0
    return float(np.mean(np.frombuffer(one, dtype=np.uint32) == np.frombuffer(other, dtype=np.uint32)))


MANY = 1000
"""So many ids at once, as when a store is opened, go into sorted arrays without a stop in a dictionary."""
LATEST = 50_000
"""So many keys at least wait in the dictionary before they are merged."""


class Neighbours:
    """Find, in memory, the ids under whose bands a new one falls; grows, and forgets nothing.

    Most keys lie in sorted arrays (12 bytes a key, 144 a passage), the latest in a dictionary that is merged into
    them when it has grown to a share of them: a key is moved a logarithmic number of times.
    """

    def __init__(self) -> None:
        self._keys = np.zeros(0, dtype=np.uint64)
        self._ids = np.zeros(0, dtype=np.int32)
        self._latest: dict[int, list[int]] = {}
        self._waiting = 0

    def add(self, added: Iterable[tuple[int, bytes]]) -> None:
        """Take in ids with their bands."""
        rows = list(added)
        if len(rows) > MANY:
            lengths = np.array([len(bands) // 8 for _, bands in rows])
            keys = np.frombuffer(b"".join(bands for _, bands in rows), dtype=np.uint64)
            self._merge(keys, np.repeat(np.array([identity for identity, _ in rows], dtype=np.int32), lengths))
            return
        for identity, bands in rows:
            for key in np.frombuffer(bands, dtype=np.uint64).tolist():
                self._latest.setdefault(key, []).append(identity)
                self._waiting += 1
        if self._waiting > LATEST + len(self._keys) // 4:
            keys = np.fromiter((key for key, ids in self._latest.items() for _ in ids), np.uint64, self._waiting)
            self._merge(
                keys, np.fromiter((one for ids in self._latest.values() for one in ids), np.int32, self._waiting)
            )
            self._latest, self._waiting = {}, 0

    def near(self, bands: bytes) -> set[int]:
        """Name the ids that share a band."""
        keys = np.frombuffer(bands, dtype=np.uint64)
        found: set[int] = set()
        if len(self._keys):
            first, last = np.searchsorted(self._keys, keys, "left"), np.searchsorted(self._keys, keys, "right")
            for start, end in zip(first.tolist(), last.tolist(), strict=True):
                found.update(self._ids[start:end].tolist())
        for key in keys.tolist():
            found.update(self._latest.get(key, ()))
        return found

    def _merge(self, keys: Bands, ids: NDArray[np.int32]) -> None:
        keys, ids = np.concatenate([self._keys, keys]), np.concatenate([self._ids, ids])
        order = np.argsort(keys, kind="stable")
        self._keys, self._ids = keys[order], ids[order]


def says_the_same(one: str, other: str, *, fold: Callable[[str], str]) -> bool:
    """Tell whether each of two passages says all that the other says."""
    first, second = bare(fold(one)), bare(fold(other))
    if first == second:
        return True
    return plain(first) == plain(second) and _jaccard(first, second) >= ALIKE


def plain(bare_text: str) -> str:
    """Reduce a bare text further: without what adds nothing, and one word for those that may stand for one another."""
    pattern, standing_for = _interchangeable()
    return pattern.sub(lambda found: standing_for.get(found.group(), ""), bare_text)


@cache
def _interchangeable() -> tuple[re.Pattern[str], dict[str, str]]:
    lists = tomllib.loads(resource("interchangeable.toml"))
    standing_for = {word: words[0] for words in lists["same"] for word in words}
    every = sorted([*lists["emphasis"], *standing_for], key=lambda word: (-len(word), word))
    return re.compile("|".join(map(re.escape, every))), standing_for


def _jaccard(one: str, other: str) -> float:
    first, second = _trigrams(one), _trigrams(other)
    return len(first & second) / max(1, len(first | second))


def _trigrams(text: str) -> set[str]:
    return {text[i : i + 3] for i in range(len(text) - 2)}


# ── What a reader is shown ───────────────────────────────────────────────────────────────────────────────────────────

Twins = Mapping[PassageId, Sequence[PassageId]]

MOST_PLACES = 20
"""How many other places a quote tells of; a formula may stand in a thousand reports."""


def shown_once(found: Sequence[tuple[Passage, float]], twins: Twins) -> Iterator[tuple[Passage, float]]:
    """Leave out of *found*, best first, every passage that says the same as one before it."""
    said: set[PassageId] = set()
    for passage, score in found:
        if passage.id not in said:
            yield passage, score
            said.update(twins.get(passage.id, ()))


def places(shown: Iterable[Passage], twins: Twins) -> list[PassageId]:
    """Name the other places to tell of with the passages that are *shown*."""
    return list(dict.fromkeys(other for passage in shown for other in list(twins.get(passage.id, ()))[:MOST_PLACES]))


def also_in(quote: Quote, twins: Twins, elsewhere: Iterable[Passage]) -> Quote:
    """Tell with a quote where else the same is said: those of its *twins* that are among *elsewhere*."""
    held = {passage.id: passage for passage in elsewhere}
    return replace(quote, also_in=tuple(held[one] for one in twins.get(quote.passage.id, ()) if one in held))
