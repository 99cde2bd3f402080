"""Query strings: bracketed names, strict types, and refusals that name the parameter."""

import httpx
import pytest

from patron.http.queries import QueryDecoder
from tests.http.test_refusals import refused
from tests.http.toys import NotesQuery


def test_what_is_absent_has_its_default() -> None:
    query = QueryDecoder(NotesQuery).decode(b"")
    assert (query.limit, query.page, query.cursor, query.before, query.order) == (10, 1, None, None, "id")


@pytest.mark.parametrize("name", ["created_at[before]", "created_at%5Bbefore%5D", "created%5fat[before]"])
def test_a_bracketed_name_is_one_parameter(name: str) -> None:
    decoded = QueryDecoder(NotesQuery).decode(f"{name}=2024-01-01T00%3A00%3A00Z&limit=7".encode())
    assert (decoded.before, decoded.limit) == ("2024-01-01T00:00:00Z", 7)


def test_a_plus_in_a_query_is_a_space() -> None:
    assert QueryDecoder(NotesQuery).decode(b"created_at[before]=a+b%2Bc").before == "a b+c"


def test_of_two_values_the_last_one_counts() -> None:
    assert QueryDecoder(NotesQuery).decode(b"limit=1&limit=2").limit == 2


def test_the_word_null_is_a_word() -> None:
    assert QueryDecoder(NotesQuery).decode(b"created_at[before]=null").before == "null"


def test_unknown_parameters_are_ignored(client: httpx.Client) -> None:
    assert client.get("/v1/notes?unknown=1&&=&x").status_code == 200


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("limit=0", "limit: expected integer >= 1"),
        ("limit=101", "limit: expected integer <= 100"),
        ("limit=-1", "limit: expected integer >= 1"),
        ("limit=ten", "limit: expected integer, got string"),
        ("limit=", "limit: expected integer, got string"),
        ("limit=1.5", "limit: expected integer, got string"),
        ("limit=18446744073709551616", "limit: expected integer <= 100"),
        ("page=0", "page: expected integer >= 1"),
        ("order=name", "order: expected one of -id, id"),
        ("created_at[before]=%ff", "created_at[before]: expected percent-encoded UTF-8"),
        ("created_at[before]=a%00", "created_at[before]: expected text without the character NUL (%00)"),
        ("%ff=1", "query: expected percent-encoded UTF-8"),
        ("page=2&cursor=x", "page: expected none beside cursor"),
    ],
)
def test_a_fault_is_a_400_that_names_the_parameter(client: httpx.Client, query: str, told: str) -> None:
    answer = client.get(f"/v1/notes?{query}")
    assert refused(answer, 400, "invalid_query_params")["details"] == told


def test_a_page_past_99_is_a_400_that_names_the_way_on(client: httpx.Client) -> None:
    assert client.get("/v1/notes?page=99").status_code == 200
    assert "cursor goes on" in refused(client.get("/v1/notes?page=100"), 400, "page_over_limit")["details"]
