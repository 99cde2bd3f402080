"""Jobs over the vouchers of a campaign: chunk after chunk, each found when the one before is done, until none is left.

How far a job is stands in its async action, which moves in the unit of each chunk: a job that is killed goes on there.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

import msgspec

from patron.db.actions import Action, Ctx, Outcome, Read, Reply, Wants
from patron.db.rows import Rows
from patron.domains.async_actions import BY_ID, FINISH, GIVE_UP, ActionWork, Finish, finish_of, progress_of
from patron.domains.async_actions.model import ASYNC_ACTIONS, AsyncAction
from patron.queue.jobs import Task, Work

FAILED = "FAILED"
Pace = Literal["free", "beside"]
"""Whether nobody else asks this process for anything, or work goes on beside requests."""


class Told(msgspec.Struct, frozen=True):
    """The answer of a chunk: whether there is more to do."""

    more: bool


class _OfCampaign(msgspec.Struct, frozen=True):
    """What the options of each action over a campaign's vouchers name."""

    campaign_id: str


@dataclass(frozen=True, slots=True)
class Ending:
    """An action that ends: `done`, or given up; `under_way` is false where it had been given up before."""

    action: AsyncAction
    done: bool
    under_way: bool

    @property
    def campaign_id(self) -> str:
        """The campaign that the action is about."""
        return msgspec.json.decode(self.action.options, type=_OfCampaign).campaign_id


@dataclass(frozen=True, slots=True)
class Rolling:
    """One kind of work.

    `next_of` reads what the next chunk of an action does, as the body of `chunk`, which answers with `Told` and moves
    the action. `fault_of` says why an action that has no more to do is not done, "" where it is. `want_end` names what
    `end` changes when the action ends.
    """

    name: str
    chunk: Action[Any]
    next_of: Callable[[Read, AsyncAction, Pace], Awaitable[Any]]
    fault_of: Callable[[AsyncAction], str]
    want_end: Callable[[Ctx, Wants, Ending], None]
    end: Callable[[Rows, Ctx, Ending], None]

    def task(self) -> Task[ActionWork]:
        """The task that carries out such actions."""
        return Task(self.name, ActionWork, self._run, given_up=self._ending(GIVE_UP))

    async def _run(self, work: Work[ActionWork]) -> None:
        read = await work.read()
        while action := await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id):
            more = action.status != "DONE"
            if more:
                body = await self.next_of(read, action, "free" if work.is_alone else "beside")
                reply = await work.step(self.chunk, body, progress=progress_of(action))
                more = msgspec.json.decode(reply.body, type=Told).more
            if not more:
                await self._finish(read, work)
                return

    async def _finish(self, read: Read, work: Work[ActionWork]) -> None:
        action = await read.one(BY_ID, project_id=work.project_id, id=work.payload.action_id)
        if action is not None:
            finish = await finish_of(read, work.project_id, action.id, fault=self.fault_of(action))
            await work.finish(self._ending(FINISH), finish)

    def _ending(self, action: Action[Any]) -> Action[Any]:
        """The end of an async action, with what becomes of its campaign in the same unit."""

        async def gather(read: Read, ctx: Ctx, body: ActionWork | Finish) -> Wants:
            wants = await action.gather(read, ctx, body)
            ends = await read.one(BY_ID, project_id=ctx.project_id, id=body.action_id)
            if ends is not None and ends.status != "DONE":
                self.want_end(ctx, wants, _ending(ends, body))
            return wants

        def apply(rows: Rows, ctx: Ctx, body: ActionWork | Finish) -> Outcome:
            before = rows.get(ASYNC_ACTIONS, (ctx.project_id, body.action_id))
            if before is not None and before.status != "DONE":
                self.end(rows, ctx, _ending(before, body))
            return action.apply(rows, ctx, body)

        return Action(action.name, gather, apply)


def _ending(action: AsyncAction, body: ActionWork | Finish) -> Ending:
    return Ending(action, done=isinstance(body, Finish), under_way=action.status != FAILED)


def told(*, more: bool) -> Reply:
    """The answer of a chunk."""
    return Reply(200, msgspec.json.encode(Told(more)))
