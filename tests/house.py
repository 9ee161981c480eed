"""The rules of the house for Python: each takes one file's path and tree and gives what is wrong with it.

CONTRIBUTING.md says them in words; test_house.py applies them to the tree and each of them to a bad example.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable, Iterator
from functools import cache
from typing import Final

PACKAGES: Final = ("protocol", "store", "look", "intake", "verifier", "worker", "alerts", "keys", "sereno")
OURS: Final = frozenset({*PACKAGES, "tests", "bench"})
MAY_IMPORT: Final = {
    "protocol": {"protocol"},
    "store": {"store", "protocol"},
    # Whoever speaks to people shares one face and one set of words, and gets no rows and no doors with it.
    "look": {"look", "protocol"},
    "intake": {"intake", "look", "store", "protocol"},
    "verifier": {"verifier", "look", "store", "protocol"},
    "worker": {"worker", "look", "store", "protocol"},
    "alerts": {"alerts", "look", "store", "protocol"},
    "keys": {"keys", "protocol"},
    "sereno": set(PACKAGES),
}
# The machine at the open door gets no more of the store than it needs.
INTAKE_STORE: Final = ("store.engine", "store.envelopes", "store.drop", "store.recipients", "store.uploads")
# What others than the store may have of SQLAlchemy.
OF_A_STORE: Final = ("sqlalchemy.Connection.", "sqlalchemy.Engine.", "sqlalchemy.exc.")
CHANCE: Final = frozenset({"age", "codename", "vault", "xwing"})  # The modules of protocol that seal or generate.
# The standard library that protocol may use: nothing here knows the time, a disk, a socket or the environment.
PURE: Final = frozenset(
    "__future__ base64 binascii bisect collections contextlib dataclasses difflib enum functools hashlib hmac "
    "itertools json math operator re string struct types typing unicodedata".split()
)
PURE_LIBRARIES: Final = frozenset({"nacl", "cryptography", "rfc8785"})
# What the shared face may use besides the standard library: it reads its own files, and languages through Babel.
LOOK_LIBRARIES: Final = frozenset({"babel"})
IMPURE_CALLS: Final = frozenset({"open", "input", "print", "breakpoint"})
NOT_NAMES: Final = frozenset(
    "core common util utils helper helpers model models view views service services manager".split()
)
NEVER_SAY: Final = frozenset(
    "approval approvals incident incidents moderator moderators reporter reporters reviewer reviewers submission "
    "submissions tenant tenants ticket tickets vote votes voter voters".split()
)
UNSAFE: Final = frozenset({"pickle", "cPickle", "dill", "cloudpickle", "marshal", "shelve"})
LONGEST_FILE: Final = 300
LONGEST_FUNCTION: Final = 40
NOT_WRITTEN_BY_US: Final = frozenset({"vendor", "vectors", "catalogues", "migrations", "built"})

Rule = Callable[[str, ast.Module], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def nodes(tree: ast.Module) -> tuple[ast.AST, ...]:
    """Return every node of a file: to walk through a tree anew for each rule takes longer than all rules together."""
    return tuple(ast.walk(tree))


def imported(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give (line, dotted name) of everything a file imports; `from a import b` gives `a.b`."""
    package = path.split("/")[:-1]
    for node in nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)


def words(name: str) -> set[str]:
    """Split a snake_case or CamelCase name into its words, in lower case."""
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def who_may_import_whom(path: str, tree: ast.Module) -> Iterator[str]:
    """A package imports only what its duty needs."""
    package = path.split("/")[0]
    if package not in MAY_IMPORT:
        return
    released = "/migrations/versions/" in path
    for line, name in imported(path, tree):
        top = name.split(".")[0]
        if top in OURS and top not in MAY_IMPORT[package]:
            yield f"{path}:{line}: {package} may not import {name}"
        elif top in OURS and released:
            yield f"{path}:{line}: a migration stands alone, it may not import {name}"
        elif package == "intake" and top == "store" and not f"{name}.".startswith(tuple(f"{m}." for m in INTAKE_STORE)):
            yield f"{path}:{line}: intake uses only {', '.join(INTAKE_STORE)} of the store, not {name}"


def no_import_by_string(path: str, tree: ast.Module) -> Iterator[str]:
    """An import that no reader can see is no import."""
    if path.split("/")[0] not in PACKAGES:
        return
    for line, name in imported(path, tree):
        if name.split(".")[0] in {"importlib", "runpy"} and not name.startswith("importlib.resources"):
            yield f"{path}:{line}: imports by string ({name})"
    for node in nodes(tree):
        called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
        if called in {"__import__", "eval", "exec", "compile"}:
            yield f"{path}:{getattr(node, 'lineno', 0)}: calls {called}"


def queries_are_the_stores(path: str, tree: ast.Module) -> Iterator[str]:
    """Only the store asks a database: whoever stands on it holds a connection, and knows how one fails."""
    if path.split("/")[0] not in PACKAGES or path.startswith("store/"):
        return
    for line, name in imported(path, tree):
        if name.split(".")[0] == "sqlalchemy" and not f"{name}.".startswith(OF_A_STORE):
            yield f"{path}:{line}: queries are the store's, not {name}"
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr == "exec_driver_sql":
            yield f"{path}:{node.lineno}: queries are the store's, not .{node.attr}"


