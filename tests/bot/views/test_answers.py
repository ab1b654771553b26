"""Whatever the reports and the questions hold, Telegram takes every message."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import texts
from bot.offline import content
from bot.offline.entities import utf16_length
from bot.offline.markup import parse_html
from bot.views import answers, history, inline, outlines, reports
from bot.views.answers import Reply, Turn
from bot.views.quotes import Surroundings
from corpus.citing import reference
from corpus.model import Answer, Article, Nearest, Passage, PassageId, Quote, Report, ReportId, Span, Verdict
from corpus.store import Chosen, Holding, Votes

ALL = texts.load()
LONG = "一页一页地扫描，一卷一卷地核对，" * 300

anything = st.text(alphabet=st.characters(), max_size=200)
words = st.one_of(anything, anything.map(lambda part: part * 60), st.sampled_from([LONG, "<b>&amp;</b>", "😀" * 2200]))


@st.composite
def passages(draw: st.DrawFn) -> Passage:
    text = draw(words)
    return Passage(
        id=PassageId("aaaaaaaaaaaa-123456789"),
        report=Report(ReportId("a" * 12), "a.txt", draw(words), publisher=draw(st.none() | words)),
        article=Article(1, draw(words), draw(st.none() | words)),
        section=tuple(draw(st.lists(words, max_size=4))),
        paragraph=draw(st.integers(1, 10**6)),
        text=text,
        pieces=(Span(0, len(text)),),
        page=draw(st.none() | st.integers(1, 9999)),
    )


@st.composite
def quotes(draw: st.DrawFn) -> Quote:
    passage = draw(passages())
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(passage.text))] * 2)))
    quoted = passage.text[start:end]
    answer = sorted(draw(st.tuples(*[st.integers(0, len(quoted))] * 2)))
    also_in = tuple(draw(st.lists(passages(), max_size=2)))
    return Quote(passage, 1.0, quoted, start, Span(*answer), (), redacted=draw(st.booleans()), also_in=also_in)


@st.composite
def given_answers(draw: st.DrawFn) -> Answer:
    verdict: Verdict = draw(st.sampled_from(["answer", "related", "none"]))
    return Answer(
        question=draw(words),
        interpreted=draw(words),
        verdict=verdict,
        confidence=0.5,
        missing_terms=tuple(draw(st.lists(words, max_size=3))),
        quotes=() if verdict == "none" else tuple(draw(st.lists(quotes(), min_size=1, max_size=6))),
        nearest=tuple(Nearest(heading, PassageId("aaaaaaaaaaaa-1")) for heading in draw(st.lists(words, max_size=3))),
        meant=tuple(draw(st.lists(words, max_size=1))),
    )


def taken(reply: Reply) -> str:
    """Let the played Telegram take a message; it refuses what the real one would. Return the plain text."""
    plain, entities = parse_html(reply.markup.html)
    assert (utf16_length(plain), len(entities)) <= (reply.markup.units, reply.markup.entities)
    plain, kept = content.formatted(reply.markup.html, "HTML", None)
    assert len(kept) <= 100
    if reply.buttons:
        content.keyboard(reply.buttons.to_dict())
    return plain


@settings(max_examples=30, deadline=None)
@given(
    shown=given_answers(),
    language=st.sampled_from(texts.LANGUAGES),
    page=st.integers(0, 5),
    opened=st.integers(0, 7),
    around=st.none() | st.builds(Surroundings, st.none() | passages(), st.none() | passages()),
    scope=st.lists(words, max_size=5),
)
def test_every_answer_is_valid_markup_within_the_limits(
    shown: Answer, language: texts.Language, page: int, opened: int, around: Surroundings | None, scope: list[str]
) -> None:
    turn = Turn("A" * 12, page, opened)
    reply = answers.answer(
        shown, ALL[language], username="yinjubot", per_page=3, turn=turn, around=around, scope=scope, votes=Votes(9, 99)
    )
    taken(reply)


@settings(max_examples=20, deadline=None)
@given(shown=passages(), part=st.integers(0, 9), language=st.sampled_from(texts.LANGUAGES))
def test_every_passage_is_valid_markup_within_the_limits(shown: Passage, part: int, language: texts.Language) -> None:
    beside = (PassageId("aaaaaaaaaaaa-123456788"), None)
    taken(Reply(*outlines.passage(shown, [shown], beside, ALL[language], part=part)))


@settings(max_examples=20, deadline=None)
@given(titles=st.lists(words, max_size=30), page=st.integers(0, 9), inside=st.booleans())
def test_every_outline_list_and_choice_is_valid_markup_within_the_limits(
    titles: list[str], page: int, inside: bool
) -> None:
    report = Report(ReportId("a" * 12), "a.txt", titles[0] if titles else "", titles[-1] if titles else None)
    entries = [outlines.Entry(title, 1, 3, PassageId("aaaaaaaaaaaa-123456788")) for title in titles]
    article = entries[0] if inside and entries else None
    taken(Reply(*outlines.outline(report, entries, ALL["en"], article=article, page=page)))
    held = [Holding(dataclasses.replace(report, title=title), 1, 2, 3, 4) for title in titles]
    chosen = Chosen(tuple(one.report.id for one in held), tuple(titles))
    for shown in (
        reports.reports(held, ALL["en"], page=page),
        reports.reports(held, ALL["en"], page=page, words=reports.searchable(titles[0] if titles else "")),
        reports.scope(held, chosen, ALL["en"], page=page),
        *(reports.card(one, (), ALL["en"], chosen=True) for one in held),
    ):
        taken(Reply(*shown))


@settings(max_examples=20, deadline=None)
@given(found=st.lists(quotes(), max_size=3), wanted=words, language=st.sampled_from(texts.LANGUAGES))
def test_every_inline_result_and_notice_is_valid_markup_within_the_limits(
    found: list[Quote], wanted: str, language: texts.Language
) -> None:
    results = inline.results(found, ALL[language], username="yinjubot", offset=20)
    content.check_results([result.to_dict() for result in results])
    for one in found:
        taken(Reply(history.notice(wanted[:40], one.passage, 3, ALL[language], username="yinjubot")))


def passage(text: str, **changes: object) -> Passage:
    plain = Passage(
        id=PassageId("aaaaaaaaaaaa-1"),
        report=Report(ReportId("a" * 12), "a.txt", "山口乡档案数字化工作汇报"),
        article=Article(1, "山口乡档案数字化工作汇报"),
        section=(),
        paragraph=1,
        text=text,
        pieces=(Span(0, len(text)),),
    )
    return dataclasses.replace(plain, **changes)  # type: ignore[arg-type] # the fields of a passage, named in the tests


def test_a_sentence_too_long_for_a_message_is_cut_verbatim_with_the_ellipsis_outside_the_marks() -> None:
    quoted = Quote(passage(LONG), 1.0, LONG, 0, Span(0, len(LONG)), ())
    shown = Answer("问", "问", "answer", 0.9, (), (quoted,))
    reply = answers.answer(shown, ALL["zh-CN"], username="yinjubot", per_page=3, turn=Turn("A" * 12))
    plain, entities = parse_html(reply.markup.html)
    [marked] = [entity for entity in entities if entity.type == "bold" and entity.offset > 5]
    assert marked.length > 2000
    assert LONG.startswith(marked.of(plain))
    assert plain[marked.offset + marked.length] == "…"


def test_the_same_words_elsewhere_are_named() -> None:
    elsewhere = passage("全年完成扫描88万页。", article=Article(2, "县档案馆：另一处"))
    quoted = Quote(
        passage("全年完成扫描88万页。"), 1.0, "全年完成扫描88万页。", 0, Span(0, 10), (), also_in=(elsewhere,)
    )
    shown = Answer("问", "问", "answer", 0.9, (), (quoted,))
    reply = answers.answer(shown, ALL["zh-CN"], username="yinjubot", per_page=3, turn=Turn("A" * 12))
    assert "另见：县档案馆：另一处" in parse_html(reply.markup.html)[0]


@pytest.mark.parametrize(
    ("cited", "expected"),
    [
        (
            passage("略", page=12, report=Report(ReportId("a" * 12), "a.txt", "全市工作总结", "市委办公室", "2015")),
            "市委办公室. 凤山镇：治水记[R]//全市工作总结. 市委办公室, 2015: 12.",
        ),
        (
            passage(
                "略",
                article=Article(1, "全市工作总结"),
                report=Report(ReportId("a" * 12), "a.txt", "全市工作总结", None, None, None, "〔2023〕18号"),
            ),
            "全市工作总结: 〔2023〕18号[R]. 第1段.",
        ),
        # A report without a title of its own is called by its first article, which the others do not stand in.
        (
            passage(
                "略",
                article=Article(2, "眉县：治水记", "眉县"),
                report=Report(ReportId("a" * 12), "a.txt", "凤山镇：治水记", "市委办公室", "2015"),
            ),
            "眉县. 眉县：治水记[R]. 市委办公室, 2015: 第1段.",
        ),
    ],
)
def test_a_source_is_cited_as_the_standard_asks(cited: Passage, expected: str) -> None:
    if cited.article.title == "山口乡档案数字化工作汇报":
        cited = dataclasses.replace(cited, article=Article(1, "凤山镇：治水记"))
    assert reference(cited) == expected


def test_a_long_source_is_shortened_to_what_can_be_copied() -> None:
    long = passage("略", article=Article(1, "标题" * 200), report=Report(ReportId("a" * 12), "a.txt", "总题" * 200))
    cited = reference(long, limit=256)
    assert utf16_length(cited) <= 256
    assert cited.endswith("第1段.")
