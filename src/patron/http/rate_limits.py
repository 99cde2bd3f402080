"""Rate limits: how many requests a project, or one address on its behalf, may make; counted in this process.

With several processes each counts its own, so as many times more may be made as there are processes.
"""

from collections import OrderedDict

from patron.kernel.problems import too_many_requests

HeadersOut = list[tuple[str, str]]

MINUTE_MS = 60_000
HELD_CALLERS = 50_000
"""Beyond so many, the caller who began earliest is forgotten, and may begin anew."""


class RateLimits:
    """Counts the requests of each project in the current minute of the clock."""

    def __init__(self) -> None:
        self._minute = 0
        self._used: dict[str, int] = {}

    def take(self, project_id: str, limit: int, now: int, headers_out: HeadersOut) -> None:
        """Count one request at `now` (epoch ms) and add the headers that tell how many are left (spec C 7.4).

        Raises Problem 429 when the limit is used up.
        """
        minute, passed = divmod(now, MINUTE_MS)
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
        used = self._used.get(project_id, 0)
        _tell(headers_out, limit, used, (minute + 1) * 60)
        if used >= limit:
            seconds = -(-(MINUTE_MS - passed) // 1000)
            raise too_many_requests(f"{limit} requests a minute are used up; go on in {seconds} s.", seconds)
        self._used[project_id] = used + 1


class CallerLimits:
    """Counts the requests of each caller to each project, in a window that begins with the caller's first one."""

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()

    def take(
        self, project_id: str, caller: str, limit: int, per_seconds: int, now: int, headers_out: HeadersOut
    ) -> None:
        """Count one request at `now` (epoch ms); `limit` may be made in `per_seconds`. As `RateLimits.take`."""
        ends, used = self._windows.get((project_id, caller), (0, 0))
        if now >= ends:
            self._windows.pop((project_id, caller), None)
            ends, used = now + per_seconds * 1000, 0
        _tell(headers_out, limit, used, -(-ends // 1000))
        if used >= limit:
            seconds = -(-(ends - now) // 1000)
            told = f"{limit} requests in {per_seconds} s are used up from this address; go on in {seconds} s."
            raise too_many_requests(told, seconds)
        self._windows[project_id, caller] = (ends, used + 1)
        if len(self._windows) > HELD_CALLERS:
            self._windows.popitem(last=False)


def _tell(headers_out: HeadersOut, limit: int, used: int, anew_at: int) -> None:
    headers_out += (
        ("X-Rate-Limit-Limit", str(limit)),
        ("X-Rate-Limit-Remaining", str(max(limit - used - 1, 0))),
        ("X-Rate-Limit-Retry", str(anew_at)),
        ("X-Rate-Limit-Type", "api_calls"),
    )
