"""Where the command line prints: answers to standard output, remarks and errors to standard error."""

from collections.abc import Iterable

from rich.console import Console

OUT = Console(highlight=False, markup=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)


def print_table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """Columns of text, none cut off, so that an id can be copied and a line found by grep."""
    lines = [header, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for number, line in enumerate(lines):
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        OUT.print("  ".join(cells).rstrip(), style="dim" if number == 0 else None)
