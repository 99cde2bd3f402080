"""The fixtures of vouchers: a server that all tests of a file share, and ways to make vouchers in it."""

from tests.domains.vouchers.conftest import client, make, make_card  # noqa: F401 - fixtures
