"""What follows from a write: reactions in its unit, an outbox for what comes after the commit, jobs, and a schedule.

No domain words: `app.py` hands in the reactions, the listeners, the tasks and the schedules.
"""
