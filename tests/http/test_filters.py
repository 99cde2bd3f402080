"""Filters in a query: every way in which clients write them is one and the same filter."""

from typing import Any
from urllib.parse import quote

import msgspec
import pytest

from patron.http.filters import Filters
from patron.http.queries import QueryDecoder
from patron.kernel.problems import Problem


class _Query(msgspec.Struct, frozen=True, kw_only=True):
    limit: int = 10
    filters: Filters = None


DECODE = QueryDecoder(_Query).decode
CODES = "filters[code][conditions]"


def filters_of(query: str) -> Any:
    return DECODE(quote(query, safe="=&").encode()).filters


def test_a_query_without_filters_has_none() -> None:
    assert DECODE(b"limit=3") == _Query(limit=3, filters=None)


@pytest.mark.parametrize(
    "query",
    [
        f"{CODES}[$in][]=A&{CODES}[$in][]=B",
        f"{CODES}[$in][0]=A&{CODES}[$in][1]=B",
        f"{CODES}[$in]=A&{CODES}[$in]=B",
        f"{CODES}[$in]=['A', 'B']",
        f'{CODES}[$in]=["A","B"]',
        f"{CODES}[$in]=[A, B]",
    ],
)
def test_several_values_are_given_as_any_client_gives_lists(query: str) -> None:
    assert filters_of(query) == {"code": {"conditions": {"$in": ["A", "B"]}}}


def test_a_quoted_value_of_a_list_may_hold_anything() -> None:
    text = r"""['it\'s', "a, b", '[x]', 7]"""
    assert filters_of(f"{CODES}[$in]={text}") == {"code": {"conditions": {"$in": ["it's", "a, b", "[x]", "7"]}}}


@pytest.mark.parametrize("text", ["[A", "A]", "['A' 'B']", "['A', ]", "[[A]]", "A, B", ""])
def test_what_is_no_list_is_one_text(text: str) -> None:
    assert filters_of(f"{CODES}[$is]={text}") == {"code": {"conditions": {"$is": [text]}}}


def test_fields_may_have_dots_and_stand_together() -> None:
    query = f"filters[junction]=or&{CODES}[$is]=A&filters[metadata.a.b][conditions][$has_value]=true"
    assert filters_of(query) == {
        "junction": "or",
        "code": {"conditions": {"$is": ["A"]}},
        "metadata.a.b": {"conditions": {"$has_value": ["true"]}},
    }


def test_groups_are_written_by_position() -> None:
    query = "filters[$or][0][code][conditions][$is]=A&filters[$or][1][code][conditions][$is]=B"
    either = [{"code": {"conditions": {"$is": [code]}}} for code in "AB"]
    assert filters_of(query) == {"$or": either}


def test_operators_may_stand_without_conditions() -> None:
    assert filters_of("filters[active][$enabled]=") == {"active": {"conditions": {"$enabled": [""]}}}


@pytest.mark.parametrize(
    "query",
    [
        "filters=A",
        "filters[code=A",
        "filters[code]x=A",
        f"{CODES}=A&{CODES}[$is]=A",
        f"{CODES}[$is]=A&{CODES}=A",
        "filters" + "[$not]" * 30 + "=A",
    ],
)
def test_what_is_no_filter_is_refused_by_name(query: str) -> None:
    with pytest.raises(Problem) as refusal:
        filters_of(query)
    assert (refusal.value.status, refusal.value.key) == (400, "invalid_query_params")
    assert str(refusal.value.details).startswith("filters")
