"""By what the members of an active segment were last compared with everybody."""

from patron.db.rulebook import Rulebook
from patron.domains.segments.policy.compiled import METADATA, Sieve
from patron.domains.segments.policy.fields import schemas_of


def basis_of(sieve: Sieve, rulebook: Rulebook, now: int) -> str:
    """What else than customers a filter depends on: the day and the calendar, the schemas of metadata.

    Where this text differs from the one that was stored, members are to be compared with everybody again.
    """
    calendar = sieve.calendar
    parts = ["compared"]
    if sieve.matcher.is_timed:
        parts += [str(calendar.zone.day_of(now)), calendar.zone.name, calendar.week_start]
    if METADATA in sieve.groups:
        parts += [f"{row.id}:{row.version}" for row in sorted(schemas_of(rulebook), key=lambda row: row.id)]
    return " ".join(parts)
