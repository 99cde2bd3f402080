"""What is done of customers in the background."""

from patron.domains.customers.actions.carry_on import CARRY_ON

TASKS = (CARRY_ON,)
