"""A server that all tests of a file share, and ways to validate."""

from typing import Any

import httpx

from tests.domains.vouchers.conftest import client, make, make_card  # noqa: F401 - fixtures

Made = dict[str, Any]


def vouchers(*codes: str, **gift: int) -> list[Made]:
    """Redeemables for these codes; with `credits`, so many of a card."""
    asked = {"gift": gift} if gift else {}
    return [{"object": "voucher", "id": code, **asked} for code in codes]


def validate(client: httpx.Client, *codes: str, **body: Any) -> Made:  # noqa: F811
    """Validate these codes, or the `redeemables` of the body; the answer, which must be a 200."""
    answer = client.post("/v1/validations", json={"redeemables": vouchers(*codes), **body})
    assert answer.status_code == 200, answer.text
    told: Made = answer.json()
    return told
