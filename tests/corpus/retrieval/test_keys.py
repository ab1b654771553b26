"""Terms are named the same, one by one or a whole text at once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from corpus.analysis import Analyzer
from corpus.bags import Bag, written
from corpus.retrieval.keys import key, keyed

OPEN = Analyzer()
TEXTS = st.text(alphabet=st.sampled_from("河湾镇修桥的了在〇𠮷a3.％ =:，\n\u200b"), max_size=30) | st.text(max_size=20)


def test_a_bag_writes_out_pairs_and_rarer_characters_of_runs_and_leaves_other_words_alone() -> None:
    assert list(Bag("=桥上 3 y:2014 b:修桥")) == ["b:桥上", "u:桥", "3", "y:2014", "b:修桥"]
    assert Bag("=桥上 3").words == ["=桥上", "3"]
    assert list(Bag("")) == []


@given(st.lists(TEXTS | st.lists(TEXTS), max_size=5))
def test_all_terms_of_some_bags_are_named_as_each_is_alone(given_bags: list[str | list[str]]) -> None:
    bags = [OPEN.terms(one) if isinstance(one, str) else one for one in given_bags]
    names, owners = keyed(bags)
    found = sorted(zip(owners.tolist(), names.tolist(), strict=True))
    assert found == sorted((number, key(term)) for number, bag in enumerate(bags) for term in bag)


@given(TEXTS)
def test_what_is_written_down_of_a_bag_makes_it_again(text: str) -> None:
    bag = OPEN.terms(text)
    assert list(Bag(written(bag))) == list(bag)
    assert list(Bag(written(list(bag)))) == list(bag)


def test_no_two_of_some_thousand_terms_share_a_name() -> None:
    chars = [chr(0x4E00 + n) for n in range(60)]
    terms = [f"b:{a}{b}" for a in chars for b in chars] + [f"u:{a}" for a in chars] + list(map(str, range(1000)))
    assert len(set(map(key, terms))) == len(terms)
