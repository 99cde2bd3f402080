"""Rate limits: how many requests a project may make in a minute of the clock, counted in this process.

With several processes each counts its own, so a project may make as many times more as there are processes.
"""

from patron.kernel.problems import too_many_requests

MINUTE_MS = 60_000


class RateLimits:
    """Counts the requests of each project in the current minute."""

    def __init__(self) -> None:
        self._minute = 0
        self._used: dict[str, int] = {}

    def take(self, project_id: str, limit: int, now: int, headers_out: list[tuple[str, str]]) -> None:
        """Count one request at `now` (epoch ms) and add the headers that tell how many are left (spec C 7.4).

        Raises Problem 429 when the limit is used up.
        """
        minute, passed = divmod(now, MINUTE_MS)
        if minute != self._minute:
            self._minute = minute
            self._used.clear()
        used = self._used.get(project_id, 0)
        headers_out += (
            ("X-Rate-Limit-Limit", str(limit)),
            ("X-Rate-Limit-Remaining", str(max(limit - used - 1, 0))),
            ("X-Rate-Limit-Retry", str((minute + 1) * 60)),
            ("X-Rate-Limit-Type", "api_calls"),
        )
        if used >= limit:
            seconds = -(-(MINUTE_MS - passed) // 1000)
            raise too_many_requests(f"{limit} requests a minute are used up; go on in {seconds} s.", seconds)
        self._used[project_id] = used + 1
