"""The messages of the code that people read: the English templates of ``etl/vietnamese/vi.po``.

``python -m tests.lib.messages`` adds those that are new to the catalogue, without a translation, and takes out those
that the code no longer has. A message is a text of two words or more; a part of an f-string that is worked out is a
placeholder with the name of what it shows; each branch of a condition makes a message of its own.
"""

from __future__ import annotations

import ast
import itertools
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from babel.messages import Catalog, pofile

from etl.vietnamese import CATALOGUE, PLACEHOLDER, WORD
from tests.lib import messages_of_others

PROJECT = Path(__file__).resolve().parents[2]
HEADER = """\
# The messages of Hài Lòng in Vietnamese. The English ones are made from the code by python -m tests.lib.messages;
# a part in braces is a placeholder, and stands in both. CONTRIBUTING.md says how a message is added."""

# fmt: off
NOT_SAID = {
    # files whose texts are no messages     | what they are
    "dags/[!p]*":                            "pages of Airflow for engineers, with their own Vietnamese",
    "dags/plugins/[!bwp]*":                  "for engineers",
    "dags/plugins/waking.py":                "for engineers",
    "etl/reports/bulletin/[!mr]*":           "both languages beside each other",
    "etl/reports/bulletin/main_points.py":   "both languages beside each other",
    "etl/reports/bulletin/method.py":        "both languages beside each other",
    "etl/reports/bulletin/rule_sources.py":  "both languages beside each other",
    "etl/reports/certainty.py":              "both languages beside each other",
    "etl/publishing/descriptor.py":          "for programs",
    "etl/publishing/resources.py":           "for programs",
    "etl/source/codes.py":                   "what drivers say",
    "etl/source/said.py":                    "what drivers say",
    "etl/source/rights.py":                  "SQL",
    "etl/source/sight.py":                   "SQL",
    "etl/demo/faults.py":                    "what the made-up answers hold",
    "etl/warehouse/dictionary.py":           "a page for developers",
    "etl/vietnamese/*":                      "the catalogue",
}
ERRORS_ONLY = {
    # files whose other texts are SQL, or files for engineers
    "etl/source/starter.py", "etl/source/mysql.py", "etl/source/postgresql.py", "etl/source/rows.py",
    "etl/source/replica.py", "etl/source/standby.py", "etl/demo/estate.py", "etl/demo/starter.py",
    "etl/demo/airflow.py", "etl/demo/profiles.py", "etl/demo/visits.py", "etl/operation/migrate.py",
    "etl/operation/lineage.py", "etl/warehouse/bulk.py", "etl/registry/dimensions.py", "etl/publishing/words.py",
    "etl/publishing/star.py", "etl/escape.py", "dags/plugins/bulletins.py",
}
ERRORS = {"Misdeclared", "Refused", "Unavailable", "Disagreement", "Unfit", "BadParameter", "kind", "_missing"}
# fmt: on
NO_SENTENCE = re.compile(
    r"^(?:select|insert|create|alter|copy|drop table|grant|revoke|pragma|vacuum|analyze|begin)\b"
    r"(?=.*(?:\(|\b(?:from|into|database|role|on|table)\b|\{))"
    r"|^pragma |^[\s(]*--|^[#<^]|\(\?|\\[\w*]|[=*|]{2}|<[=>]|>=|::|^[A-Z ]+$|^set transaction|\.\*"
    r"|^(?:→ |\d\. )?(?:hailong|openssl) [^,(]*$|^pip install '[^']*'$|^local all |^listen_addresses"
    r"|^(?:server|treasury|month|run) \{\w+\}(?: \{\w+\})?$"
)
"""SQL, patterns, commands, and the names of locks."""
NOT_MESSAGES = {
    # what is looked for in others' words
    "blob or text",
    " or text",
    "blob or ",
    "khong co",
    "did not answer within",
    "does not match host name",
    "certificate is not valid for",
    "certificate has expired",
    "certificate verify failed",
    "root certificate file",
    "private key file",
    "could not open certificate file",
    "could not read certificate file",
    "valid client certificate",
    "certificate required",
    "certificate authentication failed",
    "server does not support ssl",
    "ssl is required",
    "no pg_hba.conf entry",
    "does not support ssl",
    "password authentication failed",
    "no password supplied",
    'database "{database}" does not exist',
    "invalid connection option",
    "invalid uri",
    "unrecognized configuration parameter",
    "not compiled in",
    "invalid command-line argument",
    "definition of service",
    "invalid port number",
    "bad value",
    "requires a value",
    "could not parse network address",
    "replication connection",
    "permission denied to set",
    "Value error, ",
    # names for programs, and what nobody is shown
    "plain letters",
    "bold red",
    "{name_vi}, {name_en}, {from_pct} to {to_pct}",
    "YYYY-MM-DD HH24:MI:SS.FF6",
    "answered within a week",
    "Show a month's draft, ask whether to publish it, and publish it",
    "code or label",
    "treasury of a province",
    "in any letter case, round",
    "left out for a try",
    "treasury {code}, {month}: ",
}
SENTENCE = re.compile(
    r"[A-Za-z'’]{2,}['’,;:.)]*\s+['(“\"<-]*(?:\{\}|[A-Za-z\d.:-]+)|\{\}['’,;:.)]*\s+['(“]*[A-Za-z]{2,}"
)
"""Two words, or a word beside a placeholder."""
VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]|[àáãèéìíòóõùúý]")
TRANSPARENT = {
    *("join", "len", "str", "sorted", "repr", "markdown", "line", "lines", "visible", "plain", "min", "max", "next"),
    *("tuple", "set", "map", "list", "any", "_name", "_names", "_or_dash"),
}
"""Functions that show what they are given."""
NO_ARGUMENT = {"compile", "search", "match", "log.info", "log.warning", "log.error", "text", "execute", "strftime"}


