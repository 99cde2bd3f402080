"""What is done of orders in the background."""

from patron.domains.orders.actions.carry_on import CARRY_ON

TASKS = (CARRY_ON,)
