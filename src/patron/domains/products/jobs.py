"""What is done of products and SKUs in the background."""

from patron.domains.products.actions.bulk import CARRY_ON

TASKS = (CARRY_ON,)
