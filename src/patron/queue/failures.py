"""What becomes of a job that raised: told in a line without anything about a person, and tried again later or not."""

import traceback
from secrets import SystemRandom

from patron.kernel.clock import now_ms
from patron.kernel.problems import Problem
from patron.queue.claims import ATTEMPTS

FIRST_PAUSE_MS = 2_000
FACTOR = 4

_RANDOM = SystemRandom()


def told(fault: BaseException) -> str:
    """The fault's class and its place, or a problem's key: messages may quote what a person sent."""
    if isinstance(fault, Problem):
        return f"Problem: {fault.status} {fault.key}"
    frames = traceback.extract_tb(fault.__traceback__)
    place = f" at {frames[-1].filename.rpartition('/patron/')[2]}:{frames[-1].lineno}" if frames else ""
    return f"{type(fault).__qualname__}{place}"


def retry_at(fault: BaseException, attempt: int) -> int | None:
    """When (epoch ms) to try again what failed in its `attempt`th run, or None: never."""
    if attempt >= ATTEMPTS or _is_final(fault):
        return None
    return now_ms() + pause_ms(attempt, _RANDOM.random())


def pause_ms(attempt: int, chance: float) -> int:
    """The pause after this attempt (from 1): 2 s, 8 s, 32 s … to about two hours, of which `chance` (0 to 1) takes
    away up to a half, so that jobs that failed together do not come back together.
    """
    return int(FIRST_PAUSE_MS * FACTOR ** (attempt - 1) * (1 - chance / 2))


def _is_final(fault: BaseException) -> bool:
    """A refusal will be one next time too, unless it says when to come back."""
    return isinstance(fault, Problem) and fault.status < 500 and fault.retry_after is None
