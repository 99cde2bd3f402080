"""Who a request comes from."""

from collections import OrderedDict

from patron.db.units import Units
from patron.domains.projects.model import API_KEYS, PROJECTS, ApiKey, Kind, ProjectSettings
from patron.domains.projects.policy import opens
from patron.domains.projects.store import KEY
from patron.kernel.problems import unauthorized

HELD_IDS = 10_000


class Authenticator:
    """Finds the key of a request.

    Which project a key's id belongs to never changes, so it is remembered; the key itself is taken from the
    project's rulebook, which is at most a second old: a revoked key dies within a second.
    """

    def __init__(self, units: Units) -> None:
        self._units = units
        self._project_of: OrderedDict[tuple[str, str], str] = OrderedDict()

    async def authenticate(self, kind: Kind, app_id: str, token: str, origin: str | None = None) -> ApiKey:
        """The key with this id, if the token opens it.

        `origin` is what the request says of the page it comes from; a client key asks for one that it lists.
        Raises Problem 401, the same for every reason.
        """
        project_id, stored = await self._project_id(app_id, kind)
        if project_id is not None:
            rulebook = (await self._units.reading(project_id)).rulebook
            key = rulebook.rows(API_KEYS).get((app_id, kind)) or stored or await self._look(app_id, kind)
            trusted = ProjectSettings.of(rulebook).profile.client_trusted_domains
            is_there = (project_id,) in rulebook.rows(PROJECTS)  # a project that is deleted opens to no key
            if key is not None and is_there and opens(key, token, origin, trusted):
                return key
        raise unauthorized("Check the id and the token of the key, and for a client key the Origin.")

    async def _project_id(self, app_id: str, kind: Kind) -> tuple[str | None, ApiKey | None]:
        """Whose this id is, and the stored key where that had to be looked up; None for nobody's."""
        project_id = self._project_of.get((app_id, kind))
        stored = await self._look(app_id, kind) if project_id is None else None
        return (stored.project_id if stored else project_id), stored

    async def _look(self, app_id: str, kind: Kind) -> ApiKey | None:
        """The stored key: at its first use, and while it is newer than the rulebook."""
        key = await self._units.database.one(KEY, app_id=app_id, kind=kind)
        if key is not None:
            self._project_of[app_id, kind] = key.project_id
            if len(self._project_of) > HELD_IDS:
                self._project_of.popitem(last=False)
        return key
