"""What a test of faults tells of its rounds."""

from pathlib import Path


class Log:
    """The lines of one test."""

    def __init__(self, test: str) -> None:
        self._lines = [f"{test}"]

    def note(self, line: str) -> None:
        self._lines.append(f"  {line}")

    def append_to(self, file: Path) -> None:
        """Add the lines to those of the tests before."""
        with file.open("a") as out:
            out.write("\n".join([*self._lines, "", ""]))
