"""Reading marked-up text: claims about arbitrary text."""

from __future__ import annotations

import html
import itertools
import re

from hypothesis import given
from hypothesis import strategies as st

from bot.offline.entities import find_entities, tidy, utf16_length
from bot.offline.markup import MarkupError, parse_html

characters = st.characters(exclude_categories=["Cs"])
pieces = (
    "<b> </b> <i> </i> <a href='https://a.b'> </a> <blockquote expandable> </blockquote> <blockquote> <pre> </pre> "
    '<code class="language-x"> </code> &lt; &#65; & < > </ = \' @yinjubot /ask #四优 😀'
)
tokens = [*re.findall(r"<[a-z][^>]*>|\S+", pieces), " ", "\n"]
markup = st.lists(st.sampled_from(tokens) | st.text(characters, max_size=5)).map("".join)


@given(st.text(characters))
def test_escaped_text_comes_out_as_it_went_in(text: str) -> None:
    assert parse_html(html.escape(text, quote=False)) == (text, [])


@given(markup)
def test_markup_is_parsed_or_refused_and_entities_lie_in_the_text(source: str) -> None:
    try:
        text, entities = parse_html(source)
    except MarkupError:
        return
    text, entities = tidy(text, entities)
    assert text == text.strip()
    assert len(entities) <= 100
    for entity in entities:
        assert 0 <= entity.offset < entity.offset + entity.length <= utf16_length(text)
    quotes = [entity for entity in entities if entity.type.endswith("blockquote")]
    assert all(one.offset + one.length <= two.offset for one, two in itertools.pairwise(quotes))


@given(st.text(characters), st.text(characters))
def test_found_entities_can_be_cut_out_of_the_text(before: str, after: str) -> None:
    text = f"{before} /ask@yinjubot {after}"
    assert "/ask@yinjubot" in [entity.of(text) for entity in find_entities(text) if entity.type == "bot_command"]
