"""By what the members of an active segment were last compared with everybody."""

from hashlib import sha256

from patron.db.rulebook import Rulebook
from patron.domains.segments.policy.compiled import METADATA, Sieve
from patron.domains.segments.policy.fields import schemas_of


def basis_of(sieve: Sieve, rulebook: Rulebook, now: int) -> str:
    """What else than customers a filter depends on: the day and the calendar, the schemas of metadata, locations.

    Where this text differs from the one that was stored, members are to be compared with everybody again.
    """
    calendar = sieve.calendar
    parts = ["compared"]
    if sieve.matcher.is_timed:
        parts += [str(calendar.zone.day_of(now)), calendar.zone.name, calendar.week_start]
    if METADATA in sieve.groups:
        parts += [f"{row.id}:{row.version}" for row in sorted(schemas_of(rulebook), key=lambda row: row.id)]
    parts += [f"{row.id}:{_digest(row.shape)}" for row in sieve.locations]
    return " ".join(parts)


def _digest(shape: str) -> str:
    """What tells a shape from others; a location's version would tell another name of it too."""
    return sha256(shape.encode()).hexdigest()[:16]
