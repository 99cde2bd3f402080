"""Importing a CSV file (spec C 2.6)."""

from typing import Any

import httpx
import pytest

from tests.domains.customers.conftest import Make, a_source_id, ok
from tests.http.test_refusals import refused
from tests.support.imports import begun, ended, imported, report_of

PROFILE = (
    "Source_id,Name,Email,Phone,Birthdate,Address_line_1,Address_line_2,Address_Postal_Code,Address_City,"
    "Address_State,Address_Country,Description,tier\n"
)


def of(client: httpx.Client, source_id: str) -> dict[str, Any]:
    return ok(client.get(f"/v1/customers/{source_id}"))


def test_a_row_becomes_a_customer(client: httpx.Client) -> None:
    source_id = a_source_id()
    action = imported(client, f"{PROFILE}{source_id},Ada,a@b.example,1,1815-12-10,St 1,2,N1,London,LND,GB,first,gold\n")
    assert (action["type"], action["status"], action["operation_status"]) == ("CUSTOMERS.IMPORT_CSV", "DONE", "SUCCESS")
    assert (action["result"]["done_count"], action["result"]["failed_count"], action["result"]["failed"]) == (1, 0, [])
    assert action["result"]["message"].startswith("1 customer(s)")
    made = of(client, source_id)
    fields = ("name", "email", "phone", "birthdate", "description", "metadata")
    assert [made[field] for field in fields] == ["Ada", "a@b.example", "1", "1815-12-10", "first", {"tier": "gold"}]
    assert made["address"] == {
        "line_1": "St 1", "line_2": "2", "postal_code": "N1", "city": "London", "state": "LND", "country": "GB",
    }  # fmt: skip


def test_both_spellings_of_address_columns_are_known_in_any_case(client: httpx.Client) -> None:
    source_id = a_source_id()
    imported(client, f"SOURCE_ID,city,Postal_Code,STATE,Country,name\n{source_id},Rome,1,LZ,IT,Ada\n")
    made = of(client, source_id)
    assert [made["address"][part] for part in ("city", "postal_code", "state", "country")] == ["Rome", "1", "LZ", "IT"]
    assert made["name"] == "Ada"
    assert "metadata" not in made


def test_other_columns_are_metadata_and_text(client: httpx.Client) -> None:
    source_id = a_source_id()
    imported(client, f'Source_id,vip,visits,Birthday,tags,None\n{source_id},true,007,x,"a,b",\n')
    assert of(client, source_id)["metadata"] == {"vip": "true", "visits": "007", "Birthday": "x", "tags": "a,b"}


def test_a_row_replaces_the_whole_profile_and_its_metadata(client: httpx.Client, make: Make) -> None:
    known = make(name="Ada", phone="1", email=None, address={"city": "London"}, metadata={"a": 1})
    imported(client, f"Source_id,Name,b\n{known['source_id']},Grace,2\n")
    after = of(client, known["source_id"])
    assert (after["id"], after["created_at"], after["name"]) == (known["id"], known["created_at"], "Grace")
    assert (after["metadata"], after["address"]) == ({"b": "2"}, None)
    assert not {"phone", "email"} & after.keys()
    assert after["summary"] == known["summary"]


def test_with_mode_merge_a_row_changes_what_it_says(client: httpx.Client, make: Make) -> None:
    known = make(name="Ada", phone="1", address={"city": "London"}, metadata={"a": 1})
    imported(client, f"Source_id,Name,Phone,Country,b\n{known['source_id']},Grace,,GB,2\n", mode="merge")
    after = of(client, known["source_id"])
    assert (after["name"], after["phone"], after["metadata"]) == ("Grace", "1", {"a": 1, "b": "2"})
    assert (after["address"]["city"], after["address"]["country"]) == ("London", "GB")


def test_a_row_that_says_nothing_new_changes_nothing(client: httpx.Client) -> None:
    source_id = a_source_id()
    content = f"Source_id,Name,City,b,a\n{source_id},Ada,Bath,2,1\n"
    imported(client, content)
    before = of(client, source_id)
    assert imported(client, content)["result"]["done_count"] == 1
    assert of(client, source_id) == before


def test_rows_are_found_by_id_too(client: httpx.Client, make: Make) -> None:
    known = make(name="Ada")
    action = imported(client, f"Id,Name\n{known['id']},Grace\ncust_nobody,X\n,Y\n")
    assert of(client, known["source_id"])["name"] == "Grace"
    assert [(row["row"], row["source_id"]) for row in action["result"]["failed"]] == [(2, "cust_nobody"), (3, "")]
    assert "cust_nobody" in action["result"]["failed"][0]["reason"]


