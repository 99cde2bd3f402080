"""The map: the domains in order, lowest first, and what each brings. `running` wires it together.

Each list below has one line a domain, in the order of ranks. No rule and no query stands here.
"""

from typing import Any

from patron.db.binned import Kind
from patron.db.checks import Check, rulebook_checks
from patron.db.traces import Mention, Trace
from patron.db.units_table import KEEP_UNITS_MS, UNITS
from patron.domains.async_actions import checks as async_action_checks
from patron.domains.async_actions import jobs as async_action_jobs
from patron.domains.async_actions import routes as async_actions
from patron.domains.async_actions import traces as async_action_traces
from patron.domains.bin.routes import bin_routes
from patron.domains.campaigns import binned as binned_campaigns
from patron.domains.campaigns import checks as campaign_checks
from patron.domains.campaigns import import_routes as campaign_imports
from patron.domains.campaigns import jobs as campaign_jobs
from patron.domains.campaigns import routes as campaigns
from patron.domains.campaigns import ruled as ruled_campaigns
from patron.domains.categories import model as category_model
from patron.domains.categories import routes as categories
from patron.domains.consents import checks as consent_checks
from patron.domains.consents import model as consent_model
from patron.domains.consents import routes as consents
from patron.domains.consents import traces as consent_traces
from patron.domains.customers import checks as customer_checks
from patron.domains.customers import jobs as customer_jobs
from patron.domains.customers import routes as customers
from patron.domains.customers.actions.erase import ending_erasures
from patron.domains.customers.actions.merge import moving_history
from patron.domains.events import checks as event_checks
from patron.domains.events import jobs as event_jobs
from patron.domains.events import model as event_model
from patron.domains.events import routes as event_routes
from patron.domains.events import traces as event_traces
from patron.domains.locations import model as location_model
from patron.domains.locations import routes as location_routes
from patron.domains.metadata_schemas import model as metadata_schemas
from patron.domains.metadata_schemas import routes as metadata_schema_routes
from patron.domains.orders import checks as order_checks
from patron.domains.orders import jobs as order_jobs
from patron.domains.orders import routes as orders
from patron.domains.orders import traces as order_traces
from patron.domains.product_collections import model as product_collections
from patron.domains.product_collections import routes as collection_routes
from patron.domains.products import binned as binned_products
from patron.domains.products import checks as product_checks
from patron.domains.products import jobs as product_jobs
from patron.domains.products import routes as product_routes
from patron.domains.projects import model as projects
from patron.domains.projects import routes as project_routes
from patron.domains.promotions import checks as promotion_checks
from patron.domains.promotions import model as promotion_model
from patron.domains.promotions import routes as promotions
from patron.domains.promotions import ruled as ruled_promotions
from patron.domains.publications import checks as publication_checks
from patron.domains.publications import routes as publications
from patron.domains.publications import traces as publication_traces
from patron.domains.publications.actions.count import count_published
from patron.domains.qualifications import routes as qualifications
from patron.domains.redeemables import checks as session_checks
from patron.domains.redeemables import jobs as session_jobs
from patron.domains.redeemables import routes as sessions
from patron.domains.redemptions import checks as redemption_checks
from patron.domains.redemptions import counters as rule_counters
from patron.domains.redemptions import model as redemption_model
from patron.domains.redemptions import routes as redemptions
from patron.domains.redemptions import traces as redemption_traces
from patron.domains.redemptions.actions.count import count_redeemed
from patron.domains.redemptions.history import HISTORY
from patron.domains.segments import NAMED_BY_SEGMENTS
from patron.domains.segments import checks as segment_checks
from patron.domains.segments import jobs as segment_jobs
from patron.domains.segments import model as segment_model
from patron.domains.segments import routes as segments
from patron.domains.segments import traces as segment_traces
from patron.domains.segments.actions.members import list_members
from patron.domains.segments.comparing import member_checks
from patron.domains.stacking_rules import routes as stacking_rules
from patron.domains.validation_rules import NAMED_BY_RULES
from patron.domains.validation_rules import checks as rule_checks
from patron.domains.validation_rules import model as validation_rules
from patron.domains.validation_rules import routes as rule_routes
from patron.domains.validation_rules import traces as rule_traces
from patron.domains.validations import routes as validations
from patron.domains.vouchers import binned as binned_vouchers
from patron.domains.vouchers import campaign as campaign_model
from patron.domains.vouchers import checks as voucher_checks
from patron.domains.vouchers import jobs as voucher_jobs
from patron.domains.vouchers import routes as vouchers
from patron.domains.vouchers import ruled as ruled_vouchers
from patron.domains.vouchers import traces as voucher_traces
from patron.http import checks as edge
from patron.http import idempotency
from patron.http.pages import PageRoute
from patron.http.routes import Route
from patron.pages.cockpit import routes as cockpit
from patron.queue import checks as job_checks
from patron.queue import jobs, outbox
from patron.queue.jobs import JOBS, KEEP_ENDED_MS, Task
from patron.queue.listeners import Listener
from patron.queue.purge import purging
from patron.queue.schedule import Scheduled
from patron.queue.worker import Background

