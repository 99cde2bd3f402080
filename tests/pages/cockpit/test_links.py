"""Links to a customer's page: who gets one, what it opens, and when it is over."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import msgspec
import pytest

from patron.domains.customers.links import DAY_MS, CockpitLink, cockpit_url, known_link
from patron.domains.customers.model import Customer
from patron.domains.customers.policy import new_customer
from patron.domains.customers.wire import CustomerIn
from patron.http.links import Links
from patron.kernel.clock import now_ms
from tests.pages.cockpit.conftest import SECRET, Made, Make, link_of
from tests.support.management import CLIENT_KEYS, PAGES
from tests.support.servers import KEYS, Shop

LINKS = Links((SECRET,))
MIDNIGHT = 1_795_478_400_000
SHOP = "https://shop.example/loyalty"


def a_customer(**changes: Any) -> Customer:
    return new_customer("proj_1", "cust_1", None, CustomerIn(**changes), MIDNIGHT)


def token_of(link: str) -> str:
    return link.rpartition("/")[2]


def sealed(customer: Made, *, secret: str = SECRET, purpose: str = "cockpit", **changes: Any) -> str:
    """The token of a customer's own link, with what it says changed."""
    link = known_link(LINKS, token_of(link_of(customer)), now_ms())
    assert link is not None
    return Links((secret,)).seal(purpose, link._replace(**changes), now_ms() + DAY_MS)


def visited(anyone: httpx.Client, token: str) -> httpx.Response:
    return anyone.get(f"/cockpit/{token}")


def test_a_link_is_the_same_all_day_and_another_the_next_day() -> None:
    def link(now: int) -> str:
        return cockpit_url(LINKS, SHOP, a_customer(), 30, now)

    assert link(MIDNIGHT) == link(MIDNIGHT + DAY_MS - 1) != link(MIDNIGHT + DAY_MS)
    assert link(MIDNIGHT).startswith("https://shop.example/loyalty/cockpit/")


def test_a_link_is_good_for_its_days_and_then_known_for_one_that_was() -> None:
    for made in (MIDNIGHT, MIDNIGHT + DAY_MS - 1):
        token = token_of(cockpit_url(LINKS, SHOP, a_customer(), 30, made))
        link = known_link(LINKS, token, made)
        assert link is not None
        assert link.opens(a_customer(), made + 30 * DAY_MS)
        assert not link.opens(a_customer(), made + 31 * DAY_MS)
        assert known_link(LINKS, token, made + 200 * DAY_MS) == link
        assert known_link(LINKS, token, made + 500 * DAY_MS) is None


def test_a_revocation_ends_the_links_before_it_alone() -> None:
    before, after = a_customer(), msgspec.structs.replace(a_customer(), links_revoked_at=3)
    old, new = CockpitLink("proj_1", "cust_1", 0, 5), CockpitLink("proj_1", "cust_1", 3, 5)
    assert old.opens(before, 4)
    assert not old.opens(after, 4)
    assert new.opens(after, 4)
    assert not new.opens(before, 4)


def test_a_link_is_in_the_answers_that_are_about_one_customer(open_shop: Shop, make: Make) -> None:
    made = make()
    path = f"/v1/customers/{made['id']}"
    assert open_shop.client.get(path).json() == made
    changed = open_shop.client.put(path, json={"name": "Grace"}).json()
    assert changed["assets"] == made["assets"]
    assert list(changed)[-2:] == ["assets", "object"]
    listed = open_shop.client.get("/v1/customers").json()["customers"]
    assert all("assets" not in customer for customer in listed)


def test_a_browser_with_a_client_key_is_told_no_link(anyone: httpx.Client, make: Make) -> None:
    """Anybody may send any source_id from there: a link would open the page of whoever it belongs to."""
    body = {"source_id": make()["source_id"], "name": "Eve"}
    answer = anyone.post("/client/v1/customers", json=body, headers={**CLIENT_KEYS, "Origin": PAGES})
    assert answer.status_code == 200
    assert "cockpit" not in answer.text


def test_an_answer_that_is_repeated_has_the_link_that_is_good_now(open_shop: Shop, anyone: httpx.Client) -> None:
    body = {"source_id": "repeated", "name": "Ada"}
    once = {"Idempotency-Key": "cockpit-1"}
    first = open_shop.client.post("/v1/customers", json=body, headers=once)
    again = open_shop.client.post("/v1/customers", json=body, headers=once)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    open_shop.client.delete("/v1/customers/repeated/cockpit-links")
    later = open_shop.client.post("/v1/customers", json=body, headers=once).json()
    assert later["assets"] != first.json()["assets"]
    assert anyone.get(link_of(later)).status_code == 200
    open_shop.client.delete("/v1/customers/repeated")
    gone = open_shop.client.post("/v1/customers", json=body, headers=once).json()
    assert "assets" not in gone
    assert gone["id"] == later["id"]


