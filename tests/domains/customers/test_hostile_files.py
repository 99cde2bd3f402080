"""Files that nobody should send: what can be used of them is used, the rest is told by its number, nothing is lost."""

from dataclasses import dataclass

import httpx
import pytest

from tests.domains.customers.conftest import a_source_id, ok
from tests.http.test_refusals import refused
from tests.support.imports import imported, report_of


@dataclass(frozen=True, slots=True)
class File:
    """A file in which `S` stands for a source_id of the test's own: the names of S1, S2 … that it must leave behind,
    and the numbers of the rows that must fail with a word of their reasons.
    """

    name: str
    content: bytes
    names: tuple[str | None, ...] = ()
    failed: tuple[tuple[int, str], ...] = ()


HEAD = b"Source_id,Name\n"
LONG = b"x" * 131_073


def _wide(columns: int, name: bytes, cell: bytes) -> bytes:
    """A header with so many columns more, and a row that has this in each of them."""
    return HEAD[:-1] + b"".join(b",c%d" % n for n in range(columns)) + b"\nS1," + name + (b"," + cell) * columns + b"\n"


FILES = [
    File("a byte order mark", b"\xef\xbb\xbf" + HEAD + b"S1,Zo\xc3\xab\n", ("Zoë",)),
    File("utf-16, little end first", "\ufeffSource_id,Name\nS1,Łukasz\n".encode("utf-16-le"), ("Łukasz",)),
    File("utf-16, big end first", "\ufeffSource_id,Name\nS1,大阪\n".encode("utf-16-be"), ("大阪",)),
    File("lines as on Windows", b"Source_id,Name\r\nS1,a\r\nS2,b\r\n", ("a", "b")),
    File("lines as on an old Mac", b"Source_id,Name\rS1,a\rS2,b\r", ("a", "b")),
    File("lines of all kinds", b"Source_id,Name\r\nS1,a\nS2,b\rS3,c", ("a", "b", "c")),
    File("no end of the last line", HEAD + b"S1,a", ("a",)),
    File("a header alone", HEAD),
    File("one column", b"Source_id\nS1\nS2\n", ("", "")),
    File("empty lines", HEAD + b"\n\nS1,a\n\n\nS2,b\n\n", ("a", "b")),
    File("lines of commas", HEAD + b",\nS1,a\n,,\n", ("a",), ((1, "Source_id"), (3, "has 3"))),
    File("quoted line breaks", HEAD + b'S1,"a\nb\r\nc"\nS2,d\n', ("a\nb\r\nc", "d")),
    File("quotes in quotes", HEAD + b'S1,"say ""hi"", she said"\n', ('say "hi", she said',)),
    File("a quote in the middle of a cell", HEAD + b'S1,5" pipe\nS2,b\n', ('5" pipe', "b")),
    File("a quote that nothing closes", HEAD + b'S1,a\nS2,"b\nS3,c\n', ("a", None, "c"), ((2, "not closed"),)),
    File("a quote closed too early", HEAD + b'S1,"a"b\nS2,c\n', (None, "c"), ((1, "comma"),)),
    File("ragged rows", HEAD + b"S1,a\nS2\nS3,b,c\nS4,d\n", ("a", None, None, "d"), ((2, "has 1"), (3, "has 3"))),
    File("formulas", HEAD + b"S1,=1+1\nS2,=cmd|'/C x'!A0\nS3,@x\nS4,-1\n", ("=1+1", "=cmd|'/C x'!A0", "@x", "-1")),
    File("NUL in a cell", HEAD + b"S1,a\x00b\nS2,c\n", (None, "c"), ((1, "NUL"),)),
    File("NUL in a source_id", HEAD + b"S1\x00,a\nS2,c\n", (None, "c"), ((1, "NUL"),)),
    File("NUL in a row that is too long", HEAD + b"S1\x00,a,b\nS2,c\n", (None, "c"), ((1, "NUL"),)),
    File("NUL in a metadata cell", HEAD[:-1] + b",t\nS1,a,\x00\nS2,c,\n", (None, "c"), ((1, "NUL"),)),
    File("control characters", HEAD + b"S1,a\x01\x02\x1b\x7fb\n", ("a\x01\x02\x1b\x7fb",)),
    File("separators of lines elsewhere", HEAD + "S1,a\u2028b\x85c\x0bd\x0ce\n".encode(), ("a\u2028b\x85c\x0bd\x0ce",)),
    File("a cell longer than any", HEAD + b"S1," + LONG + b"\nS2,b\n", (None, "b"), ((1, "characters"),)),
    File("a quoted cell longer than any", HEAD + b'S1,"' + LONG + b'"\nS2,b\n', (None, "b"), ((1, "characters"),)),
    File("a line longer than any", HEAD + b"S1," + b"x,y" * 1_000_000 + b"\nS2,b\n", (None, "b"), ((1, "characters"),)),
    File("a name longer than allowed", HEAD + b"S1," + b"n" * 501 + b"\nS2,b\n", (None, "b"), ((1, "name"),)),
    File("10,000 columns", _wide(9_998, b"a", b""), ("a",)),
    File("too many values", _wide(1_001, b"a", b"1") + b"S2,b" + b"," * 1_001, (None, "b"), ((1, "metadata"),)),
    File("a header with spaces around", b" Source_id , Name \nS1,a\n", ("a",)),
    File("quoted headers", b'"Source_id","Name"\n"S1","a"\n', ("a",)),
    File("spaces in cells are kept", HEAD + b"S1, a \n", (" a ",)),
    File("emoji and both directions", HEAD + "S1,👩‍👩‍👧 אבג \u202eabc\n".encode(), ("👩‍👩‍👧 אבג \u202eabc",)),
    File("a source_id that looks like a path", HEAD + b"S1/../../x,a\nS2,b\n", (None, "b")),
    File("SQL", HEAD + b"S1,'); DROP TABLE customers;--\n", ("'); DROP TABLE customers;--",)),
    File("the same row twice", HEAD + b"S1,a\nS1,b\n", ("b",)),
]  # fmt: skip

