"""What is done of campaigns in the background."""

from patron.domains.campaigns.actions.delete import DELETE_VOUCHERS
from patron.domains.campaigns.actions.generate import GENERATE
from patron.domains.campaigns.actions.update import UPDATE_VOUCHERS

TASKS = (GENERATE, UPDATE_VOUCHERS, DELETE_VOUCHERS)
