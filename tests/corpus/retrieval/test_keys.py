"""Terms are named the same, one by one or a whole text at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from corpus.analysis import Analyzer
from corpus.bags import Bag, written
from corpus.retrieval.keys import key, keyed
from corpus.retrieval.postings import gather, ordered

OPEN = Analyzer()
TEXTS = st.text(alphabet=st.sampled_from("河湾镇修桥的了在〇𠮷a3.％ =:，\n\u200b"), max_size=30) | st.text(max_size=20)

WORDS = st.text(alphabet=st.sampled_from("=河湾的a3.\xa0\u3000\U00020bb7"), min_size=1, max_size=5)
BAGS = st.lists(TEXTS.map(OPEN.terms) | st.lists(WORDS).map(" ".join).map(Bag) | st.lists(TEXTS), max_size=5)


def test_a_bag_writes_out_pairs_and_rarer_characters_of_runs_and_leaves_other_words_alone() -> None:
    assert list(Bag("=桥上 3 y:2014 b:修桥")) == ["b:桥上", "u:桥", "3", "y:2014", "b:修桥"]
    assert Bag("=桥上 3").words == ["=桥上", "3"]
    assert list(Bag("")) == []


@given(BAGS)
def test_all_terms_of_some_bags_are_named_as_each_is_alone(bags: list[Sequence[str]]) -> None:
    names, owners = keyed(bags)
    found = sorted(zip(owners.tolist(), names.tolist(), strict=True))
    assert found == sorted((number, key(term)) for number, bag in enumerate(bags) for term in bag)


@given(BAGS)
def test_postings_are_the_counts_of_each_bag_in_order_of_names_and_bags(bags: list[Sequence[str]]) -> None:
    postings = gather(bags)
    counts = [Counter(map(key, bag)) for bag in bags]
    names = sorted(set().union(*counts))
    assert postings.keys.tolist() == names
    for row, name in enumerate(names):
        held = [number for number, bag in enumerate(counts) if name in bag]
        passages, often = postings.row(row)
        assert (passages.tolist(), often.tolist()) == (held, [counts[number][name] for number in held])
    assert postings.starts[-1] == len(postings.passages) == len(postings.counts)
    assert postings.lengths.tolist() == [len(bag) for bag in bags]


@given(st.lists(st.tuples(st.integers(0, 3) | st.integers(0, 2**64 - 1), st.integers(0, 2)), max_size=40))
@example([(2, 0), (1, 0)])
@example([(1, 1), (1, 0)])
def test_names_are_put_in_order_also_where_they_differ_in_their_lowest_bits_alone(held: list[tuple[int, int]]) -> None:
    names, owners = ordered(
        np.array([name for name, _ in held], dtype=np.uint64), np.array([owner for _, owner in held], dtype=np.int64)
    )
    assert list(zip(names.tolist(), owners.tolist(), strict=True)) == sorted(held)


@given(TEXTS)
def test_what_is_written_down_of_a_bag_makes_it_again(text: str) -> None:
    bag = OPEN.terms(text)
    assert list(Bag(written(bag))) == list(bag)
    assert list(Bag(written(list(bag)))) == list(bag)


def test_no_two_of_some_thousand_terms_share_a_name() -> None:
    chars = [chr(0x4E00 + n) for n in range(60)]
    terms = [f"b:{a}{b}" for a in chars for b in chars] + [f"u:{a}" for a in chars] + list(map(str, range(1000)))
    assert len(set(map(key, terms))) == len(terms)
