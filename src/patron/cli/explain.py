"""What an operator is told when something cannot be done: the cause in a sentence, and the remedy."""

import apsw
import asyncpg

from patron.cli.one_server import AlreadyServing
from patron.config import SettingError
from patron.db.backup.files import BackupRefused
from patron.db.migrations.run import NewerSchema
from patron.domains.projects.actions.open_project import Conflict
from patron.kernel.problems import Problem
from patron.queue.by_hand import NotPossible
from patron.running import Backlog

_INFIX = {"server": "APP", "client": "CLIENT", "management": "MANAGEMENT"}

_OF_THE_FILE: tuple[tuple[type[apsw.Error], str], ...] = (
    (apsw.CantOpenError, "names a file that cannot be opened. Make its folder, and let this user write there."),
    (apsw.NotADBError, "names a file that is no SQLite database. Name another one."),
    (apsw.ReadOnlyError, "names a file that this user may not write. Change its owner or its mode."),
    (apsw.BusyError, "names a file that another program has locked. Try again when that one is done."),
    (apsw.CorruptError, "names a file that is damaged. Restore a backup."),
    (apsw.FullError, "names a file on a disk that is full. Make room."),
)

EXPLAINED: tuple[type[Exception], ...] = (
    AlreadyServing,
    BackupRefused,
    Backlog,
    Conflict,
    NewerSchema,
    NotPossible,
    Problem,
    SettingError,
    OSError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InsufficientPrivilegeError,
    *(kind for kind, _ in _OF_THE_FILE),
)
"""The faults that are an operator's to mend; any other is ours, and comes with its traceback."""


def explain(fault: Exception) -> str:
    """One or two sentences for one of `EXPLAINED`."""
    match fault:
        case Conflict():
            return _of_bootstrap(fault)
        case Problem(status=503):
            return f"{fault.details} Look at PATRON_DATABASE_URL if it stays so."
        case Problem():
            return fault.details
        case apsw.Error():
            sentence = next(sentence for kind, sentence in _OF_THE_FILE if isinstance(fault, kind))
            return f"PATRON_DATABASE_URL {sentence}"
        case asyncpg.InvalidCatalogNameError():
            return f"PATRON_DATABASE_URL: {fault}. Create it with: createdb NAME"
        case asyncpg.PostgresError():
            return f"PATRON_DATABASE_URL: PostgreSQL answers: {fault}"
        case OSError():
            return f"{fault.strerror or fault}. Look at PATRON_DATABASE_URL, PATRON_HOST and PATRON_PORT."
        case _:
            return str(fault)


def _of_bootstrap(fault: Conflict) -> str:
    names = " and ".join(f"PATRON_BOOTSTRAP_{_INFIX[kind]}_…" for kind in fault.kinds)
    return (
        f"{names} differ from the keys that this database was first started with. Set them as they were, "
        "or remove the PATRON_BOOTSTRAP_… variables and manage keys with `patron keys`."
    )