def files() -> list[Path]:
    """The modules whose texts people read."""
    return sorted(
        path
        for path in (*(PROJECT / "etl").rglob("*.py"), *(PROJECT / "dags").rglob("*.py"))
        if not any(fnmatch(str(path.relative_to(PROJECT)), pattern) for pattern in NOT_SAID)
    )


@cache
def extracted() -> dict[str, str]:
    """Every message, with the file of its first place."""
    found: dict[str, str] = {}
    for path in files():
        name = str(path.relative_to(PROJECT))
        for text in of_source(path.read_text("utf-8"), name):
            found.setdefault(text, name)
    for path in sorted((PROJECT / "expectations").glob("*.json")):
        for rule in json.loads(path.read_text("utf-8"))["expectations"]:
            found.setdefault(rule["meta"]["why"], str(path.relative_to(PROJECT)))
    for path in sorted((PROJECT / "sql" / "checks").glob("*.sql")):
        promise = path.read_text("utf-8").splitlines()[0].removeprefix("-- what: ")
        found.setdefault(promise, str(path.relative_to(PROJECT)))
    return found | messages_of_others.MESSAGES


def of_source(source: str, name: str = "etl/registry/units.py") -> Iterator[str]:
    """The messages of a module, in their order."""
    tree = ast.parse(source)
    skipped = {id(node) for node in _no_messages(tree)}
    roots: list[ast.AST] = [tree]
    if name in ERRORS_ONLY:
        roots = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and _called(node) in ERRORS]
    for node in (node for root in roots for node in _walk(root, skipped)):
        yield from (text.strip("\n") for text in _templates(node) if _is_message(text))
    if name.startswith(("etl/cli/", "etl/reports/tables")):
        yield from _headings(tree)
    if name.startswith("etl/cli/"):
        yield from _of_commands(tree)


def of_errors(source: str) -> Iterator[str]:
    """The templates of all texts that are given to an error, or named as a next action or a help."""
    for node in ast.walk(ast.parse(source)):
        given: list[ast.expr] = []
        if isinstance(node, ast.Call) and _called(node) in ERRORS:
            given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if isinstance(node, ast.keyword) and node.arg in ("next_action", "help"):
            given = [node.value]
        yield from (text for one in given if _is_text(one) for text in _templates(one))


def _called(call: ast.Call) -> str:
    """The last name of what is called."""
    return ast.unparse(call.func).rpartition(".")[2]


def _walk(node: ast.AST, skipped: set[int]) -> Iterator[ast.expr]:
    """The texts below a node, the outermost ones."""
    if id(node) in skipped:
        return
    if _is_text(node):
        yield node
        inner = [value.value for value in getattr(node, "values", []) if isinstance(value, ast.FormattedValue)]
        for expression in inner:
            if not (isinstance(expression, ast.IfExp) and _branches(expression)):
                yield from _walk(expression, skipped)
        return
    for child in ast.iter_child_nodes(node):
        yield from _walk(child, skipped)


def _no_messages(tree: ast.Module) -> Iterator[ast.AST]:
    """Docstrings, types, what is logged, and what is an argument of a function for programs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            yield from (one for one in node.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if {name, name.rpartition(".")[2]} & NO_ARGUMENT:
                yield from node.args
            if name.endswith((".say", ".say_pair")) and len(node.args) == 2:  # both languages beside each other
                yield from node.args
        if isinstance(node, ast.AnnAssign):
            yield node.annotation


def _templates(node: ast.expr) -> Iterator[str]:
    """The templates of a text: one for each way in which its conditions may come out."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
        return
    names: dict[str, str] = {}
    parts = [_part(value, names) for value in getattr(node, "values", [])]
    for chosen in itertools.product(*parts):
        yield "".join(chosen)


