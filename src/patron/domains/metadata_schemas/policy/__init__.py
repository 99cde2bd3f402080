"""What metadata may be: the types, the check that schemas are compiled to, and what a schema itself may say."""