PARTS = (
    *projects.PARTS,
    *metadata_schemas.PARTS,
    *location_model.PARTS,
    *consent_model.PARTS,
    *product_collections.PARTS,
    *event_model.PARTS,
    *category_model.PARTS,
    *segment_model.PARTS,
    *validation_rules.PARTS,
    *campaign_model.PARTS,
    *promotion_model.PARTS,
)
"""What every process holds in its rulebooks."""

TRACES: tuple[Trace | Mention, ...] = (
    *idempotency.TRACES,
    *outbox.TRACES,
    *jobs.TRACES,
    *async_action_traces.TRACES,
    *consent_traces.TRACES,
    *event_traces.TRACES,
    *order_traces.TRACES,
    *segment_traces.TRACES,
    *rule_traces.TRACES,
    *voucher_traces.TRACES,
    *publication_traces.TRACES,
    *redemption_traces.TRACES,
)
"""Where there may be rows about a customer, beside the customer's own; who asks is told of them in this order."""

BINNED: tuple[Kind, ...] = (*binned_products.KINDS, *binned_vouchers.KINDS, *binned_campaigns.KINDS)
"""What the bin holds."""

TARGETS = (*ruled_vouchers.TARGETS, *ruled_promotions.TARGETS, *ruled_campaigns.TARGETS)
"""What validation rules are assigned to."""

ROUTES: tuple[Route, ...] = (
    *project_routes.ROUTES,
    *metadata_schema_routes.ROUTES,
    *location_routes.ROUTES,
    *location_routes.removing_routes(NAMED_BY_SEGMENTS),
    *async_actions.ROUTES,
    *customers.list_routes(list_members),
    *customers.ROUTES,
    *customers.person_routes(TRACES),
    *consents.ROUTES,
    *product_routes.ROUTES,
    *collection_routes.ROUTES,
    *collection_routes.removing_routes(NAMED_BY_RULES),
    *event_routes.ROUTES,
    *orders.ROUTES,
    *segments.ROUTES,
    *segments.removing_routes(NAMED_BY_RULES),
    *categories.ROUTES,
    *stacking_rules.ROUTES,
    *rule_routes.ROUTES,
    *rule_routes.assigning_routes(TARGETS, HISTORY, redemption_model.LIST),
    *vouchers.ROUTES,
    *promotions.ROUTES,
    *campaigns.ROUTES,
    *campaign_imports.ROUTES,
    *campaigns.summary_routes(count_published, count_redeemed),
    *publications.ROUTES,
    *sessions.ROUTES,
    *qualifications.ROUTES,
    *validations.ROUTES,
    *redemptions.ROUTES,
    *bin_routes(BINNED),
)
"""Every operation of the API."""

PAGES: tuple[PageRoute, ...] = (*async_actions.PAGES, *vouchers.PAGES, *cockpit.PAGES)
"""Every page for people."""

REACTIONS = (*event_jobs.REACTIONS, *segment_jobs.REACTIONS)
"""What must be true when the cause commits, in the order of domains."""

TASKS: tuple[Task[Any], ...] = (
    *customer_jobs.TASKS,
    *product_jobs.TASKS,
    *order_jobs.TASKS,
    *segment_jobs.TASKS,
    *voucher_jobs.TASKS,
    *campaign_jobs.TASKS,
    moving_history(TRACES),
)
"""Every kind of background work."""

LISTENERS: tuple[Listener[Any], ...] = ()
"""Who is told of which event after its commit."""

SCHEDULES = (
    Scheduled("units.purge", "7 * * * *", "UTC", purging(UNITS, KEEP_UNITS_MS)),
    Scheduled(
        "idempotency_keys.purge", "17 * * * *", "UTC", purging(idempotency.IDEMPOTENCY_KEYS, idempotency.KEEP_MS)
    ),
    Scheduled("jobs.purge", "27 * * * *", "UTC", purging(JOBS, KEEP_ENDED_MS, by="finished_at")),
    *async_action_jobs.SCHEDULES,
    *session_jobs.SCHEDULES,
    *segment_jobs.SCHEDULES,
    Scheduled("erasures.end", "*/10 * * * *", "UTC", ending_erasures(TRACES)),
)
"""What every project does at which times."""

BACKGROUND = Background(TASKS, LISTENERS, SCHEDULES)

CHECKS: tuple[Check, ...] = (
    *rulebook_checks(PARTS),
    *edge.CHECKS,
    *job_checks.CHECKS,
    *async_action_checks.CHECKS,
    *customer_checks.CHECKS,
    *customer_checks.history_checks(TRACES),
    *consent_checks.CHECKS,
    *product_checks.CHECKS,
    *event_checks.CHECKS,
    *order_checks.CHECKS,
    *segment_checks.CHECKS,
    *rule_checks.CHECKS,
    *voucher_checks.CHECKS,
    *promotion_checks.CHECKS,
    *campaign_checks.CHECKS,
    *publication_checks.CHECKS,
    *session_checks.CHECKS,
    *redemption_checks.CHECKS,
    *rule_counters.CHECKS,
)
"""What `patron verify` looks for."""

MADE_CHECKS = (member_checks,)
"""What it looks for beside that, by what a project stores."""
