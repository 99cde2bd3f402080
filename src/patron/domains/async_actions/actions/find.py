"""Finding an async action."""

from patron.db.actions import Read
from patron.domains.async_actions.model import AsyncAction
from patron.domains.async_actions.store import BY_ID
from patron.kernel.problems import not_found


async def find(read: Read, project_id: str, action_id: str) -> AsyncAction:
    """The action with this id. Problem 404 where there is none."""
    action = await read.one(BY_ID, project_id=project_id, id=action_id)
    if action is None:
        raise not_found("async_action", action_id)
    return action