def test_a_dry_run_tells_what_would_be_and_changes_nothing(client: httpx.Client, make: Make) -> None:
    known = make(name="Ada", phone="1", metadata={"a": 1, "b": 2})
    new, total = a_source_id(), ok(client.get("/v1/customers"))["total"]
    content = f"Source_id,Name,b\n{known['source_id']},Grace,2\n{new},New,\n{new},Newer,\nx\n"
    action = imported(client, content, dry_run="true")
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (3, 1)
    assert of(client, known["source_id"]) == known
    assert client.get(f"/v1/customers/{new}").status_code == 404
    assert ok(client.get("/v1/customers"))["total"] == total
    rows = report_of(action)
    assert [(row["found"], row["updated"]) for row in rows] == [
        ("true", "true"), ("false", "true"), ("true", "true"), ("", "false"),
    ]  # fmt: skip
    assert rows[0]["changes"].split() == ["name", "metadata.b", "-phone", "-metadata.a"]
    assert (rows[1]["changes"], rows[2]["changes"]) == ("name", "name")


def test_failed_rows_are_told_with_number_name_and_reason(client: httpx.Client) -> None:
    good = a_source_id()
    content = (
        "Source_id,Name,Email,Birthdate\n"
        f"{good},Ada,,\n"
        "short,x\n"
        f"long,a,b,,c\n"
        ",Nobody,,\n"
        f"date,Ada,,2000-02-30\n"
        f"mail,Ada,{'m' * 321},\n"
        f"{'x' * 256},Ada,,\n"
        f"{good}-2,Grace,,\n"
    )
    action = imported(client, content)
    assert action["operation_status"] == "SUCCESS"
    assert (action["result"]["done_count"], action["result"]["failed_count"]) == (2, 6)
    told = {row["row"]: row["reason"] for row in action["result"]["failed"]}
    assert list(told) == [2, 3, 4, 5, 6, 7]
    assert "has 2" in told[2]
    assert "has 5" in told[3]
    assert all(word in told[row] for row, word in {4: "Source_id", 5: "birthdate", 6: "email", 7: "source_id"}.items())
    assert [row["source_id"] for row in action["result"]["failed"]][:2] == ["short", "long"]
    assert of(client, f"{good}-2")["name"] == "Grace"


def test_where_every_row_failed_the_operation_has(client: httpx.Client) -> None:
    action = imported(client, "Source_id,Name\nx\n")
    assert (action["status"], action["operation_status"]) == ("DONE", "FAILED")


def test_of_a_customer_twice_in_a_file_the_later_row_counts(client: httpx.Client) -> None:
    source_id = a_source_id()
    action = imported(client, f"Source_id,Name,a,b\n{source_id},first,1,\n{source_id},second,,2\n")
    assert of(client, source_id)["name"] == "second"
    assert of(client, source_id)["metadata"] == {"b": "2"}
    assert [row["found"] for row in report_of(action)] == ["false", "true"]


def test_reports_neutralise_what_a_spreadsheet_would_run(client: httpx.Client) -> None:
    formula = f'=HYPERLINK("x"){a_source_id()}'
    quoted = formula.replace('"', '""')
    action = imported(client, f'Source_id,Name\n"{quoted}",@sum\n')
    assert of(client, formula.replace("(", "%28"))["name"] == "@sum"
    assert [row["source_id"] for row in report_of(action)] == [f"'{formula}"]


def test_what_a_query_may_not_say_is_a_400(client: httpx.Client) -> None:
    file = {"file": b"Source_id\na\n"}
    for query in ({"mode": "replace"}, {"dry_run": "perhaps"}):
        refused(client.post("/v1/customers/importCSV", files=file, params=query), 400, "invalid_query_params")


def test_a_request_without_a_file_is_a_400(client: httpx.Client) -> None:
    refused(client.post("/v1/customers/importCSV", files={"other": b"x"}), 400, "invalid_payload")
    refused(client.post("/v1/customers/importCSV", json={}), 415, "unsupported_media_type")


def test_twenty_imports_at_once_beside_other_writes_lose_nothing(client: httpx.Client) -> None:
    hot, prefix = a_source_id(), a_source_id()
    total = ok(client.get("/v1/customers"))["total"]
    actions = []
    for n in range(20):
        rows = "".join(f"{prefix}-{row},{n}\n" for row in range(120))
        content = f"Source_id,k{n}\n{rows}{hot},{n}\n{prefix}-own-{n},x\n"
        answer = client.post("/v1/customers/importCSV", files={"file": content.encode()}, params={"mode": "merge"})
        actions.append(begun(answer))
        ok(client.post("/v1/customers", json={"source_id": hot, "metadata": {f"api{n}": n}}))
    assert all(ended(client, action)["result"]["done_count"] == 122 for action in actions)
    expected = {f"k{n}": f"{n}" for n in range(20)}
    assert of(client, f"{prefix}-119")["metadata"] == expected
    assert of(client, hot)["metadata"] == expected | {f"api{n}": n for n in range(20)}
    assert ok(client.get("/v1/customers"))["total"] == total + 120 + 1 + 20


@pytest.mark.parametrize(
    "path", ["/v1/customers/bulk/async", "/v1/customers/metadata/async", "/v1/customers/importCSV"]
)
def test_bulk_work_needs_a_key(client: httpx.Client, path: str) -> None:
    answer = httpx.post(f"{client.base_url}".rstrip("/") + path, json=[], trust_env=False)
    refused(answer, 401, "unauthorized")
