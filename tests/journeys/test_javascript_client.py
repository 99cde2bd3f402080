"""The official JavaScript client, unmodified, lives with the server: every endpoint of it that exists is called."""

import json
import re
from pathlib import Path

from tests.journeys.conftest import SOURCES, JavaScript
from tests.journeys.operations import Call, operations, same, templates_of
from tests.support.management import managed
from tests.support.servers import APP_ID, APP_TOKEN, note_answer


def test_the_client_lives_with_the_server(database_url: str, javascript: JavaScript, contract_log: Path) -> None:
    with managed(database_url, contract_log) as server:
        server.define_event("review_left", rating={"type": "number", "optional": False})
        printed = javascript.run(SOURCES / "journey.js", server.url, APP_ID, APP_TOKEN)
    calls: list[Call] = []
    for line in printed.splitlines():
        told = json.loads(line)
        calls.append((told["method"], f"/v1{told['path']}"))
        body = json.dumps(told["body"]).encode() if told["body"] is not None else b""
        note_answer(contract_log, method=told["method"], path=calls[-1][1], status=told["status"], body=body)
    called = {(method, same(path)) for method, path in templates_of(calls)}
    ours = {(method, same(path)) for method, path in operations()}
    endpoints = _endpoints(javascript.client) & ours
    assert len(endpoints) >= 5
    assert endpoints - called == set()


def _endpoints(client: str) -> set[Call]:
    """Every endpoint that the client's methods speak to."""
    found = re.findall(r"this\.client\.(get|post|put|delete)\(\s*[`']([^`']+)[`']", client)
    return {(method.upper(), "/v1" + re.sub(r"\$\{[^}]*\}", "{}", path)) for method, path in found}
