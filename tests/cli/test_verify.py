"""`patron verify`: what follows from stored rows is computed anew, and the first difference of each kind is named."""

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from patron.app import CHECKS
from tests.cli.corruptions import CORRUPTIONS, execute, fill, verified
from tests.cli.running import Shell


def test_every_check_is_tried() -> None:
    assert set(CORRUPTIONS) == {check.name for check in CHECKS}


def test_a_sound_database_has_no_difference(shared_database_url: str) -> None:
    project_id, _ = asyncio.run(fill(shared_database_url))
    assert asyncio.run(verified(shared_database_url, project_id)) == []


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_each_kind_of_difference_is_named(shared_database_url: str, name: str) -> None:
    project_id, ada = asyncio.run(fill(shared_database_url))
    for sql in CORRUPTIONS[name]:
        execute(shared_database_url, sql.format(p=f"'{project_id}'", ada=f"'{ada}'"))
    findings = [each for each in asyncio.run(verified(shared_database_url, project_id)) if each.name != "file"]
    assert name in {finding.name for finding in findings}
    assert {finding.project_id for finding in findings} == {project_id}


@pytest.mark.parametrize("table", ["orders", "order_keys", "voucher_holders", "publication_keys"])
def test_what_sums_are_kept_of_is_never_left_under_an_old_id(shared_database_url: str, table: str) -> None:
    """Other rows of a merged customer's history may be, until they have moved."""
    project_id, ada = asyncio.run(fill(shared_database_url))
    merged = (
        "INSERT INTO merged_customers (project_id, id, into_id, created_at, links_revoked_at, links_good_at)"
        f" VALUES ('{project_id}', 'cust_loser', '{ada}', 1, 0, 0)"
    )
    execute(shared_database_url, merged)
    assert "merged_customers.history" not in _names(shared_database_url, project_id)
    execute(shared_database_url, f"UPDATE {table} SET customer_id = 'cust_loser' WHERE customer_id = '{ada}'")
    assert "merged_customers.history" in _names(shared_database_url, project_id)


@pytest.mark.parametrize("is_kept", [True, False])
def test_members_who_are_kept_are_held_against_the_filter(database_url: str, is_kept: bool) -> None:
    project_id, ada = asyncio.run(fill(database_url))
    nobody, her = '{"id": {"conditions": {"$is_unknown": true}}}', f'{{"id": {{"conditions": {{"$is": ["{ada}"]}}}}}}'
    columns = "project_id, id, name, type, filter, compared_by, created_at, version"
    values = f"'{project_id}', 'seg_1', '', 'auto-update', '{nobody if is_kept else her}', 'compared', 1, 1"
    execute(database_url, f"INSERT INTO segments ({columns}) VALUES ({values})")
    if is_kept:
        execute(
            database_url,
            f"""INSERT INTO customer_segments VALUES ('{project_id}', '{ada}', 'auto-update', '["seg_1"]')""",
        )
        execute(
            database_url,
            "INSERT INTO segment_members SELECT project_id, 'seg_1', id, created_at, created_at FROM customers"
            f" WHERE id = '{ada}'",
        )
    assert _names(database_url, project_id) == {"segment_members.of seg_1"}


SHAPE = '{"type":"circle","format":"distance","distance":{"center":"geo:1,2","radius":"1 km"}}'
DIGEST = sha256(SHAPE.encode()).hexdigest()[:16]
HOME = '{"metadata.home": {"conditions": {"$in_location": ["loc_1"]}}}'
SINCE = '{"metadata.since": {"conditions": {"$after": ["2024-02-29"]}}}'


@pytest.mark.parametrize(("given", "basis"), [(HOME, f"compared ms_1:1 loc_1:{DIGEST}"), (SINCE, "compared ms_1:1")])
def test_filters_of_times_and_of_places_are_asked_too(database_url: str, given: str, basis: str) -> None:
    project_id, ada = asyncio.run(fill(database_url))
    defined = '{"home":{"type":"geopoint","array":false,"optional":true}}'
    metadata = '{"home": "geo:1,2", "since": "2024-03-01"}'
    for sql in (
        f"INSERT INTO metadata_schemas VALUES ('{project_id}', 'ms_1', 'customer', '{defined}', 0, 1, NULL, NULL, 1)",
        f"INSERT INTO locations VALUES ('{project_id}', 'loc_1', '', '{SHAPE}', 1, NULL, NULL, 1)",
        f"""INSERT INTO segments (project_id, id, name, type, filter, compared_by, created_at, version)
            VALUES ('{project_id}', 'seg_1', '', 'auto-update', '{given}', '{basis}', 1, 1)""",
    ):
        execute(database_url, sql)
    assert _names(database_url, project_id) == set()
    execute(database_url, f"UPDATE customers SET metadata = '{metadata}' WHERE id = '{ada}'")
    assert _names(database_url, project_id) == {"segment_members.of seg_1"}


def _names(url: str, project_id: str) -> set[str]:
    return {finding.name for finding in asyncio.run(verified(url, project_id))}


def test_a_difference_is_told_and_ends_with_code_1(shell: Shell) -> None:
    _, ada = asyncio.run(fill(shell.database_url))
    assert "no difference" in shell.run("verify")
    execute(shell.database_url, f"UPDATE customers SET city = 'Paris' WHERE id = '{ada}'")
    said = shell.run("verify", fails=True)
    assert f"{ada}: stored is something else" in said
    assert "Paris" not in said


def test_a_file_that_is_damaged_is_told(file: Shell) -> None:
    asyncio.run(fill(file.database_url))
    path = Path(file.database_url.removeprefix("sqlite:///"))
    execute(file.database_url, "PRAGMA wal_checkpoint(TRUNCATE)")
    image = bytearray(path.read_bytes())
    at = image.index(b"London")
    image[at - 40 : at + 6] = bytes(46)
    path.write_bytes(image)
    assert "file: " in file.run("verify", fails=True)


def test_a_row_that_refers_to_nothing_is_told(file: Shell) -> None:
    _, ada = asyncio.run(fill(file.database_url))
    execute(file.database_url, f"DELETE FROM customers WHERE id = '{ada}'")
    said = file.run("verify", fails=True)
    assert "customer_totals refers to a row of customers that is not there" in said


def test_a_schema_that_is_behind_is_not_looked_through(shell: Shell) -> None:
    execute(shell.database_url, "UPDATE alembic_version SET version_num = '0001_foundation'")
    assert "patron migrate" in shell.run("verify", fails=True)


def test_a_file_without_a_schema_is_not_looked_through(file: Shell) -> None:
    execute(file.database_url, "PRAGMA user_version = 1")
    assert "patron migrate" in file.run("verify", fails=True)
