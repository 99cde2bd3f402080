"""Looking up what a request speaks of, judging it, and the sessions that hold a part of it."""