def protocol_is_pure(path: str, tree: ast.Module) -> Iterator[str]:
    """The protocol knows no clock, disk, socket or environment, and chance only where it seals."""
    if not path.startswith("protocol/"):
        return
    module = path.removeprefix("protocol/").removesuffix(".py")
    for line, name in imported(path, tree):
        top = name.split(".")[0]
        if top not in OURS and top not in PURE | PURE_LIBRARIES:
            yield f"{path}:{line}: protocol is pure and may not import {name}"
        if name.startswith("nacl.utils") and module not in CHANCE:
            yield f"{path}:{line}: chance belongs to {', '.join(sorted(CHANCE))}"
    for node in nodes(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS:
            yield f"{path}:{node.lineno}: protocol is pure and may not call {node.func.id}"


def look_is_light(path: str, tree: ast.Module) -> Iterator[str]:
    """The shared face needs no library but Babel: it goes wherever a page goes."""
    if not path.startswith("look/"):
        return
    for line, name in imported(path, tree):
        top = name.split(".")[0]
        if top not in OURS | LOOK_LIBRARIES and top not in sys.stdlib_module_names:
            yield f"{path}:{line}: look may not import {name}"


def short_functions(path: str, tree: ast.Module) -> Iterator[str]:
    """A function is at most 40 lines long, its decorators and docstring among them."""
    for node in nodes(tree):
        if isinstance(node, Function):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            lines = (node.end_lineno or first) - first + 1
            if lines > LONGEST_FUNCTION:
                yield f"{path}:{first}: {node.name} has {lines} lines, at most {LONGEST_FUNCTION}"


def names_that_say_something(path: str, tree: ast.Module) -> Iterator[str]:
    """No module, folder or class has a name that could be anything's; no function does what only people do.

    A test's name is a sentence, which may speak of people.
    """
    for part in path.removesuffix(".py").split("/"):
        if words(part) & NOT_NAMES:
            yield f"{path}: {part} is not a name"
    for node in nodes(tree):
        if isinstance(node, ast.ClassDef) and words(node.name) & NOT_NAMES:
            yield f"{path}:{node.lineno}: {node.name} is not a name"
        if isinstance(node, Function) and "verify" in words(node.name) and not node.name.startswith("test_"):
            yield f"{path}:{node.lineno}: {node.name}: verifying is people's work"


def words_we_use(path: str, tree: ast.Module) -> Iterator[str]:
    """What we name, we name with the product's words."""
    if path.split("/")[0] not in PACKAGES:
        return
    for node in nodes(tree):
        name = ""
        if isinstance(node, Function | ast.ClassDef):
            name = node.name
        elif isinstance(node, ast.arg):
            name = node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            name = node.id
        for word in sorted(words(name) & NEVER_SAY):
            yield f"{path}:{getattr(node, 'lineno', 0)}: {name}: we don't say {word}"


def no_cookie(path: str, tree: ast.Module) -> Iterator[str]:
    """Nobody gets a cookie."""
    for line, name in imported(path, tree):
        if name in {"flask.session", "http.cookies"} or name.startswith("http.cookiejar"):
            yield f"{path}:{line}: no cookie ({name})"
    for node in nodes(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"set_cookie", "session_transaction"}:
            yield f"{path}:{node.lineno}: no cookie ({node.attr})"
        text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if text.lower() == "set-cookie" and path.split("/")[0] in PACKAGES:
            yield f"{path}:{getattr(node, 'lineno', 0)}: no cookie ({text})"


def no_pickle(path: str, tree: ast.Module) -> Iterator[str]:
    """JSON, never a format that runs what it reads."""
    for line, name in imported(path, tree):
        if name.split(".")[0] in UNSAFE:
            yield f"{path}:{line}: {name} runs what it reads"


def nothing_swallowed(path: str, tree: ast.Module) -> Iterator[str]:
    """Who catches everything raises again."""
    for node in nodes(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        everything = any(kind is None or ast.unparse(kind) in {"Exception", "BaseException"} for kind in kinds)
        if everything and not any(isinstance(inner, ast.Raise) for inner in ast.walk(node)):
            yield f"{path}:{node.lineno}: catches everything and goes on"


def declared_libraries(path: str, tree: ast.Module, declared: frozenset[str]) -> Iterator[str]:
    """A package imports only libraries that pyproject.toml gives a reason for."""
    if path.split("/")[0] not in PACKAGES:
        return
    for line, name in imported(path, tree):
        top = name.split(".")[0]
        if top not in OURS | declared and top not in sys.stdlib_module_names:
            yield f"{path}:{line}: {top} is not among the dependencies of pyproject.toml"


RULES: Final[tuple[Rule, ...]] = (
    who_may_import_whom,
    no_import_by_string,
    queries_are_the_stores,
    protocol_is_pure,
    look_is_light,
    short_functions,
    names_that_say_something,
    words_we_use,
    no_cookie,
    no_pickle,
    nothing_swallowed,
)
