"""Codes that the server makes: as they were asked for, and never one that is taken."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.domains.vouchers.conftest import a_code, discount, ok, refused

AT_ONCE = 20


def made_with(client: httpx.Client, **config: Any) -> httpx.Response:
    return client.post("/v1/vouchers", json=discount(code_config=config))


def test_a_code_that_nobody_describes_has_eight_letters_and_digits(client: httpx.Client) -> None:
    codes = {ok(client.post("/v1/vouchers", json=discount()))["code"] for _ in range(20)}
    assert len(codes) == 20
    assert all(re.fullmatch(r"[0-9A-Za-z]{8}", code) for code in codes)


def test_a_code_is_as_it_was_described(client: httpx.Client) -> None:
    made = ok(made_with(client, pattern="GIFT-####-####", prefix="New-", postfix="0", charset="XYZ", initial_count=5))
    assert re.fullmatch(r"New-GIFT-[XYZ]{4}-[XYZ]{4}0", made["code"])
    assert re.fullmatch(r"[0-9]{12}", ok(made_with(client, length=12, charset="0123456789"))["code"])


def test_each_code_of_a_configuration_is_made_once_and_then_no_more(client: httpx.Client) -> None:
    config = {"pattern": f"{a_code()}-##", "charset": "01234"}
    codes = [ok(made_with(client, **config))["code"] for _ in range(25)]
    assert len(set(codes)) == 25
    assert "25 codes" in refused(made_with(client, **config), 400, "invalid_code_config")
    total = ok(client.get("/v1/vouchers"))["total"]
    refused(made_with(client, **config), 400, "invalid_code_config")
    assert ok(client.get("/v1/vouchers"))["total"] == total


def test_a_code_in_the_bin_is_not_made_again(client: httpx.Client) -> None:
    pattern = a_code()
    assert ok(made_with(client, pattern=pattern))["code"] == pattern
    assert client.delete(f"/v1/vouchers/{pattern}").status_code == 204
    assert "1 codes" in refused(made_with(client, pattern=pattern), 400, "invalid_code_config")


def test_of_twenty_who_want_the_last_ten_codes_ten_get_one(client: httpx.Client) -> None:
    config = {"pattern": f"{a_code()}-#", "charset": "0123456789"}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda _n: made_with(client, **config), range(AT_ONCE)))
    codes = {answer.json()["code"] for answer in answers if answer.status_code == 200}
    assert len(codes) == 10
    assert [answer.json()["key"] for answer in answers if answer.status_code != 200] == ["invalid_code_config"] * 10


def test_of_twenty_who_bring_one_code_one_creates_the_voucher(client: httpx.Client) -> None:
    for _ in range(3):
        code = a_code()
        before = ok(client.get("/v1/vouchers"))["total"]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            bodies = [discount(code=code, metadata={"n": n}) for n in range(AT_ONCE)]
            answers = list(pool.map(lambda body: client.post("/v1/vouchers", json=body), bodies))
        assert sorted(answer.status_code for answer in answers) == [200] + [409] * (AT_ONCE - 1)
        [made] = [answer.json() for answer in answers if answer.status_code == 200]
        assert ok(client.get(f"/v1/vouchers/{code}")) == made
        assert ok(client.get("/v1/vouchers"))["total"] == before + 1


@pytest.mark.parametrize(
    ("config", "key", "names"),
    [
        ({"length": 0}, "invalid_payload", "code_config.length"),
        ({"length": 65}, "invalid_payload", "code_config.length"),
        ({"length": 8.5}, "invalid_payload", "code_config.length"),
        ({"pattern": "#" * 65}, "invalid_code_config", "code_config.pattern"),
        ({"pattern": "x" * 250, "prefix": "123456"}, "invalid_code_config", "code_config"),
        ({"charset": "x" * 1_001}, "invalid_payload", "code_config.charset"),
    ],
)
def test_a_configuration_that_makes_no_code_is_refused(
    client: httpx.Client, config: dict[str, Any], key: str, names: str
) -> None:
    assert names in refused(made_with(client, **config), 400, key)
