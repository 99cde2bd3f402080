"""What jobs say of themselves, for `/metrics`. Labels are names of ours."""

from prometheus_client import Counter, Gauge, Histogram

RUNS = Counter(
    "patron_job_runs",
    "Runs of jobs, by task and outcome: done, retry, failed, lost, released.",
    ("task", "outcome"),
)
SECONDS = Histogram(
    "patron_job_seconds",
    "Duration of a job's run.",
    ("task",),
    buckets=(0.01, 0.05, 0.1, 0.5, 1, 5, 30, 60, 300, 1_800, 7_200),
)
RUNNING = Gauge("patron_jobs_running", "Jobs that this process runs just now.")
OLDEST = Gauge("patron_jobs_oldest_waiting_seconds", "How long the job that waits longest has been due.")
