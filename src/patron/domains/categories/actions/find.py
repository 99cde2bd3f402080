"""Finding categories."""

from patron.db.actions import Read
from patron.domains.categories.model import Category
from patron.domains.categories.policy import unknown
from patron.domains.categories.store import BY_ID, LIVE


async def find(read: Read, project_id: str, category_id: str) -> Category:
    """The category with this id. Problem 404."""
    category = await read.one(BY_ID, project_id=project_id, id=category_id)
    if category is None:
        raise unknown(category_id)
    return category


async def all_categories(read: Read, project_id: str) -> list[Category]:
    """The categories of a project, the newest first."""
    categories = await read.all(LIVE, project_id=project_id)
    return sorted(categories, key=lambda each: (each.created_at, each.id), reverse=True)
