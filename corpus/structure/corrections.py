"""Correct what was read about a report, from a file its owner keeps beside it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import date
from typing import Any, TypeVar

from corpus.errors import CorpusError
from corpus.model import Article, Fact, Parsed, Report

REPORT_FIELDS: dict[str, type] = {
    "title": str,
    "publisher": str,
    "published": str,
    "year": int,
    "number": str,
    "place": str,
}
PUBLISHED = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
ARTICLE_FIELDS: dict[str, type] = {"title": str, "unit": str}

Noun = TypeVar("Noun", Report, Article)


def correct(parsed: Parsed, toml_text: str, *, name: str) -> Parsed:
    """Put the values of *toml_text* in the place of what was read; *name* is what messages and facts call the file.

    The keys are those of Report, and ``[[article]]`` tables with a ``number`` and a ``title`` or ``unit``; an empty
    string takes a value away. Headings and passages keep their text: a quotation stays what is printed. Raises
    CorpusError, which names the key. A report of one article shares its title with it.
    """
    try:
        table = tomllib.loads(toml_text)
    except (ValueError, RecursionError) as error:  # also for a number of thousands of digits
        raise CorpusError(f"{name}: this is no TOML: {error}") from error
    tables = table.pop("article", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise CorpusError(f"{name}: write each article as an [[article]] table.")
    table = {key: value.isoformat() if type(value) is date else value for key, value in table.items()}
    facts = [each for each in parsed.facts if each.article or each.field not in table]
    report = _corrected(parsed.report, table, REPORT_FIELDS, name=name)
    facts += [Fact(field, str(value), name) for field, value in table.items() if value != ""]
    articles = {each.number: each for each in parsed.articles}
    if len(articles) == 1 and articles[1].title == parsed.report.title:
        articles[1] = replace(articles[1], title=report.title)
    for each in tables:
        number = each.pop("number", None)
        if type(number) is not int or number not in articles:
            raise CorpusError(f"{name}: there is no article {number!r}; the numbers are 1 to {len(articles)}.")
        articles[number] = _corrected(articles[number], each, ARTICLE_FIELDS, name=name)
        facts = [fact for fact in facts if fact.article != number or fact.field not in each]
        facts += [Fact(field, str(value), name, None, number) for field, value in each.items() if value != ""]
    passages = tuple(replace(each, report=report, article=articles[each.article.number]) for each in parsed.passages)
    return replace(parsed, report=report, articles=tuple(articles.values()), passages=passages, facts=tuple(facts))


def _corrected(noun: Noun, table: dict[str, Any], fields: dict[str, type], *, name: str) -> Noun:
    for key, value in table.items():
        if key not in fields:
            raise CorpusError(f"{name}: there is no key '{key}'; the keys are {', '.join(fields)}.")
        if type(value) is not fields[key] and value != "":
            raise CorpusError(f"{name}: '{key}' is {'a number' if fields[key] is int else 'a string'}.")
        if key == "year" and value != "" and not 1 <= value <= 9999:
            raise CorpusError(f"{name}: 'year' is a year from 1 to 9999.")
        if key == "published" and value != "" and not PUBLISHED.fullmatch(value):
            raise CorpusError(f'{name}: \'published\' is a date such as "2023-05-18", "2023-05" or "2023".')
        if key == "title" and value == "":
            raise CorpusError(f"{name}: 'title' cannot be empty.")
    values: dict[str, Any] = {key: None if value == "" else value for key, value in table.items()}
    return replace(noun, **values)
