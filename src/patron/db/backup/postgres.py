"""PostgreSQL's own programs: `pg_dump` makes the backup; `pg_restore` reads it and `psql` restores it in a transaction.

The password goes to them in their environment, since anybody on the machine can read a command line.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import asyncpg

from patron.db.backup.files import BackupRefused, Tell, written_whole
from patron.db.migrations.run import CONNECT_SECONDS, behind

Environment = Mapping[str, str]

POLL_SECONDS = 0.2
COPY_BYTES = 1 << 16
LOCK_SECONDS = 10

_TABLES = (
    "SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()"
)
_SERVERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'patron'"
_END_OF_ROWS = "\\."


def back_up(url: str, file: Path, environment: Environment, tell: Tell) -> None:
    """Dump the database into a new file, in `pg_dump`'s custom format."""
    uri, password = without_password(url)
    command = ["--format=custom", "--no-password"]
    dump = _program("pg_dump", environment, f"pg_dump {' '.join(command)} --file='{file}' --dbname='{uri}'")
    with written_whole(file) as unfinished:
        arguments = [dump, *command, f"--file={unfinished}", f"--dbname={uri}"]
        with _running(arguments, {**environment, **password}) as process:
            while not _ended(process):
                tell(unfinished.stat().st_size, None)


async def restore(url: str, file: Path, environment: Environment, tell: Tell, *, force: bool) -> None:
    """Make the database what the file holds, in one transaction.

    Raises `NewerSchema`, and `BackupRefused` for a file that is no backup, while a server uses the database, and for a
    database that has tables already unless `force` says that they may go.
    """
    uri, password = without_password(url)
    by_hand = f"pg_restore --single-transaction --no-owner --no-privileges --dbname='{uri}' '{file}'"
    read, run = _program("pg_restore", environment, by_hand), _program("psql", environment, by_hand)
    check(file, environment)
    tables = await _tables(url)
    if tables and not force:
        raise BackupRefused("The database is not empty. Name another database, or replace it with --force.")
    drop = f"DROP TABLE {', '.join(tables)} CASCADE;\n" if tables else ""
    reading = [read, "--file=-", "--no-owner", "--no-privileges", str(file)]
    running = [run, "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", f"--dbname={uri}"]
    with _running(running, {**environment, **password}, takes_input=True) as target:
        assert target.stdin is not None
        target.stdin.write(f"BEGIN;\nSET LOCAL lock_timeout = '{LOCK_SECONDS}s';\n{drop}".encode())
        with _running(reading, environment, gives_output=True) as source:
            assert source.stdout is not None
            sent = 0
            while some := source.stdout.read(COPY_BYTES):
                target.stdin.write(some)
                tell(sent := sent + len(some), None)
        target.stdin.write(b"COMMIT;\n")  # without this line, psql's end undoes everything


def check(file: Path, environment: Environment) -> None:
    """Raises `BackupRefused` unless the file is a dump of Patron's database, `NewerSchema` if of a later version."""
    if not file.is_file():
        raise BackupRefused(f"There is no file {file}.")
    read = _program("pg_restore", environment, f"pg_restore --list '{file}'")
    lines: list[str] = []
    try:
        arguments = [read, "--file=-", "--data-only", "--table=alembic_version", str(file)]
        with _running(arguments, environment, gives_output=True) as source:
            assert source.stdout is not None
            lines = source.stdout.read().decode().splitlines()
    except BackupRefused as fault:
        raise BackupRefused(f"{file} is no backup that this pg_restore can read. {fault}") from None
    copied = [n for n, line in enumerate(lines) if line.startswith("COPY ")]
    if not copied or lines[copied[0] + 1] == _END_OF_ROWS:
        raise BackupRefused(f"{file} is a dump of a database, but not of one of Patron.")
    behind("postgresql", lines[copied[0] + 1])


def without_password(url: str) -> tuple[str, dict[str, str]]:
    """The URL that may stand on a command line, and the variable that holds the password, if there is one."""
    parts = urlsplit(url)
    user, _, password = parts.netloc.rpartition("@")[0].partition(":")
    place = parts.netloc.rpartition("@")[2]
    query = dict(parse_qsl(parts.query))
    secret = query.pop("password", unquote(password))
    netloc = f"{user}@{place}" if user else place
    uri = f"postgresql://{netloc}{parts.path}"
    return f"{uri}?{urlencode(query, quote_via=quote)}" if query else uri, {"PGPASSWORD": secret} if secret else {}


async def _tables(url: str) -> list[str]:
    session = await asyncpg.connect(
        url, timeout=CONNECT_SECONDS, server_settings={"application_name": "patron restore"}
    )
    try:
        if await session.fetchval(_SERVERS):
            raise BackupRefused("A server or a command of Patron's uses this database. Stop it first.")
        return [str(name) for (name,) in await session.fetch(_TABLES)]
    finally:
        await session.close()


def _program(name: str, environment: Environment, by_hand: str) -> str:
    path = shutil.which(name, path=environment.get("PATH"))
    if path is None:
        raise BackupRefused(
            f"{name} is not on the PATH. Install PostgreSQL's client programs, of the server's version or a later one "
            "(Debian, Ubuntu: apt install postgresql-client), or run this where they are, with PGPASSWORD set: "
            f"{by_hand}"
        )
    return path


@contextmanager
def _running(
    arguments: list[str], environment: Environment, *, takes_input: bool = False, gives_output: bool = False
) -> "Iterator[subprocess.Popen[bytes]]":
    """One of the programs, until the block ends and it does. Raises `BackupRefused` with its last words if it fails."""
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(
            arguments,
            env=dict(environment),
            stdin=subprocess.PIPE if takes_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE if gives_output else subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            with suppress(BrokenPipeError):  # it ended before it had read everything, and has said why
                yield process
                if process.stdin is not None:
                    process.stdin.close()
            process.wait()
        finally:
            _end(process)
        if process.returncode != 0:
            errors.seek(0)
            raise BackupRefused(errors.read().decode(errors="replace").strip() or f"{arguments[0]} failed.")


def _ended(process: "subprocess.Popen[bytes]") -> bool:
    """Whether the program has ended, after a little while."""
    with suppress(subprocess.TimeoutExpired):
        process.wait(POLL_SECONDS)
    return process.returncode is not None


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Whatever happened, the program is gone and its pipes are closed."""
    if process.poll() is None:
        process.kill()
        process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(BrokenPipeError):
                pipe.close()
