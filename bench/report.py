"""What every bench prints: ratios against a limit taken in the same run, as medians over rounds."""

from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

OUT = Console(width=120, highlight=False)


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure: its value in each round, and the least that is wanted (None: it is only reported)."""

    name: str
    rounds: list[float]
    least: float | None = None

    @property
    def median(self) -> float:
        return median(self.rounds)

    @property
    def missed(self) -> bool:
        return self.least is not None and self.median < self.least

    @property
    def verdict(self) -> str:
        if self.least is None:
            return "reported"
        return f"wanted ≥ {self.least:g}: {'missed' if self.missed else 'reached'}"


def print_ratios(title: str, ratios: list[Ratio]) -> bool:
    """Print a table; whether every wanted figure was reached."""
    table = Table("what", "median", "rounds", "", title=title, title_justify="left")
    for ratio in ratios:
        rounds = " ".join(f"{value:.2f}" for value in ratio.rounds)
        table.add_row(ratio.name, f"{ratio.median:.2f}", rounds, ratio.verdict)
    OUT.print(table)
    return not any(ratio.missed for ratio in ratios)
