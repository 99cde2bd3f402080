"""Pure decisions of a request: what it stands for, and what comes of it."""
