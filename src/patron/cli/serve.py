"""`patron serve` and `patron demo`."""

from typing import Annotated

import msgspec
import typer
import uvloop

from patron import running
from patron.cli.demo import open_shop, page_of_somebody, print_shop
from patron.cli.one_server import only_server
from patron.cli.screen import OUT
from patron.config import Settings, read_settings
from patron.http.logs import configure_logs

HOST = Annotated[str | None, typer.Option(help="Address to listen on, instead of PATRON_HOST (127.0.0.1).")]
PORT = Annotated[
    int | None,
    typer.Option(min=0, max=65_535, help="Port to listen on, instead of PATRON_PORT (8000); 0 takes a free one."),
]


def serve(host: HOST = None, port: PORT = None) -> None:
    """Serve the API until SIGTERM or Ctrl-C; brings the schema up to date first.

    On an empty database, PATRON_BOOTSTRAP_APP_ID and PATRON_BOOTSTRAP_APP_TOKEN make a project with that key.
    """
    settings = chosen_settings(host, port)
    with only_server(settings.database_url):
        uvloop.run(running.serve(settings, _say_where))


def demo(host: HOST = None, port: PORT = None) -> None:
    """Serve a demo shop with customers and codes, and print how to call it. Later runs find all as it was left."""
    settings = chosen_settings(host, port)
    with only_server(settings.database_url):
        uvloop.run(running.serve(settings, _open_and_print_shop))


def chosen_settings(host: str | None, port: int | None) -> Settings:
    """The settings, with these in place of their variables; logs are set up by them."""
    settings = read_settings()
    configure_logs(settings.log_level, settings.log_format)
    return msgspec.structs.replace(
        settings,
        host=settings.host if host is None else host,
        port=settings.port if port is None else port,
    )


async def _say_where(_patron: running.Opened, serving: running.Serving) -> None:
    OUT.print(f"Patron serves {serving.url}")


async def _open_and_print_shop(patron: running.Opened, serving: running.Serving) -> None:
    project_id, keys = await open_shop(patron)
    print_shop(serving.url, keys, await page_of_somebody(patron, serving, project_id))