REFUSED = [
    ("an empty file", b"", "empty"),
    ("nothing but lines", b"\n\n\r\n", "empty"),
    ("a byte order mark alone", b"\xef\xbb\xbf", "empty"),
    ("semicolons", b"Source_id;Name\nx;a\n", "commas"),
    ("tabs", b"Source_id\tName\nx\ta\n", "commas"),
    ("no column to find customers by", b"Name,Email\na,b\n", "Source_id"),
    ("a column twice", b"Source_id,tag,tag\nx,1,2\n", "tag"),
    ("a column twice in two spellings", b"Source_id,City,Address_City\nx,1,2\n", "City"),
    ("a column without a name", b"Source_id,,Name\nx,1,2\n", "column 2"),
    ("a column with a very long name", b"Source_id," + b"n" * 256 + b"\nx,1\n", "column 2"),
    ("NUL in the header", b"Source_id,a\x00b\nx,1\n", "NUL"),
    ("more than 10,000 columns", b"Source_id," + b",".join(b"c%d" % n for n in range(10_000)) + b"\n", "10000"),
    ("a header that is never closed", b'"Source_id,Name\nx,a\n', "header"),
    ("Western European text of Windows", b"Source_id,Name\nx,Zo\xeb\n", "UTF-8"),
    ("Latin text far down", b"Source_id,Name\n" + b"x,y\n" * 5_000 + b"x,Zo\xeb\n", "UTF-8"),
    ("UTF-16 without a mark", "Source_id,Name\nx,a\n".encode("utf-16-le"), "header"),
    ("quotes that open and close for ever", HEAD + b'x","""\n' * 1_200_000, "quotes"),
    ("half a surrogate pair", b"\xff\xfe" + "Source_id\n".encode("utf-16-le") + b"\x00\xd8\n\x00", "UTF-8"),
    ("a spreadsheet", b"PK\x03\x04\x14\x00\x06\x00\x08\x00" + bytes(range(256)) * 10, "file"),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10, "file"),
]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_what_can_be_used_is_used_and_the_rest_is_told(client: httpx.Client, file: File) -> None:
    base = a_source_id()
    mark = f"{base}-"
    content = file.content
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        content = content.decode("utf-16").replace("S1", f"{mark}1").encode("utf-16")
    else:
        for n in range(1, 5):
            content = content.replace(b"S%d" % n, f"{mark}{n}".encode())
    action = imported(client, content)
    assert action["status"] == "DONE"
    told = action["result"]["failed"]
    assert [row["row"] for row in told] == [number for number, _ in file.failed]
    assert all(word in row["reason"] for row, (_, word) in zip(told, file.failed, strict=True))
    assert len(report_of(action)) == action["result"]["done_count"] + len(file.failed)
    for n, name in enumerate(file.names, 1):
        answer = client.get(f"/v1/customers/{mark}{n}")
        if name is None:
            assert answer.status_code == 404
        else:
            assert ok(answer).get("name", "") == name


@pytest.mark.parametrize(("content", "word"), [each[1:] for each in REFUSED], ids=[each[0] for each in REFUSED])
def test_what_is_no_csv_of_customers_is_a_400_and_begins_nothing(
    client: httpx.Client, content: bytes, word: str
) -> None:
    before = client.get("/v1/async-actions", params={"limit": 1}).json()
    answer = client.post("/v1/customers/importCSV", files={"file": content})
    assert word in refused(answer, 400, "invalid_payload")["details"]
    assert client.get("/v1/async-actions", params={"limit": 1}).json() == before


def test_a_file_of_10_mb_is_taken_and_one_byte_more_is_not(client: httpx.Client) -> None:
    source_id = a_source_id()
    head = f"Source_id,Name,note\n{source_id},Ada,".encode()
    row = b"\n,,"
    fill = b"x" * 60_000
    rows = head + fill + (row + fill) * 173
    content = rows + row + b"x" * (10_485_760 - len(rows) - len(row))
    assert len(content) == 10_485_760
    action = imported(client, content)
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (1, 174)
    refused(client.post("/v1/customers/importCSV", files={"file": content + b"x"}), 413, "payload_too_large")
