"""Nothing about a person is forgotten when they are erased: every table says what becomes of its rows."""

import pytest

from patron.app import TRACES
from patron.db.tables import Table
from patron.db.traces import Trace

OF_THE_CUSTOMER = {
    "customers",
    "customer_keys",
    "customer_totals",
    "deleted_customers",
    "erasures",
    "merged_customers",
}
"""What the verb that erases takes away itself, and what it leaves: an id that means nothing any more."""

OF_NOBODY = {
    "units": "ids of transactions",
    "counts": "totals of lists",
    "rulebook_versions": "a number a project",
    "installation": "what the server remembers of itself",
    "projects": "the shop's own",
    "api_keys": "the shop's own",
    "managed_projects": "the shop's own",
    "metadata_schemas": "the shop's own",
    "locations": "the shop's own",
    "event_definitions": "the shop's own",
    "consents": "the shop's own",
    "consent_groups": "the shop's own",
    "schedules": "when something is due next",
    "products": "the shop's own",
    "product_keys": "the shop's own",
    "skus": "the shop's own",
    "sku_keys": "the shop's own",
    "deleted_products": "the shop's own",
    "deleted_skus": "the shop's own",
    "session_locks": "what a session holds of a voucher; whose session it is, nobody knows",
    "order_imports": "which import of orders is the last",
    "product_collections": "the shop's own",
    "categories": "the shop's own",
    "stacking_rules": "the shop's own",
    "segments": "the shop's own",
    "segment_activity": "what happened to a segment",
    "vouchers": "the shop's own; whose one is stands apart",
    "voucher_totals": "what was done with a voucher, by whom is not said",
    "voucher_transactions": "why a balance moved, not whose",
    "voucher_transaction_keys": "the shop's own names of changes",
    "binned_vouchers": "the shop's own",
    "campaigns": "the shop's own",
    "promotion_tiers": "the shop's own",
    "promotion_stacks": "the shop's own",
    "promotion_tier_totals": "what was done with a tier, by whom is not said",
    "campaign_names": "the shop's own",
    "campaign_totals": "how many vouchers a campaign has",
    "campaign_days": "what happened to vouchers, not whose",
    "validation_rules": "the shop's own",
    "validation_rule_versions": "the shop's own",
    "validation_rule_assignments": "the shop's own",
    "voucher_validation_rules": "which vouchers are under which rules",
    "publication_vouchers": "which codes were given away, to whom is not said",
    "async_actions": "how bulk work goes on; of rows that failed, it names the source_id that no customer may have",
    "async_action_chunks": "bulk work that waits: it goes when it is done, and makes who is in it anew",
}
"""Tables whose rows are about no customer, and why."""


def test_every_table_says_what_an_erasure_does_to_it() -> None:
    """A new table that may hold something about a customer has a trace in its domain, or a reason here why not."""
    traced = {trace.table.name for trace in TRACES}
    assert set(Table.all) == traced | OF_THE_CUSTOMER | OF_NOBODY.keys()
    assert not traced & OF_NOBODY.keys()


def test_a_table_of_nobody_names_nobody() -> None:
    """A column that names a customer makes its table one with traces."""
    names = ("customer", "holder", "referrer", "referee", "person", "subject", "about")
    offences = [
        f"{name}.{column}"
        for name in OF_NOBODY
        for column in Table.all[name].fields
        if any(word in column for word in names)
    ]
    assert not offences


@pytest.mark.parametrize("trace", [trace for trace in TRACES if isinstance(trace, Trace)], ids=lambda t: t.table.name)
def test_a_trace_is_found_by_an_index(trace: Trace) -> None:
    """An erasure must not read the rows of everybody else."""
    begin = ["project_id", trace.by, trace.then]
    keys = [list(trace.table.key), *(index.columns.keys() for index in trace.table.sa.indexes)]
    assert any(key[:3] == begin for key in keys)


@pytest.mark.parametrize("trace", [trace for trace in TRACES if isinstance(trace, Trace)], ids=lambda t: t.table.name)
def test_a_trace_says_what_a_merge_makes_of_it(trace: Trace) -> None:
    """Rows are given to another customer as they are, unless both customers may have a row under one key."""
    keys = [trace.table.key, *trace.table.unique.values()]
    clashing = [key for key in keys if trace.by in key and set(key) != {"project_id", trace.by, "id"}]
    if clashing:
        assert trace.fold is not None, "of two rows under one key, one must be made: say how by `fold`"
    else:
        assert trace.fold is None, "rows that cannot clash move by a job, however many they are"
