"""`patron import vouchers`: from files of any size, beside a running server or alone."""

import csv
import json
from pathlib import Path

import pytest

from bench.shop import project_of
from tests.cli.running import Shell
from tests.support.databases import numbers
from tests.support.servers import serving

HEAD = "Code,Voucher Type,Value,Discount Type,Redeemed Amount,Category,Active,shop\n"


@pytest.fixture
def project(shell: Shell) -> str:
    return project_of(shell.database_url)


def vouchers_of(shell: Shell) -> dict[str, int]:
    questions = {
        "vouchers": "SELECT count(*) FROM vouchers",
        "balance": "SELECT coalesce(sum(balance), 0) FROM voucher_totals",
        "transactions": "SELECT count(*) FROM voucher_transactions",
        "counted": "SELECT coalesce(sum(n), 0) FROM counts WHERE name = 'vouchers'",
    }
    return numbers(shell.database_url, questions)


def rows_of(report: Path) -> list[dict[str, str]]:
    with report.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_csv_file_is_imported_beside_a_running_server(shell: Shell, project: str, contract_log: Path) -> None:
    lines = "".join(f"TEN-{n},DISCOUNT_VOUCHER,10,PERCENT,,Old shop,TRUE,Bath\n" for n in range(640))
    cards = "".join(f"CARD-{n},GIFT_VOUCHER,2500,,500,,,\n" for n in range(5))
    (shell.folder / "codes.csv").write_text(HEAD + lines + cards)
    with serving(shell.database_url, contract_log) as shop:
        printed = shell.run("import", "vouchers", "codes.csv", "--project", project, "--report", "report.csv")
        assert "645 voucher(s) imported, 0 failed." in printed
        coupon = shop.client.get("/v1/vouchers/TEN-639").json()
        assert (coupon["discount"]["percent_off"], coupon["category"]) == (10, "Old shop")
        assert coupon["metadata"] == {"shop": "Bath"}
        assert shop.client.get("/v1/vouchers/CARD-4").json()["gift"]["balance"] == 2_000
        [action] = shop.client.get("/v1/async-actions").json()["async_actions"]
        assert (action["type"], action["status"], action["progress"]) == ("VOUCHERS.IMPORT_CSV", "DONE", 100)
    assert [row["found"] for row in rows_of(shell.folder / "report.csv")] == ["false"] * 645
    assert vouchers_of(shell) == {"vouchers": 645, "balance": 10_000, "transactions": 10, "counted": 645}


def test_a_known_code_is_switched_and_gets_another_category(shell: Shell, project: str) -> None:
    (shell.folder / "codes.csv").write_text(HEAD + "CARD,GIFT_VOUCHER,2500,,,,,\n")
    (shell.folder / "again.csv").write_text("Code,Active,Category\nCARD,FALSE,Gone\n")
    for file, found in (("codes.csv", "false"), ("again.csv", "true")):
        shell.run("import", "vouchers", file, "--project", project, "--report", "report.csv")
        assert [row["found"] for row in rows_of(shell.folder / "report.csv")] == [found]
    changed = "SELECT count(*) FROM vouchers WHERE active = 0 AND category = 'Gone'"
    assert numbers(shell.database_url, {"n": changed})["n"] == 1
    assert vouchers_of(shell)["balance"] == 2_500


def test_ndjson_is_imported_and_faults_are_told_by_their_row(shell: Shell, project: str) -> None:
    lines = [
        json.dumps({"code": "A", "discount": {"type": "AMOUNT", "amount_off": 500}}),
        json.dumps({"code": "B", "gift": {"amount": -1}}),
        '{"code": "C"',
        json.dumps({"code": "D"}),
        json.dumps({"code": "E", "campaign": "Nobody's", "gift": {"amount": 700}}),
        json.dumps({"code": "F", "gift": {"amount": 700}}),
    ]
    (shell.folder / "codes.ndjson").write_text("\n".join(lines))
    told = shell.run("import", "vouchers", "codes.ndjson", "--project", project, fails=True)
    assert [line.split(":")[0] for line in told.splitlines() if line.startswith("row ")] == [
        f"row {n}" for n in (2, 3, 4, 5)
    ]
    assert "2 voucher(s) imported, 4 failed." in told
    assert vouchers_of(shell) == {"vouchers": 2, "balance": 700, "transactions": 1, "counted": 2}


def test_a_dry_run_changes_nothing_and_tells_what_would_be(shell: Shell, project: str) -> None:
    (shell.folder / "codes.csv").write_text(
        HEAD + "CARD,GIFT_VOUCHER,2500,,100,,,\nTEN,DISCOUNT_VOUCHER,1000,PERCENT,,,,\n"
    )
    order = ("import", "vouchers", "codes.csv", "--project", project, "--dry-run", "--report", "report.csv")
    told = shell.run(*order, fails=True)
    assert "1 voucher(s) would be imported, 1 failed." in told
    assert "row 2:" in told
    assert vouchers_of(shell) == {"vouchers": 0, "balance": 0, "transactions": 0, "counted": 0}
    report = rows_of(shell.folder / "report.csv")
    assert [(row["found"], row["updated"]) for row in report] == [("false", "true"), ("", "false")]
    assert not any(value.startswith("v_") for row in report for value in row.values())


def test_a_code_that_comes_again_is_a_known_one(shell: Shell, project: str) -> None:
    (shell.folder / "codes.csv").write_text(HEAD + "A,GIFT_VOUCHER,100,,,x,,\nA,GIFT_VOUCHER,900,,,y,,\n")
    shell.run("import", "vouchers", "codes.csv", "--project", project, "--report", "report.csv")
    assert [row["found"] for row in rows_of(shell.folder / "report.csv")] == ["false", "true"]
    assert vouchers_of(shell) == {"vouchers": 1, "balance": 100, "transactions": 1, "counted": 1}


@pytest.mark.parametrize(("content", "word"), [(b"", "empty"), (b"Value\n10\n", "Code"), (b"Code\nZo\xeb\n", "UTF-8")])
def test_a_file_that_cannot_be_read_is_told_in_a_sentence(file: Shell, content: bytes, word: str) -> None:
    (file.folder / "one.csv").write_bytes(content)
    project = project_of(file.database_url)
    assert word in file.run("import", "vouchers", "one.csv", "--project", project, fails=True)


def test_the_help_teaches(file: Shell) -> None:
    told = file.run("import", "vouchers", "--help")
    assert all(word in told for word in ("Code", "--dry-run", "goes on where it was", "Example"))
