"""What breaks each rule that must hold of validation rules, their assignments and what they count."""

_RULE = (
    "INSERT INTO validation_rules"
    " (project_id, id, name, rules, applicable_to, type, context_type, n, created_at, version)"
    " VALUES ({{p}}, 'val_1', '', '{{{{\"logic\": \"\"}}}}', '{{{{}}}}', 'basic', 'global', {n}, 1, {version})"
)
_VERSION = (
    "INSERT INTO validation_rule_versions (project_id, rule_id, n, rule, created_at)"
    " VALUES ({p}, 'val_1', 1, '{{}}', 1)"
)
_ASSIGNMENT = (
    "INSERT INTO validation_rule_assignments"
    " (project_id, related_object_type, related_object_id, id, rule_id, created_at, version)"
    " VALUES ({{p}}, 'campaign', 'camp_1', 'asgm_1', 'val_1', 1, {version})"
)
_OF_VOUCHER = (
    "INSERT INTO voucher_validation_rules (project_id, code, id, rule_id, voucher_id, created_at)"
    " SELECT project_id, code, 'asgm_2', 'val_1', id, 1 FROM vouchers WHERE project_id = {p} AND code = 'USED'"
)
_COUNTER = (
    "INSERT INTO rule_counters (project_id, owner, scope, customer_id, key_id, total, amount, discount,"
    " day, in_day, week, in_week, month, in_month)"
    " SELECT project_id, id, id, '', '', 99, 88, 77, 0, 0, 0, 0, 0, 0 FROM vouchers"
    " WHERE project_id = {p} AND code = 'USED'"
)
CORRUPTIONS = {
    "validation_rules.version": [_RULE.format(n=1, version=99), _VERSION],
    "validation_rule_assignments.version": [
        _RULE.format(n=1, version=0),
        _VERSION,
        _ASSIGNMENT.format(version=99),
    ],
    "validation_rules.versions": [_RULE.format(n=2, version=0), _VERSION],
    "voucher_validation_rules.of_nothing": [_OF_VOUCHER],
    "validation_rule_assignments.of_nothing": [_ASSIGNMENT.format(version=0)],
    "rule_counters.total": [_OF_VOUCHER, _COUNTER],
    "rule_counters.amount": [_OF_VOUCHER, _COUNTER],
    "rule_counters.discount": [_OF_VOUCHER, _COUNTER],
}
