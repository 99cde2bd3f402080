"""Every answer that the tests saw, checked against the reference's contract.

The contract and its checker lie beside the repository, in `../shared`; where they are missing, nothing is checked, and
the run says so. An answer that differs on purpose stands in `exceptions.toml` with its reason; the list may only fall.
"""

import importlib.util
import json
import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

SHARED = Path(__file__).parents[3] / "shared"
EXCEPTIONS = Path(__file__).with_name("exceptions.toml")
LOG = "contract.jsonl"
WITHOUT_CONTRACT = ("HEAD", "OPTIONS")
"""What HTTP defines, and the contract does not speak of."""


@dataclass(frozen=True, slots=True)
class Excepted:
    """Answers of some operations that break the contract in some way on purpose; both are patterns."""

    operation: re.Pattern[str]
    error: re.Pattern[str]
    reason: str

    def covers(self, operation: str, error: str) -> bool:
        return self.operation.search(operation) is not None and self.error.search(error) is not None


@dataclass(slots=True)
class Findings:
    """How many answers were checked, what was wrong with them, and how often each exception was used."""

    answers: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    used: Counter[str] = field(default_factory=Counter)


def exceptions() -> tuple[list[Excepted], int]:
    """The list, and how long it may be."""
    content = tomllib.loads(EXCEPTIONS.read_text())
    listed = content.get("exception", [])
    patterns = [(re.compile(one["operation"]), re.compile(one["error"]), one["reason"]) for one in listed]
    return [Excepted(*each) for each in patterns], content["max"]


def checker() -> Any:
    """The checker of `../shared`; None where it is missing."""
    file = SHARED / "tools" / "contract_check.py"
    if not file.exists():
        return None
    spec = importlib.util.spec_from_file_location("contract_check", file)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # it leaves its file to be closed by the collector
        return module.Checker(formats=True)


def check(answers: Iterable[dict[str, Any]], against: Any, allowed: list[Excepted]) -> Findings:
    """Check answers in the form of `note_answer`."""
    findings = Findings()
    for answer in answers:
        if answer["method"] in WITHOUT_CONTRACT:
            continue
        findings.answers += 1
        result = against.check(answer["method"], answer["path"], answer["status"], answer["body"], answer["has_body"])
        for error in result.errors:
            operation = result.operation or f"{answer['method']} {answer['path']}"
            cover = next((each for each in allowed if each.covers(operation, error)), None)
            if cover is not None:
                findings.used[cover.reason] += 1
            else:
                findings.violations[f"{operation}: {error}"] += 1
    return findings


def logged(folder: Path) -> Iterable[dict[str, Any]]:
    """The answers that all processes of a test run wrote down."""
    for log in sorted(folder.rglob(LOG)):
        yield from map(json.loads, log.read_text().splitlines())
