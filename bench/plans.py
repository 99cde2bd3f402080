"""What the database looks at for a request about redemptions, while the shop grows from a thousand to a million.

Every statement that the server runs for it is taken as it ran: on PostgreSQL with its plan, its rows and its buffers
(`auto_explain`), on SQLite with the steps of its machine, and its plan. None may scan what grows, nor look at more when
there is more. The total of a list that is narrowed by what grows too (all failures) is counted, and not asked here.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from statistics import median
from time import perf_counter
from typing import Annotated, Any

import typer
from rich.table import Table

from bench.ledger import Ledger, code_of, redemption_id_of
from bench.report import OUT
from bench.shop import id_of, source_id_of
from bench.watching import Run, Watch, on_postgres, on_sqlite

WARM_UP = 8
"""So often a request is sent first: PostgreSQL plans a statement for its values five times, then for all values."""
MORE_ROWS = 2
MORE_STEPS = 1.25
"""What may differ between two runs of one statement: rows of PostgreSQL's, and the share of SQLite's steps."""

SETTLED = 10_000
"""PostgreSQL rightly scans a table that fits into a few pages; from this size on it must not."""

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a request at one size: each statement that was run, by its text; and how long it took."""

    runs: dict[str, Run]
    milliseconds: float

    @property
    def looked_at(self) -> int:
        return sum(run.looked_at for run in self.runs.values())

    @property
    def buffers(self) -> int:
        return sum(run.buffers for run in self.runs.values())


Deed = Callable[[Watch, int], Callable[[], None]]
"""For the customer and voucher of some number: prepare, and what is to be looked at."""


def _asks(method: str, path: Callable[[int], str], body: Callable[[int], Body] | None = None) -> Deed:
    def deed(watch: Watch, n: int) -> Callable[[], None]:
        return lambda: _send(watch, method, path(n), None if body is None else body(n))

    return deed


def _send(watch: Watch, method: str, path: str, body: Body | None = None, *, status: int = 200) -> Any:
    answer = watch.send(method, path, body)
    if answer.status_code != status:
        raise SystemExit(f"{method} {path}: {answer.status_code} {answer.text}")
    return answer.json()


def _asked(n: int) -> Body:
    return {
        "redeemables": [{"object": "voucher", "id": code_of(n)}],
        "customer": {"source_id": source_id_of(n)},
        "order": {"amount": 20_000},
    }


def _refused(watch: Watch, n: int) -> Callable[[], None]:
    body = {**_asked(n), "redeemables": [{"object": "voucher", "id": f"NO-{code_of(n)}"}]}
    return lambda: _send(watch, "POST", "/v1/redemptions", body, status=404)


def _given_back(watch: Watch, n: int) -> Callable[[], None]:
    made = _send(watch, "POST", "/v1/redemptions", _asked(n))["redemptions"][0]["id"]
    return lambda: _send(watch, "POST", f"/v1/redemptions/{made}/rollback", {})


DEEDS: dict[str, Deed] = {
    "validate": _asks("POST", lambda _: "/v1/validations", _asked),
    "validate and hold": _asks(
        "POST", lambda _: "/v1/validations", lambda n: {**_asked(n), "session": {"type": "LOCK"}}
    ),
    "redeem": _asks("POST", lambda _: "/v1/redemptions", _asked),
    "redeem in vain": _refused,
    "roll back": _given_back,
    "a redemption": _asks("GET", lambda n: f"/v1/redemptions/{redemption_id_of(n)}"),
    "redemptions, newest": _asks("GET", lambda _: "/v1/redemptions?limit=10"),
    "redemptions, by code": _asks("GET", lambda _: "/v1/redemptions?limit=10&order=voucher_code"),
    "redemptions of a customer": _asks("GET", lambda n: f"/v1/redemptions?limit=10&customer={id_of(n)}"),
    "redemptions of a voucher": _asks("GET", lambda n: f"/v1/vouchers/{code_of(n)}/redemption"),
    "a voucher": _asks("GET", lambda n: f"/v1/vouchers/{code_of(n)}"),
    "a customer": _asks("GET", lambda n: f"/v1/customers/{source_id_of(n)}"),
    "a customer's feed": _asks("GET", lambda n: f"/v1/customers/{id_of(n)}/activity?limit=10"),
}
KINDS = {"PostgreSQL": on_postgres, "SQLite": on_sqlite}


def main(
    sizes: Annotated[str, typer.Option(help="How many of each, in turn; 300 at least.")] = "1000,10000,100000,1000000",
    rounds: Annotated[int, typer.Option(help="How often each request is looked at.")] = 3,
) -> None:
    """Look at validations, redemptions, rollbacks and their lists; ends with 1 where a plan is not by index."""
    steps = [int(size) for size in sizes.split(",")]
    sound = True
    for kind, place in KINDS.items():
        with place() as (url, watched):
            ledger, found = Ledger(url), []
            for size in steps:
                ledger.grow(size)
                with watched() as watch:
                    found.append(_look(watch, size, rounds))
        sound = _print(kind, steps, found) and sound
    if not sound:
        raise typer.Exit(1)


def _look(watch: Watch, size: int, rounds: int) -> dict[str, Found]:
    """What is found of each request; no two are about the same customer and voucher."""
    numbers = count(size // 3)
    return {name: _look_at(watch, deed, numbers, rounds) for name, deed in DEEDS.items()}


def _look_at(watch: Watch, deed: Deed, numbers: Iterator[int], rounds: int) -> Found:
    taken = []
    for _ in range(WARM_UP):
        do = deed(watch, next(numbers))
        begun = perf_counter()
        do()
        taken.append(perf_counter() - begun)
    most: dict[str, Run] = {}
    for _ in range(rounds):
        for run in watch.seen(deed(watch, next(numbers))):
            if run.sql not in most or run.looked_at > most[run.sql].looked_at:
                most[run.sql] = run
    return Found(most, median(taken) * 1_000)


def _print(kind: str, sizes: list[int], found: list[dict[str, Found]]) -> bool:
    """One table for each kind of database; whether all is by index."""
    what = "rows/buffers" if kind == "PostgreSQL" else "steps"
    heads = [f"{size:,}" for size in sizes]
    table = Table("", "SQL", *heads, "ms", "", title=f"{kind}: {what} looked at", title_justify="left")
    sound = True
    for name in DEEDS:
        all_sizes = [each[name] for each in found]
        settled = [each for size, each in zip(sizes, all_sizes, strict=True) if kind == "SQLite" or size >= SETTLED]
        told = sorted({fault for each in settled for fault in faults(kind, settled[0], each)})
        sound = sound and not told
        cells = [f"{each.looked_at}/{each.buffers}" if each.buffers else str(each.looked_at) for each in all_sizes]
        times = f"{all_sizes[0].milliseconds:.1f} → {all_sizes[-1].milliseconds:.1f}"
        table.add_row(name, str(len(all_sizes[-1].runs)), *cells, times, "by index" if not told else "not by index")
        for fault in told:
            OUT.print(f"{kind}, {name}: {fault}")
    OUT.print(table)
    return sound


def faults(kind: str, small: Found, large: Found) -> Iterator[str]:
    """What scans, and what looks at more than in the small shop."""
    for sql, run in large.runs.items():
        yield from (f"{fault}: {sql}" for fault in run.faults)
        before = small.runs.get(sql)
        if before is None:
            continue
        bound = before.looked_at + MORE_ROWS if kind == "PostgreSQL" else before.looked_at * MORE_STEPS
        if run.looked_at > bound:
            yield f"{before.looked_at} → {run.looked_at}: {sql}"


if __name__ == "__main__":
    typer.run(main)
