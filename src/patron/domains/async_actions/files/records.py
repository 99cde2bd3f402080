"""CSV as records (spec C 2.6): whatever the text is, each record comes out as its cells or as a fault of its own."""

import csv
import io
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, TextIO, cast

from patron.kernel.problems import Problem, invalid_payload

LONGEST_RECORD = 2_000_000
"""Characters of a record, over all its lines; one field has at most csv's own 131,072."""
AGAIN_AT_FIRST = 4 * LONGEST_RECORD
AGAIN_PER_CHARACTER = 2
"""How many characters may be read again in all: so many, and so many more for each that the file has had so far.
Quotes that nothing closes, each up to the next one, need one or two; what needs more was made to need it."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


class BadRecord:
    """A record that cannot be used; `reason` says what is wrong with it, `name` whose it is, where that is known."""

    __slots__ = ("name", "reason")

    def __init__(self, reason: str, name: str = "") -> None:
        self.reason = reason
        self.name = name


Record = list[str] | BadRecord


def text_of(file: BinaryIO) -> TextIO:
    """The file as text: UTF-8 with or without a byte order mark, or UTF-16 with one.

    No other encoding is guessed: a wrong guess would spoil names without anybody's noticing.
    """
    buffered = io.BufferedReader(cast(io.RawIOBase, file))
    start = buffered.peek(4)[:4]
    encoding = next((name for mark, name in _MARKS if start.startswith(mark)), "utf-8")
    return io.TextIOWrapper(buffered, encoding=encoding, newline="")


def undecodable(fault: UnicodeDecodeError, record: int) -> Problem:
    """400 for a file in another encoding; `record` is the last one that could be read."""
    found = f"0x{fault.object[fault.start]:02x}" if fault.start < len(fault.object) else "the end"
    return invalid_payload(
        f"file: expected UTF-8, or UTF-16 with a byte order mark; after row {record} came {found}. "
        "Save it again as 'CSV UTF-8'."
    )


class Records:
    """Iterates over the records of a CSV text; a line without anything in it is one without cells.

    Memory is bounded by `LONGEST_RECORD`. A record that cannot be read costs its first line alone: after a quote
    that nothing closes, the lines that it has swallowed are read again by themselves. `number` counts the records
    as a spreadsheet does, empty lines included, from zero: the header is 0, so that a row has its own number.
    No cell has a NUL, which PostgreSQL cannot keep: a record with one is a bad one. Raises Problem 400 where the
    text is in no known encoding, and where too much of it would have to be read again.
    """

    def __init__(self, text: TextIO) -> None:
        self._lines = _Lines(text)
        self._reader = csv.reader(self._lines, strict=True)
        self.number = -1

    def __iter__(self) -> Iterator[Record]:
        lines, reader = self._lines, self._reader
        while True:
            lines.begin()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as fault:
                yield self._bad(_REASONS.get(str(fault).split("(")[0].strip(), f"expected CSV: {fault}"))
            except _TooLong:
                yield self._bad(f"expected a row of at most {LONGEST_RECORD} characters")
            except UnicodeDecodeError as fault:
                raise undecodable(fault, max(self.number, 0)) from None
            else:
                self.number += 1
                yield BadRecord(_NUL) if "\0" in "".join(cells) else cells

    def _bad(self, reason: str) -> BadRecord:
        self.number += 1
        if not self._lines.give_back():
            raise invalid_payload(
                f"file: row {self.number}: {reason}. There are too many such rows to look for the end of each: "
                "expected the quotes of every cell to be closed."
            )
        return BadRecord(reason)


_NUL = "expected text without the character NUL"
_UNCLOSED = 'a quote (") opens here that is not closed'
_REASONS = {
    "unexpected end of data": _UNCLOSED,
    "field larger than field limit": f"a cell has more than {csv.field_size_limit()} characters, or {_UNCLOSED}",
    "',' expected after '\"'": 'expected a comma after a closing quote; a quote inside of quotes is written twice ("")',
}


class _TooLong(Exception):
    """A record passed the bound."""


class _Lines:
    """The lines of a text, with those of the record that is being read kept, to be given back."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self._again: deque[str] = deque()
        self._taken: list[str] = []
        self._size = 0
        self._may_repeat = AGAIN_AT_FIRST

    def begin(self) -> None:
        """A new record."""
        self._taken.clear()
        self._size = 0

    def give_back(self) -> bool:
        """Read all lines but the first of this record again; whether the file may still ask for so much."""
        again = self._taken[1:]
        self._may_repeat -= sum(map(len, again))
        self._again.extendleft(reversed(again))
        return self._may_repeat >= 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else self._fresh()
        if not line:
            raise StopIteration
        self._size += len(line)
        self._taken.append(line)
        if self._size > LONGEST_RECORD:
            if len(line) > LONGEST_RECORD:
                self._skip_rest()
            raise _TooLong
        return line

    def _fresh(self) -> str:
        line = self._text.readline(LONGEST_RECORD + 1)
        self._may_repeat += AGAIN_PER_CHARACTER * len(line)
        return line

    def _skip_rest(self) -> None:
        rest = self._taken.pop()
        if not self._taken:
            self._taken.append("")
        while rest and not rest.endswith(("\n", "\r")):
            rest = self._text.readline(LONGEST_RECORD)
