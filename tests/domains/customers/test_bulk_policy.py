"""What a row makes of a profile, how files fall into rows and chunks, and what a report tells: pure."""

import asyncio
import io
from collections.abc import Mapping
from itertools import islice
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patron.db.rulebook import Rulebook
from patron.domains.async_actions import (
    CellReader,
    CellReaders,
    Columns,
    Records,
    Row,
    chunks_of,
    columns_of,
    csv_rows,
    text_of,
)
from patron.domains.async_actions.files.records import BadRecord
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.policy import operation_status_of, progress_of, report_files_of, stepped
from patron.domains.customers.bulk.chunks import of_csv, of_metadata
from patron.domains.customers.bulk.columns import CustomerColumns
from patron.domains.customers.bulk.report import RowOutcome, changes_of, failure_of, line_of
from patron.domains.customers.model import Customer
from patron.domains.customers.policy import new_customer, replaced
from patron.domains.customers.wire import AddressIn, CustomerIn
from patron.domains.metadata_schemas.model import METADATA_SCHEMAS, Definition, MetadataSchema, Type
from patron.kernel.problems import Problem

ACTION = AsyncAction("p", "aa", "CUSTOMERS.IMPORT_CSV", "ENQUEUED", "v-1", "", "{}", 0, 10, 0, 0, 0, None, 5, 5)


def records_of(content: bytes) -> list[list[str] | str]:
    records = Records(text_of(io.BytesIO(content)))
    return [each.reason if isinstance(each, BadRecord) else each for each in records]


def test_a_row_replaces_what_its_owner_may_send_and_nothing_else() -> None:
    old = new_customer("p", "c", "s", CustomerIn(name="Ada", phone=None, metadata={"a": 1}), 5)
    after = replaced(old, CustomerIn(email="e"), 9)
    assert (after.id, after.source_id, after.created_at, after.updated_at) == ("c", "s", 5, 9)
    assert (after.name, after.phone, after.nulls, after.metadata, after.email) == (None, None, "", None, "e")


def test_whatever_a_row_cannot_say_outlives_being_replaced() -> None:
    """Columns that the server writes are kept, those too that come later: revoked links stay revoked."""
    sent = ("name", "description", "email", "phone", "birthday", "birthdate", "nulls", "address", "city", "metadata")
    kept: dict[str, Any] = {
        field: f"the {field}" for field in Customer.__struct_fields__ if field not in (*sent, "updated_at")
    }
    assert "links_revoked_at" in kept
    old = msgspec.structs.replace(new_customer("p", "c", "s", CustomerIn(name="Ada"), 5), **kept)
    after = replaced(old, CustomerIn(email="e"), 9)
    assert {field: getattr(after, field) for field in kept} == kept
    assert (after.name, after.email, after.updated_at) == (None, "e", 9)


def test_a_row_that_says_the_same_in_other_words_changes_nothing() -> None:
    old = new_customer("p", "c", "s", CustomerIn(metadata={"a": 1, "b": 2}, address=AddressIn(city="x")), 5)
    assert replaced(old, CustomerIn(metadata={"b": 2, "a": 1}, address=AddressIn(city="x")), 9) is old
    assert replaced(old, CustomerIn(metadata={"b": 2, "a": True}, address=AddressIn(city="x")), 9) is not old


def test_changes_name_what_is_set_and_what_is_cleared() -> None:
    old = new_customer("p", "c", "s", CustomerIn(name="Ada", phone="1", metadata={"a": 1, "b": 2}), 5)
    new = replaced(old, CustomerIn(name="Grace", metadata={"b": 2, "c": 3}), 9)
    assert changes_of(old, new) == ["name", "metadata.c", "-phone", "-metadata.a"]
    assert changes_of(None, new) == ["name", "metadata.b", "metadata.c"]
    assert changes_of(new, new) == []


