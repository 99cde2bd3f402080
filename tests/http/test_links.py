"""Links: what a text says, for one purpose, until its time is over."""

import re

import pytest

from patron.http.links import Links

SECRETS = ("new " * 10, "old " * 10)
NOON = 1_795_521_600_000


def test_what_was_sealed_is_opened() -> None:
    links = Links(SECRETS)
    token = links.seal("cockpit", ["proj_1", "cust_1", 3], NOON + 1_000)
    assert links.open("cockpit", token, NOON) == ["proj_1", "cust_1", 3]
    assert re.fullmatch(r"[\w.-]+", token)
    assert len(token) < 100


def test_a_link_is_over_when_its_time_is() -> None:
    links = Links(SECRETS)
    token = links.seal("cockpit", "x", NOON)
    assert links.open("cockpit", token, NOON - 1) == "x"
    assert links.open("cockpit", token, NOON) is None


def test_a_link_is_good_for_its_purpose_alone() -> None:
    links = Links(SECRETS)
    assert links.open("confirm", links.seal("cockpit", "x", NOON), 0) is None


def test_every_secret_opens_and_the_first_one_seals() -> None:
    old, both, new = Links(SECRETS[1:]), Links(SECRETS), Links(SECRETS[:1])
    assert both.open("a", old.seal("a", "x", NOON), 0) == "x"
    assert new.open("a", both.seal("a", "x", NOON), 0) == "x"
    assert new.open("a", old.seal("a", "x", NOON), 0) is None


@pytest.mark.parametrize("token", ["", ".", "a.b", "é", "\ud800", "x" * 5_000, "WyJ4IiwxXQ", "\0"])
def test_what_was_never_sealed_opens_nothing(token: str) -> None:
    assert Links(SECRETS).open("cockpit", token, 0) is None


def test_a_changed_link_opens_nothing() -> None:
    links = Links(SECRETS)
    token = links.seal("cockpit", "x", NOON)
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        changed = token[:at] + other + token[at + 1 :]
        assert changed == token or links.open("cockpit", changed, 0) is None or at == len(token) - 1
