"""Go from everyday words to the language of reports, by a dictionary that people can read and edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from corpus.analysis import entries
from corpus.errors import CorpusError
from corpus.model import Expansion, Span


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """Hold what may be said instead of a word; *longest* is the length of the longest word in it."""

    words: Mapping[str, tuple[str, ...]]
    longest: int = 0

    def expand(self, folded: str, tokens: Sequence[Span]) -> list[Expansion]:
        """Find the words of the thesaurus in a folded text, the longest at each place, without overlap, each once.

        A word is found only where it is one or several whole *tokens*: 重 is not found in 重庆.
        """
        found: dict[str, Expansion] = {}
        ends = {token.end for token in tokens}
        place = 0
        for start in (token.start for token in tokens):
            if start < place:
                continue
            for end in range(min(start + self.longest, len(folded)), start, -1):
                word = folded[start:end]
                if end in ends and word in self.words:
                    found[word] = Expansion(word, self.words[word])
                    place = end
                    break
        return list(found.values())


def parse(text: str) -> Thesaurus:
    """Read a thesaurus: ``甲,乙 => 丙,丁`` goes one way, ``甲 = 乙`` both ways; ``#`` begins a comment.

    A word that stands on several lines has what all of them say. Words are written in simplified characters.
    Raises CorpusError for a line that is neither, and names it.
    """
    words: dict[str, dict[str, None]] = {}

    def say(word: str, others: Iterable[str]) -> None:
        words.setdefault(word, {}).update((other, None) for other in others if other != word)

    for line in entries(text):
        left, arrow, right = line.partition("=>")
        if arrow:
            others = _split(right, ",")
            asked = _split(left, ",")
            if not others or not asked:
                raise CorpusError(f"thesaurus: nothing on one side of '{line}'")
            for word in asked:
                say(word, others)
        else:
            group = _split(line, "=")
            if len(group) < 2:
                raise CorpusError(f"thesaurus: neither '=' nor '=>' in '{line}'")
            for word in group:
                say(word, group)
    kept = {word: tuple(others) for word, others in words.items() if others}
    return Thesaurus(kept, max(map(len, kept), default=0))


def _split(text: str, by: str) -> list[str]:
    return [word.strip().lower() for word in text.replace("，", by).split(by) if word.strip()]