def test_an_unclosed_quote_costs_its_own_line() -> None:
    assert records_of(b'a,b\n1,"x\n2,y\n3,z\n')[1:] == [
        'a quote (") opens here that is not closed',
        ["2", "y"],
        ["3", "z"],
    ]


def test_what_would_be_read_again_for_ever_is_refused() -> None:
    """Each of these lines opens a quote that only the bound of a record ends: read again, it is quadratic."""
    records = Records(text_of(io.BytesIO(b'x","""\n' * 400_000)))
    with pytest.raises(Problem, match="too many such rows"):
        list(islice(records, 20))


def test_many_quotes_that_nothing_closes_are_no_reason_to_refuse_a_file() -> None:
    rows = [f'{n},"never' if n % 50 == 0 else f'{n},"some ""text"" and so on"' for n in range(100_000)]
    records = records_of("\n".join(rows).encode())
    assert len(records) == 100_000
    assert [n for n, each in enumerate(records) if isinstance(each, str)] == list(range(0, 100_000, 50))


async def test_others_have_their_turns_while_a_file_is_read() -> None:
    reading = asyncio.create_task(of_csv(b"Source_id\na\n" + b"\n" * 300_000 + b"b\n"))
    turns = 0
    while not reading.done():
        await asyncio.sleep(0)
        turns += 1
    assert (await reading).total == 2
    assert turns > 20


cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)


@given(st.lists(st.lists(cells, min_size=2, max_size=2), min_size=1, max_size=5), st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_is_written_as_csv_is_read_as_it_was(table: list[list[str]], end: str) -> None:
    text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + end for row in table)
    assert records_of(text.encode()) == table


@given(st.binary(max_size=200))
def test_any_bytes_are_records_or_one_refusal(content: bytes) -> None:
    try:
        records = records_of(b"Source_id,b\n" + content)
    except Problem as refusal:
        details = refusal.details
    else:
        details = "UTF-8"
        assert all(isinstance(each, list | str) for each in records)
    assert "UTF-8" in details


def test_chunks_are_bounded_by_rows_and_by_size_and_keep_the_order() -> None:
    rows: list[tuple[Row[CustomerIn], int]] = [(Row(n, "", None), 40 if n == 3 else 1) for n in range(7)]
    chunks = list(chunks_of(rows, most_rows=3, most_size=40))
    assert [[row.number for row in chunk] for chunk in chunks] == [[0, 1, 2], [3], [4, 5, 6]]


async def test_chunks_are_bounded_by_what_their_rows_make() -> None:
    brought = await of_metadata([f"s{n}" for n in range(100)], {"a": "x" * 60_000, "b": "x" * 40_000})
    assert (brought.total, [content.count("s") for content in brought.contents]) == (100, [3] * 33 + [1])
    head = ",".join(["Source_id", *(f"{n:03}{'c' * 247}" for n in range(400))])
    brought = await of_csv(f"{head}\n{'a' + ',1' * 400}\n{'b,' * 400}\n{'c' + ',1' * 400}\n".encode())
    assert [sum(f'"{name}",' in content for name in "abc") for content in brought.contents] == [3]
    brought = await of_csv((head + ("\na" + ",1" * 400) * 9).encode())
    assert [content.count('"a"') for content in brought.contents] == [3, 3, 3]
    rows = csv_rows(*_columns_and_records(f"{head}\n{'a' + ',1' * 400}\n".encode()))
    assert [size for _, size in rows] == [401 + len(head) - 400]


def _columns_and_records(content: bytes) -> tuple[Columns[CustomerIn], Records]:
    records = Records(text_of(io.BytesIO(content)))
    return columns_of(CustomerColumns, records, {}), records


async def test_more_chunks_than_a_unit_should_keep_are_refused() -> None:
    with pytest.raises(Problem, match="at most 60000 rows at a time"):
        await of_metadata(["s"] * 60_001, {f"k{n}": "x" * 60_000 for n in range(5)})


