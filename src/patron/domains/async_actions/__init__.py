"""Async actions: long work that a request has started, how far it is, and what became of each of its rows.

Nouns: `AsyncAction`, `Step`, `Behind`. Verbs: `begin`, `want_step`, `found`, `advance`, `FINISH`; `carrying_on` makes
the job. For rows that are read from a file or an array and carried out one by one: `Columns` says what a row of a file
makes, `of_file`, `of_list` and `of_names` cut what was sent into chunks, `starting` begins, `Deed` and `applying` carry
out. `Importable` is what a file of any size may bring, as `file_import` does it. Work comes in numbered chunks, each of
which is applied in one unit with the step that the action takes: its position, its counters and the report's rows all
move there or not at all, so that work that is killed goes on where it was.
"""

from patron.domains.async_actions.actions.begin import begin
from patron.domains.async_actions.actions.finish import FINISH, Finish, finish_of
from patron.domains.async_actions.actions.report import whole_report
from patron.domains.async_actions.actions.step import advance, found, want_step
from patron.domains.async_actions.applying import Deed, Done, FilePart, RowsChunk, applying
from patron.domains.async_actions.carrying_on import (
    GIVE_UP,
    ActionWork,
    Applied,
    Behind,
    Writes,
    applied,
    carrying_on,
)
from patron.domains.async_actions.file_import import Importable
from patron.domains.async_actions.files.cells import CellReaders
from patron.domains.async_actions.files.chunks import (
    Brought,
    Shared,
    file_rows,
    itself,
    list_rows,
    name_rows,
    of_file,
    of_list,
    of_names,
)
from patron.domains.async_actions.files.columns import CellReader, Columns, Layout, refuse_row
from patron.domains.async_actions.files.records import Records, text_of
from patron.domains.async_actions.files.rows import Row, Size, chunks_of, columns_of, csv_rows, ndjson_rows
from patron.domains.async_actions.policy import progress_of
from patron.domains.async_actions.starting import Carried, Plan, Start, carrying_rows, starting
from patron.domains.async_actions.store import BY_ID, BY_MARK
from patron.domains.async_actions.told import cell, cut, failed_in_file, failed_line

__all__ = [
    "BY_ID",
    "BY_MARK",
    "FINISH",
    "GIVE_UP",
    "ActionWork",
    "Applied",
    "Behind",
    "Brought",
    "Carried",
    "CellReader",
    "CellReaders",
    "Columns",
    "Deed",
    "Done",
    "FilePart",
    "Finish",
    "Importable",
    "Layout",
    "Plan",
    "Records",
    "Row",
    "RowsChunk",
    "Shared",
    "Size",
    "Start",
    "Writes",
    "advance",
    "applied",
    "applying",
    "begin",
    "carrying_on",
    "carrying_rows",
    "cell",
    "chunks_of",
    "columns_of",
    "csv_rows",
    "cut",
    "failed_in_file",
    "failed_line",
    "file_rows",
    "finish_of",
    "found",
    "itself",
    "list_rows",
    "name_rows",
    "ndjson_rows",
    "of_file",
    "of_list",
    "of_names",
    "progress_of",
    "refuse_row",
    "starting",
    "text_of",
    "want_step",
    "whole_report",
]
