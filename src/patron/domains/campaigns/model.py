"""What campaigns keep beside what vouchers tell of them: how far work on their codes is."""

from typing import Any

import msgspec

PREFIX = "camp_"


class Generation(msgspec.Struct, frozen=True):
    """The options of an async action that makes codes, as they are stored.

    `key` (hexadecimal) shuffles the codes of `config` (JSON), of which `tried` lie behind. `changes` are the columns in
    which the vouchers differ from their campaign's template, `chunk` is how many codes are tried in one unit.
    """

    campaign_id: str
    key: str
    config: str
    changes: dict[str, Any]
    chunk: int
    tried: int = 0


class Updating(msgspec.Struct, frozen=True):
    """The options of an async action that brings columns of a campaign, and keys of its metadata, to its vouchers.

    `after` is the id of the last voucher that was looked at.
    """

    campaign_id: str
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    after: str = ""


class Deleting(msgspec.Struct, frozen=True):
    """The options of an async action that deletes a campaign's vouchers: for good, or into the bin."""

    campaign_id: str
    force: bool
