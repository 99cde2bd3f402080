"""Reports of bulk work name customers, row by row: a part that names an erased one goes."""

from patron.db.traces import Mention
from patron.domains.async_actions.model import REPORT_PARTS

TRACES = (Mention(REPORT_PARTS, "lines"),)