def test_a_link_opens_its_own_customers_page_alone(make: Make, anyone: httpx.Client) -> None:
    ada, grace = make(name="Ada"), make(name="Grace")
    assert "Grace" not in anyone.get(link_of(ada)).text
    assert "Grace" in anyone.get(link_of(grace)).text


@pytest.mark.parametrize("token", ["x", "x.y", "a" * 3_000, "%00", "%FF", "%zz", "..%2F..", "é", "W10.W10", "%0d%0a"])
def test_what_was_never_a_link_is_refused(anyone: httpx.Client, token: str) -> None:
    answer = visited(anyone, token)
    assert answer.status_code in (400, 404)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


def test_an_altered_link_is_refused(open_shop: Shop, make: Make, anyone: httpx.Client) -> None:
    one, other = token_of(link_of(make())), token_of(link_of(make()))
    said, _, signature = one.rpartition(".")
    for altered in (
        f"{said}.{signature[:-2]}AA",
        f"{said[:-1]}.{signature}",
        f"{said}.{other.rpartition('.')[2]}",
        f"{other.rpartition('.')[0]}.{signature}",
        one + "x",
        said,
    ):
        assert visited(anyone, altered).status_code == 404


def test_what_is_signed_for_another_purpose_or_by_another_secret_is_refused(
    open_shop: Shop, make: Make, anyone: httpx.Client
) -> None:
    customer = make()
    assert visited(anyone, sealed(customer)).status_code == 200
    assert visited(anyone, sealed(customer, purpose="confirm")).status_code == 404
    assert visited(anyone, sealed(customer, secret=SECRET[::-1])).status_code == 404
    cursor = open_shop.client.get("/v1/customers?limit=1").json().get("next_cursor", "x.y")
    assert visited(anyone, cursor).status_code == 404


def test_a_link_of_another_project_is_refused(open_shop: Shop, make: Make, anyone: httpx.Client) -> None:
    assert visited(anyone, sealed(make(), project_id="proj_other")).status_code == 404


def test_whether_somebody_exists_is_not_told(open_shop: Shop, make: Make, anyone: httpx.Client) -> None:
    """An expired link, a revoked one, and one of a customer who was never there or is gone: one page for all."""
    revoked, deleted = make(), make()
    open_shop.client.delete(f"/v1/customers/{revoked['id']}/cockpit-links")
    open_shop.client.delete(f"/v1/customers/{deleted['id']}")
    answers = [
        visited(anyone, sealed(make(), expires_at=now_ms() - 1)),
        visited(anyone, token_of(link_of(revoked))),
        visited(anyone, token_of(link_of(deleted))),
        visited(anyone, sealed(make(), customer_id="cust_nobody")),
    ]
    assert [answer.status_code for answer in answers] == [410] * 4
    assert len({answer.content for answer in answers}) == 1
    assert "Lovelace" not in answers[0].text


def test_revoked_links_open_nothing_and_the_next_one_does(open_shop: Shop, make: Make, anyone: httpx.Client) -> None:
    customer = make()
    path = f"/v1/customers/{customer['source_id']}"
    for _ in range(3):
        before = link_of(open_shop.client.get(path).json())
        assert anyone.get(before).status_code == 200
        assert open_shop.client.delete(f"{path}/cockpit-links").status_code == 204
        after = open_shop.client.get(path).json()
        assert anyone.get(before).status_code == 410
        assert anyone.get(link_of(after)).status_code == 200
        assert {**after, "assets": None} == {**customer, "assets": None}


def test_twenty_revocations_at_once_each_end_what_was_before(open_shop: Shop, make: Make, anyone: httpx.Client) -> None:
    customer = make()
    path = f"/v1/customers/{customer['id']}"

    def revoke(_n: int) -> tuple[int, str]:
        with httpx.Client(verify=False, base_url=open_shop.url, headers=KEYS, timeout=30) as client:
            return client.delete(f"{path}/cockpit-links").status_code, link_of(client.get(path).json())

    with ThreadPoolExecutor(20) as threads:
        ended = list(threads.map(revoke, range(20)))
    assert {status for status, _ in ended} == {204}
    last = link_of(open_shop.client.get(path).json())
    assert {link for _, link in ended if anyone.get(link).status_code == 200} == {last}


def test_the_links_of_nobody_cannot_be_revoked(open_shop: Shop) -> None:
    answer = open_shop.client.delete("/v1/customers/nobody/cockpit-links")
    assert (answer.status_code, answer.json()["resource_id"]) == (404, "nobody")


def test_links_are_revoked_with_a_server_key_alone(open_shop: Shop, make: Make, anyone: httpx.Client) -> None:
    customer = make()
    assert anyone.delete(f"/v1/customers/{customer['id']}/cockpit-links").status_code == 401
    assert anyone.get(link_of(customer)).status_code == 200
