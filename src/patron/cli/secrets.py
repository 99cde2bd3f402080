"""`patron secrets …`"""

import asyncio
from typing import Annotated

import typer

from patron.cli.screen import ERR, OUT
from patron.config import SettingError, read_settings
from patron.domains.projects.actions.installation import rotate_secret
from patron.running import opened

app = typer.Typer(no_args_is_help=True, help="Secrets: what signs the cursors and links that servers hand out.")


@app.command()
def rotate(
    forget_old: Annotated[
        bool,
        typer.Option("--forget-old", help="Take nothing that older secrets signed: when others know one."),
    ] = False,
) -> None:
    """Make a new secret to sign with. What older ones signed stays good until its own end. Restart the servers then."""
    older = asyncio.run(_rotate(forget_old=forget_old))
    OUT.print(f"A new secret signs from the next start on; what {older} older ones signed is still taken.")
    ERR.print("Restart every server: until then it signs with the secret that it began with.", style="dim")


async def _rotate(*, forget_old: bool) -> int:
    settings = read_settings()
    if settings.secret_key:
        raise SettingError(
            "PATRON_SECRET_KEY is set, so servers sign with that. Put a new secret in front of it, "
            "PATRON_SECRET_KEY=new,old, and restart the servers."
        )
    async with opened(settings, migrating=False) as patron:
        return await rotate_secret(patron.units, forget_old=forget_old)
