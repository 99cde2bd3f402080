"""The operations of validation rules and their assignments."""

from collections.abc import Iterable

from patron.db.actions import Reply
from patron.domains.validation_rules.actions.assign import UNASSIGN, Assign, History, Target, Unassign, assigning
from patron.domains.validation_rules.actions.find import (
    find,
    find_assignment,
    find_version,
    list_assignments,
    list_rules,
    list_versions,
    with_counts,
)
from patron.domains.validation_rules.actions.try_out import try_stored, try_unsaved
from patron.domains.validation_rules.actions.write import CREATE, DELETE, UPDATE, Delete, Update
from patron.domains.validation_rules.model import VOUCHER, VoucherRule
from patron.domains.validation_rules.wire.given import AssignmentIn, RuleIn, RulePatch
from patron.domains.validation_rules.wire.tested import TestIn, TestOut, UnsavedTestIn
from patron.domains.validation_rules.wire.told import (
    AllAssignmentsQuery,
    AssignmentList,
    AssignmentOut,
    AssignmentsQuery,
    AssignQuery,
    RuleList,
    RuleOut,
    RulesQuery,
    VersionList,
    VersionOut,
)
from patron.http.routes import Call, Route
from patron.kernel.problems import invalid_payload

TAG = "Validation rules"
RULE = "/v1/validation-rules/{validationRuleId}"


async def index(call: Call[None, RulesQuery]) -> Reply:
    rules, total = await list_rules(call.read, call.ctx.project_id, call.query)
    return call.json(RuleList(data=[RuleOut.of(each.rule, each.assignments) for each in rules], total=total))


async def create(call: Call[RuleIn, None]) -> Reply:
    return await call.write(CREATE, call.body)


async def show(call: Call[None, None]) -> Reply:
    rule = await find(call.read, call.ctx.project_id, call.params["validationRuleId"])
    [counted] = await with_counts(call.read, call.ctx.project_id, [rule])
    return call.json(RuleOut.of(rule, counted.assignments))


async def change(call: Call[RulePatch, None]) -> Reply:
    return await call.write(UPDATE, Update(call.params["validationRuleId"], call.body))


async def remove(call: Call[None, None]) -> Reply:
    return await call.write(DELETE, Delete(call.params["validationRuleId"]))


async def versions(call: Call[None, None]) -> Reply:
    found = await list_versions(call.read, call.ctx.project_id, call.params["validationRuleId"])
    return call.json(VersionList(data=[VersionOut.of(each) for each in found], total=found[0].n))


async def version(call: Call[None, None]) -> Reply:
    params = call.params
    found = await find_version(call.read, call.ctx.project_id, params["validationRuleId"], params["version"])
    return call.json(VersionOut.of(found))


async def try_out(call: Call[TestIn, None]) -> Reply:
    return call.json(TestOut.of(*await try_stored(call.read, call.ctx, call.params["validationRuleId"], call.body)))


async def try_out_unsaved(call: Call[UnsavedTestIn, None]) -> Reply:
    return call.json(TestOut.of(*await try_unsaved(call.read, call.ctx, call.body)))


async def assignments(call: Call[None, AssignmentsQuery]) -> Reply:
    return await _assignments(call, call.query, call.params["validationRuleId"], None)


async def all_assignments(call: Call[None, AllAssignmentsQuery]) -> Reply:
    return await _assignments(call, call.query, call.query.rule, call.query.related_object_id)


async def _assignments(
    call: Call[None, AssignmentsQuery] | Call[None, AllAssignmentsQuery],
    query: AssignmentsQuery,
    rule_id: str | None,
    object_id: str | None,
) -> Reply:
    found, total = await list_assignments(call.read, call.ctx.project_id, query, rule_id=rule_id, object_id=object_id)
    return call.json(AssignmentList(data=[AssignmentOut.of(each) for each in found], total=total))


