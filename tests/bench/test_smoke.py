"""Every bench runs: for a moment, on a small shop. Their figures are not looked at here."""

import subprocess
import sys
from importlib import import_module

import pytest
from typer import Typer
from typer.testing import CliRunner

BENCHES = {
    "conditions": "--rounds 1 --times 1000",
    "rules": "--rounds 1 --times 1000",
    "get_customer": "--customers 300 --rounds 1 --seconds 0.1",
    "upsert": "--customers 300 --rounds 1 --seconds 0.1",
    "publish": "--customers 300 --codes 3000 --rounds 1 --seconds 0.1",
    "redeem": "--customers 300 --vouchers 300 --rounds 1 --seconds 0.1",
    "decide": "--decisions 60 --rounds 1",
    "segments": "--customers 300 --rounds 1 --seconds 0.1 --times 50",
    "lists": "--small 100 --large 3000 --rounds 5",
    "plans": "--sizes 300,1000 --rounds 1",
    "import_customers": "--customers 300 --rounds 1",
    "generate_codes": "--codes 600 --rounds 1",
    "import_beside_api": "--customers 300 --rows 300 --rounds 1 --seconds 0.2",
}


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_prints_its_figures(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", *BENCHES[name].split()]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert "wanted ≥" in ran.stdout or "by index" in ran.stdout


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_says_what_it_does(name: str) -> None:
    bench = Typer()
    bench.command()(import_module(f"bench.{name}").main)
    told = CliRunner().invoke(bench, ["--help"])
    assert told.exit_code == 0
    assert "--rounds" in told.output
