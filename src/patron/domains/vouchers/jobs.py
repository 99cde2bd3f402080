"""What is done of vouchers in the background."""

from patron.domains.vouchers.actions.bulk import CARRY_ON

TASKS = (CARRY_ON,)