def _part(value: ast.expr, names: dict[str, str]) -> list[str]:
    """What may stand for a part of an f-string."""
    if isinstance(value, ast.Constant):
        return [str(value.value)]
    assert isinstance(value, ast.FormattedValue)
    if isinstance(value.value, ast.IfExp) and (branches := _branches(value.value)):
        return [text for branch in branches for text in _templates(branch)]
    shown = ast.unparse(value.value)
    name = next((name for name, other in names.items() if other == shown), None)
    if name is None:
        stem = _name(value.value)
        free = (f"{stem}{number if number > 1 else ''}" for number in itertools.count(1))
        name = next(name for name in free if name not in names)
        names[name] = shown
    return [f"{{{name}}}"]


def _branches(condition: ast.IfExp) -> list[ast.expr]:
    """The texts between which a condition chooses; none where one of them is no text."""
    branches = [condition.body, condition.orelse]
    if isinstance(condition.orelse, ast.IfExp):
        branches = [condition.body, *_branches(condition.orelse)]
    return branches if len(branches) > 1 and all(map(_is_text, branches)) else []


def _is_text(node: ast.AST) -> bool:
    """Whether a node is a string or an f-string."""
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _name(node: ast.expr) -> str:
    """A name for what an expression shows: its last identifier."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            pass
        case ast.Subscript(slice=ast.Constant(value=str(name))):
            pass
        case ast.Subscript(value=inner) | ast.BinOp(left=inner) | ast.IfExp(body=inner) | ast.Starred(value=inner):
            return _name(inner)
        case ast.BoolOp(values=[inner, *_]) | ast.GeneratorExp(elt=inner) | ast.ListComp(elt=inner):
            return _name(inner)
        case ast.Call(func=function, args=[inner, *_]):
            name = ast.unparse(function).rpartition(".")[2]
            return _name(inner) if name in TRANSPARENT else _name(function)
        case ast.Call(func=inner):
            return _name(inner)
        case _:
            return "value"
    return re.sub(r"[^a-z0-9_]", "", name.lower()).lstrip("_0123456789").rstrip("_") or "value"


def _is_message(text: str) -> bool:
    """Whether a text is of words."""
    text = text.strip("\n")
    is_sentence = len(text) > 3 and SENTENCE.search(PLACEHOLDER.sub("{}", text))
    is_foreign = VIETNAMESE.search(text) or NO_SENTENCE.search(text) or text in NOT_MESSAGES
    return bool(is_sentence and not is_foreign)


def _of_commands(tree: ast.Module) -> Iterator[str]:
    """The help of commands, paragraph by paragraph."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and any("command" in ast.unparse(one) for one in node.decorator_list):
            yield from (" ".join(part.split()) for part in (ast.get_docstring(node) or "").split("\n\n"))


def _headings(tree: ast.Module) -> Iterator[str]:
    """The headings of tables: what names stand for."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key]
            if all(isinstance(one, ast.Constant) and isinstance(one.value, str) for pair in pairs for one in pair):
                yield from (str(value.value) for key, value in pairs if len(str(key.value)) > 1)


def renewed(current: Catalog) -> Catalog:
    """A catalogue of the messages of the code, with the translations that there are."""
    fresh = Catalog(locale="vi", header_comment=HEADER, project="hailong", version="1", msgid_bugs_address="none")
    fresh.creation_date = fresh.revision_date = datetime(2026, 1, 1, tzinfo=UTC)
    contexts: list[tuple[str, str, str | None]] = [(text, place, None) for text, place in extracted().items()]
    contexts += [(one, "", WORD) for one in sorted(messages_of_others.WORDS)]
    for text, place, context in contexts:
        known = current.get(text, context)
        fresh.add(text, known.string if known else "", locations=[(place, 0)] if place else (), context=context)
        fresh.get(text, context).flags.clear()
    return fresh


def read() -> Catalog:
    """The catalogue as it stands."""
    with CATALOGUE.open("rb") as file:
        return pofile.read_po(file, locale="vi")


def write(catalog: Catalog) -> None:
    """Write the catalogue."""
    with CATALOGUE.open("wb") as file:
        pofile.write_po(file, catalog, width=120, include_lineno=False, sort_output=False)


if __name__ == "__main__":
    before, after = read(), renewed(read())
    write(after)
    ids = [{(one.id, one.context) for one in catalog if one.id} for catalog in (before, after)]
    sys.stdout.write(f"{len(ids[1] - ids[0])} new, {len(ids[0] - ids[1])} gone, ")
    sys.stdout.write(f"{sum(not one.string for one in after if one.id)} without Vietnamese: {CATALOGUE}\n")
