"""Where the command line prints: answers to standard output, remarks and errors to standard error."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

OUT = Console(highlight=False, markup=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def print_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Columns of text, none cut off, so that an id can be copied and a line found by grep."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        OUT.print("  ".join(cells).rstrip(), style="dim" if number == 0 else None)


@contextmanager
def progress(doing: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show on a terminal how far something long has come; gives what to tell that to: bytes done, of how many."""
    shown = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeElapsedColumn(),
        console=ERR,
        transient=True,
    )
    with shown:
        task = shown.add_task(doing, total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