async def unassign(call: Call[None, None]) -> Reply:
    rule_id, assignment_id = call.params["validationRuleId"], call.params["assignmentId"]
    found = await find_assignment(call.read, call.ctx.project_id, rule_id, assignment_id)
    kind, key = (
        (VOUCHER, found.code)
        if isinstance(found, VoucherRule)
        else (found.related_object_type, found.related_object_id)
    )
    return await call.write(UNASSIGN, Unassign(rule_id, assignment_id, kind, key))


def assigning_routes(targets: Iterable[Target], history: History, ledger: str) -> tuple[Route, ...]:
    """The operation that assigns a rule to an object; see `assigning`. The kinds of objects stand above rules, and so
    does what was redeemed.
    """
    action = assigning({target.kind: target for target in targets}, history, ledger)

    async def assign(call: Call[AssignmentIn, AssignQuery]) -> Reply:
        reference = call.body.related_object_id or call.body.voucher
        if not isinstance(reference, str):
            raise invalid_payload("related_object_id: expected one")
        kind = call.body.related_object_type if call.body.related_object_id else VOUCHER
        return await call.write(action, Assign(call.params["validationRuleId"], kind, reference, call.query.force))

    return (
        Route(
            "POST",
            f"{RULE}/assignments",
            assign,
            summary="Assign a validation rule to a voucher, campaign or promotion tier",
            tag=TAG,
            body=AssignmentIn,
            query=AssignQuery,
            answers={200: AssignmentOut},
            problems=(404, 409),
        ),
    )


ROUTES = [
    Route(
        "GET",
        "/v1/validation-rules",
        index,
        summary="List validation rules",
        tag=TAG,
        query=RulesQuery,
        answers={200: RuleList},
    ),
    Route(
        "POST",
        "/v1/validation-rules",
        create,
        summary="Create a validation rule",
        tag=TAG,
        body=RuleIn,
        answers={200: RuleOut},
    ),
    Route("GET", RULE, show, summary="Get a validation rule", tag=TAG, answers={200: RuleOut}),
    Route(
        "PUT",
        RULE,
        change,
        summary="Change a validation rule, which makes a new version of it",
        tag=TAG,
        body=RulePatch,
        answers={200: RuleOut},
    ),
    Route(
        "DELETE",
        RULE,
        remove,
        summary="Delete a validation rule that is assigned to nothing",
        tag=TAG,
        answers={204: None},
        problems=(400,),
    ),
    Route(
        "GET",
        f"{RULE}/versions",
        versions,
        summary="List the versions of a validation rule, the newest first",
        tag=TAG,
        answers={200: VersionList},
    ),
    Route(
        "GET",
        f"{RULE}/versions/{{version}}",
        version,
        summary="Get a validation rule as it was",
        tag=TAG,
        answers={200: VersionOut},
    ),
    Route(
        "POST",
        f"{RULE}/test",
        try_out,
        summary="Test a validation rule against a case: every node, expected and actual",
        tag=TAG,
        body=TestIn,
        answers={200: TestOut},
        problems=(404,),
    ),
    Route(
        "POST",
        "/v1/validation-rules/test",
        try_out_unsaved,
        summary="Test rules that are not stored against a case",
        tag=TAG,
        body=UnsavedTestIn,
        answers={200: TestOut},
        problems=(404,),
    ),
    Route(
        "GET",
        f"{RULE}/assignments",
        assignments,
        summary="List the assignments of a validation rule",
        tag=TAG,
        query=AssignmentsQuery,
        answers={200: AssignmentList},
    ),
    Route(
        "DELETE",
        f"{RULE}/assignments/{{assignmentId}}",
        unassign,
        summary="Take an object out of a validation rule",
        tag=TAG,
        answers={204: None},
    ),
    Route(
        "GET",
        "/v1/validation-rules-assignments",
        all_assignments,
        summary="List the assignments of all validation rules",
        tag=TAG,
        query=AllAssignmentsQuery,
        answers={200: AssignmentList},
    ),
]
