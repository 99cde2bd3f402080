"""`patron worker`"""

import uvloop

from patron import running
from patron.cli.screen import OUT
from patron.cli.serve import HOST, PORT, chosen_settings
from patron.config import SettingError


def worker(host: HOST = None, port: PORT = None) -> None:
    """Run background jobs until SIGTERM or Ctrl-C, beside servers that share one PostgreSQL.

    `patron serve` runs jobs too, unless PATRON_WORKER=off: workers of their own keep long jobs away from the API, and
    may be as many as you like. What a stopped or killed worker leaves is gone on with by the others. The port answers
    /livez, /readyz and /metrics alone.
    """
    settings = chosen_settings(host, port)
    if settings.database_url.startswith("sqlite"):
        raise SettingError(
            "`patron worker` needs PostgreSQL (PATRON_DATABASE_URL=postgresql://…). A SQLite file has one process: "
            "`patron serve` runs its jobs."
        )
    uvloop.run(running.work(settings, _say_where))


async def _say_where(url: str) -> None:
    OUT.print(f"Patron runs jobs; it tells how it is at {url}/metrics")
