"""Trying a filter before there is a segment of it."""

from patron.db.actions import Ctx, Read
from patron.domains.projects import calendar_of
from patron.domains.segments.policy.fields import understood
from patron.domains.segments.store.columns import population
from patron.domains.segments.store.members import Found, count_of, newest_of
from patron.domains.segments.wire.preview import PreviewIn

SAMPLE = 10


async def preview(read: Read, ctx: Ctx, given: PreviewIn) -> tuple[int, list[Found]]:
    """How many customers pass a filter now, and the newest of them. Problem 400 by the path to what is wrong in it."""
    passing = population(understood(given.filter, read.rulebook))
    values = passing.values(calendar_of(read.rulebook), ctx.now)
    asked = {"project_id": ctx.project_id, **values}
    [count], sample = await read.snapshot((count_of(passing), asked), (newest_of(passing), {**asked, "limit": SAMPLE}))
    return count, sample
