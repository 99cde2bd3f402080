"""`patron jobs` and `patron worker`, as an operator runs them."""

import asyncio
import json
import re
import time

import httpx
import pytest

from tests.cli.running import Shell, running
from tests.queue.toys import run_sql

SECRET = "ada@example.com"
START_SECONDS = 60


@pytest.fixture
def project(shell: Shell) -> str:
    """A project with a job of every kind."""
    shell.run("migrate")
    project = shell.run("projects", "create", "Shop").strip()
    statuses = ("queued", "running", "done", "failed", "canceled")
    values = ", ".join(
        f"('{project}', 'job_{status}', 'toys.count', '{{\"email\": \"{SECRET}\"}}', '{status}', "
        f"{9_999_999_999_999 if status in ('queued', 'running') else 'NULL'}, 8, 8, NULL, 40, "
        f"{repr('KeyError at toys.py:7') if status == 'failed' else 'NULL'}, {n}, {n}, "
        f"{'NULL' if status in ('queued', 'running') else n})"
        for n, status in enumerate(statuses, 1)
    )
    asyncio.run(run_sql(shell.database_url, f"INSERT INTO jobs VALUES {values}"))
    return project


def ids(listed: str) -> list[str]:
    return [line.split()[0] for line in listed.splitlines()[1:]]


def test_jobs_are_listed_without_what_they_were_told(shell: Shell, project: str) -> None:
    listed = shell.run("jobs", "list")
    assert ids(listed) == ["job_canceled", "job_failed", "job_done", "job_running", "job_queued"]
    assert "KeyError at toys.py:7" in listed
    assert "8 of 8" in listed
    assert SECRET not in listed + shell.run("jobs", "show", "job_failed")
    assert ids(shell.run("jobs", "list", "--project", project, "--status", "failed", "--task", "toys.count")) == [
        "job_failed"
    ]
    assert ids(shell.run("jobs", "list", "--task", "toys.other")) == []
    assert len(ids(shell.run("jobs", "list", "--limit", "2"))) == 2
    assert "proj_none" in shell.run("jobs", "list", "--project", "proj_none", fails=True)


def test_a_job_is_shown(shell: Shell, project: str) -> None:
    shown = shell.run("jobs", "show", "job_failed")
    assert re.search(rf"project +{project}\ntask +toys.count\nstatus +failed\nprogress +40 %", shown)
    assert re.search(r"lease ends +2286-", shell.run("jobs", "show", "job_running"))
    assert "Cannot find job with id job_none" in shell.run("jobs", "show", "job_none", fails=True)


@pytest.mark.usefixtures("project")
def test_jobs_are_retried_and_canceled(shell: Shell) -> None:
    shell.run("jobs", "retry", "job_failed")
    shell.run("jobs", "retry", "job_canceled")
    shell.run("jobs", "cancel", "job_queued")
    shell.run("jobs", "cancel", "job_running")
    listed = shell.run("jobs", "list")
    assert {line.split()[0]: line.split()[2] for line in listed.splitlines()[1:]} == {
        "job_failed": "queued",
        "job_canceled": "queued",
        "job_queued": "canceled",
        "job_running": "canceled",
        "job_done": "done",
    }
    assert "no longer kept" in shell.run("jobs", "retry", "job_done", fails=True)
    assert "has ended (done)" in shell.run("jobs", "cancel", "job_done", fails=True)
    assert "Cannot find job" in shell.run("jobs", "retry", "job_none", fails=True)


@pytest.mark.parametrize("command", [["--help"], ["list", "--help"], ["retry", "--help"], ["cancel", "--help"]])
def test_the_helps_teach(file: Shell, command: list[str]) -> None:
    assert len(file.run("jobs", *command)) > 200


def test_on_sqlite_a_worker_says_who_runs_the_jobs(file: Shell) -> None:
    assert "patron serve" in file.run("worker", fails=True)
    assert "PostgreSQL" in file.run("serve", fails=True, PATRON_WORKER="off")


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_worker_runs_the_jobs_of_a_server_that_does_not(shell: Shell) -> None:
    shell.run("migrate")
    project = shell.run("projects", "create", "Shop").strip()
    with running(shell.database_url, "serve", PATRON_WORKER="off") as server:
        assert "patron_job_runs_total{" not in httpx.get(f"{server.url}/metrics").text
        a_job = f"('{project}', 'job_x', 'units.purge', '{{\"at\": 1}}', 'queued', 1, 0, 0, NULL, 0, NULL, 1, 1, NULL)"
        asyncio.run(run_sql(shell.database_url, f"INSERT INTO jobs VALUES {a_job}"))
        time.sleep(1.5)
        assert ids(shell.run("jobs", "list")) == ["job_x"]
        with running(shell.database_url, "worker") as worker:
            deadline = time.monotonic() + START_SECONDS
            while 'task="units.purge"' not in httpx.get(worker.url).text:
                assert time.monotonic() < deadline
                time.sleep(0.05)
            assert ids(shell.run("jobs", "list")) == []
            assert httpx.get(worker.url.replace("/metrics", "/v1/customers")).status_code == 404
            assert worker.stop() == 0
            lines = [json.loads(line) for line in worker.logged.splitlines()]
        told = [(line["event"], line["task"], line["job_id"], line["attempt"]) for line in lines if "task" in line]
        assert told == [("job started", "units.purge", "job_x", 1), ("job done", "units.purge", "job_x", 1)]


def test_a_server_runs_jobs_and_tells_so_in_its_metrics(shell: Shell) -> None:
    shell.run("migrate")
    project = shell.run("projects", "create", "Shop").strip()
    a_job = f"('{project}', 'job_x', 'units.purge', '{{\"at\": 1}}', 'queued', 1, 0, 0, NULL, 0, NULL, 1, 1, NULL)"
    asyncio.run(run_sql(shell.database_url, f"INSERT INTO jobs VALUES {a_job}"))
    with running(shell.database_url, "serve") as server:
        deadline = time.monotonic() + START_SECONDS
        while 'patron_job_runs_total{outcome="done",task="units.purge"} 1.0' not in (
            metrics := httpx.get(f"{server.url}/metrics").text
        ):
            assert time.monotonic() < deadline, metrics
            time.sleep(0.1)
        assert 'patron_job_seconds_count{task="units.purge"} 1.0' in metrics
        assert "patron_jobs_oldest_waiting_seconds" in metrics
        assert server.stop() == 0