def test_a_report_tells_the_beginning_of_long_texts() -> None:
    new = new_customer("p", "c", "s", CustomerIn(metadata={f"{n:0250}": n for n in range(1_000)}), 5)
    refused = RowOutcome(1, "s" * 100_000, problem=Problem(400, "k", "m", "d" * 100_000))
    assert len(line_of(RowOutcome(1, "s", None, new), dry_run=True)) < 1_100
    assert len(line_of(refused, dry_run=False)) < 2_100
    assert refused.problem is not None
    failure = failure_of(refused, refused.problem, in_file=False)
    assert (len(str(failure.source_id)), len(str(failure.details))) == (1_000, 1_000)


def test_cells_are_read_by_the_type_of_their_column() -> None:
    records = Records(text_of(io.BytesIO(b"Source_id,n\na,5\n")))
    columns = columns_of(CustomerColumns, records, {"n": int})
    [(row, _)] = csv_rows(columns, records)
    assert row.said is not None
    assert row.said.metadata == {"n": 5}


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "7", 7),
        ("number", "-1.5e3", -1500.0),
        ("number", "seven", "seven"),
        ("number", "0x7", "0x7"),
        ("number", "NaN", "NaN"),
        ("boolean", "true", True),
        ("boolean", "FALSE", False),
        ("boolean", "null", None),
        ("boolean", "yes", "yes"),
        ("date", "2000-01-01", "2000-01-01"),
        ("string", "007", "007"),
    ],
)
def test_cells_are_read_as_the_schema_types_them(kind: Type, text: str, value: object) -> None:
    """What is not of its type stays text, for the schema's own check to refuse."""
    readers = _readers(kind, array=False)
    assert readers["k"](text) == value
    assert type(readers["k"](text)) is type(value)


def test_an_array_is_one_cell_with_commas() -> None:
    assert _readers("number", array=True)["k"]("1, 2.5,x") == [1, 2.5, "x"]


def _readers(kind: Type, *, array: bool) -> Mapping[str, CellReader]:
    definitions = msgspec.json.encode({"k": Definition(type=kind, array=array, optional=True)}).decode()
    schema = MetadataSchema("p", "ms", "customer", definitions, None, 1, None, None, 1)
    return CellReaders(Rulebook("p", 1, {METADATA_SCHEMAS: {("p", "ms"): schema}})).of("customer")


@pytest.mark.parametrize(
    ("changes", "progress", "operation"),
    [
        ({}, 0, "UNKNOWN"),
        ({"passed": 5}, 50, "UNKNOWN"),
        ({"passed": 10}, 99, "UNKNOWN"),
        ({"status": "DONE", "done_count": 1, "failed_count": 9}, 100, "SUCCESS"),
        ({"status": "DONE"}, 100, "SUCCESS"),
        ({"status": "DONE", "failed_count": 1}, 100, "FAILED"),
        ({"status": "FAILED", "done_count": 1}, 100, "FAILED"),
    ],
)
def test_an_action_tells_how_far_it_is_and_how_it_ended(changes: dict[str, Any], progress: int, operation: str) -> None:
    action = AsyncAction(**{field: getattr(ACTION, field) for field in ACTION.__struct_fields__} | changes)
    assert (progress_of(action), operation_status_of(action)) == (progress, operation)


def test_a_step_moves_position_counters_and_progress_together() -> None:
    after = stepped(ACTION, done=3, failed=1, passed=4, now=9)
    assert (after.position, after.done_count, after.failed_count, after.passed, after.updated_at) == (1, 3, 1, 4, 9)
    assert after.status == "IN_PROGRESS"


@pytest.mark.parametrize(("chunks", "files"), [(0, 0), (1, 1), (400, 1), (401, 2)])
def test_a_long_report_comes_in_several_files(chunks: int, files: int) -> None:
    action = AsyncAction(**{field: getattr(ACTION, field) for field in ACTION.__struct_fields__} | {"position": chunks})
    assert report_files_of(action) == files
