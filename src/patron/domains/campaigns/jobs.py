"""What is done of campaigns in the background."""

from patron.domains.campaigns.actions.generate import GENERATE

TASKS = (GENERATE,)
