"""The shape of the code, where no linter knows it. Each test says why its rule is there."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import patron
from patron.db.tables import Table

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src" / "patron").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

LINES = 300
EMPTY_NAMES = {"utils", "util", "helpers", "common", "misc", "base", "manager", "service", "services", "lib", "core"}
IMPURE = {"now_ms", "now", "uuid4", "token_bytes", "token_hex", "token_urlsafe", "urandom", "open", "print"}
IDS_OF_THE_WHOLE_INSTALLATION = {
    "installation": "what the server remembers of itself belongs to no project",
    "api_keys": "a key's id is how the project of a request is found",
}


@pytest.fixture(scope="module", autouse=True)
def _every_module_is_imported() -> None:
    for module in pkgutil.walk_packages(patron.__path__, "patron."):
        if ".versions" not in module.name:
            importlib.import_module(module.name)


def test_a_file_is_read_in_one_sitting() -> None:
    """A file past 300 lines holds more than one thing: it becomes a folder of the same name."""
    long = {_name(path): lines for path in SOURCES if (lines := len(path.read_text().splitlines())) > LINES}
    assert not long


def test_a_file_is_named_for_what_it_holds() -> None:
    """Whatever has no other home moves into `utils`, and nobody finds it there."""
    assert not [
        _name(path) for path in (*SOURCES, *TESTS) if path.stem in EMPTY_NAMES or path.parent.name in EMPTY_NAMES
    ]


def test_a_module_says_what_it_is_for() -> None:
    """The first line of a file is what a newcomer reads to know whether to read on."""
    silent = [path for path in (*SOURCES, *TESTS) if path.stat().st_size and not ast.get_docstring(_tree(path))]
    assert not list(map(_name, silent))


def test_what_decides_is_handed_everything() -> None:
    """`apply` runs again after a refused unit and must come to the same end: no await, clock or chance in it."""
    offences = [
        f"{_name(path)}:{node.lineno}"
        for path in SOURCES
        for function in _functions(path)
        if function.args.args and function.args.args[0].arg == "rows"
        for node in ast.walk(function)
        if isinstance(node, ast.AsyncFunctionDef | ast.Await)
        or (isinstance(node, ast.Call) and _called(node) in IMPURE)
    ]
    assert not offences


def test_no_statement_holds_a_list_of_values() -> None:
    """`in_()` makes another SQL text for each length: the drivers' statement caches would fill with them."""
    offences = [
        f"{_name(path)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute) and node.attr in ("in_", "not_in", "notin_")
    ]
    assert not offences


def test_a_domain_reaches_another_through_its_door_its_model_or_its_shapes() -> None:
    """What a domain keeps behind its actions may change without a look at the other domains."""
    offences = [
        f"{_name(path)}: {target}"
        for path in (ROOT / "src" / "patron" / "domains").glob("*/**/*.py")
        for target in _imports(path)
        if target.startswith("patron.domains.")
        and target.split(".")[2] != _domain(path)
        and target.split(".")[3:4] not in ([], ["model"], ["wire"])
    ]
    assert not offences


def test_every_table_has_a_rank_of_its_own() -> None:
    """Units lock table by table in the order of ranks; two tables of one rank could be locked in either order."""
    ranks = [table.rank for table in Table.all.values()]
    assert sorted(set(ranks)) == sorted(ranks)


def test_a_table_refers_to_lower_ranks_only() -> None:
    """Rows are inserted in the order of ranks: what a foreign key points to must be there before."""
    rank_of = {table.sa: table.rank for table in Table.all.values()}
    offences = [
        f"{table.name} -> {key.referred_table.name}"
        for table in Table.all.values()
        for key in table.sa.foreign_key_constraints
        if rank_of[key.referred_table] >= table.rank
    ]
    assert not offences


def test_every_key_starts_with_the_project() -> None:
    """A project's rows lie together and can move to a node of their own; no query can stray into another project."""
    keys = {
        f"{table.name}.{name}": columns
        for table in Table.all.values()
        for name, columns in {"primary key": table.key, **table.unique}.items()
        if table.name not in IDS_OF_THE_WHOLE_INSTALLATION
    }
    assert {name: columns for name, columns in keys.items() if columns[0] != "project_id"} == {}


def test_every_index_starts_with_the_project() -> None:
    """An index that mixes projects makes each pay for the size of the others."""
    offences = [
        index.name
        for table in Table.all.values()
        for index in table.sa.indexes
        if index.columns.keys()[0] != "project_id"
    ]
    assert not offences


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _called(node: ast.Call) -> str:
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def _domain(path: Path) -> str:
    return path.relative_to(ROOT / "src" / "patron" / "domains").parts[0]
