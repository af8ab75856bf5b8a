"""The expressions of a CSV mapping: `{column}` templates and conditions over columns, compiled to functions of a row."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from operator import eq, ge, gt, itemgetter, le, lt, ne

from plugin.contract.event import Json
from plugin.contract.mapping_field import Language

Row = Sequence[str]
Condition = Callable[[Row], bool]

COLUMN = re.compile(r"\{([^{}]*)\}")
#: a quoted text is left alone, so that braces inside it are no columns
QUOTED_OR_COLUMN = re.compile(r"'[^']*'|\"[^\"]*\"|\{([^{}]*)\}")
NAME = "column_{}"
EQUALITIES: dict[type[ast.cmpop], Callable[[object, object], bool]] = {ast.Eq: eq, ast.NotEq: ne}
ORDERINGS: dict[type[ast.cmpop], Callable[[float, float], bool]] = {ast.Lt: lt, ast.LtE: le, ast.Gt: gt, ast.GtE: ge}
HELP = "write it like {outcome} == 'AGENT' and {q_time} > 0"


def _wrong(words: str) -> ValueError:
    return ValueError(f"{words}; {HELP}")


def csv_language(columns: Sequence[str]) -> Language:
    places = {name: index for index, name in enumerate(columns)}
    return Language(
        value=lambda text: _template(text, places),
        condition=lambda text: _condition(text, places),
    )


def _place(name: str, places: dict[str, int]) -> int:
    if name not in places:
        raise ValueError(f"the file has no column {name!r}; it has {', '.join(places)}")
    return places[name]


def _template(text: str, places: dict[str, int]) -> Callable[[Row], Json]:
    """Empty when every column of the template is empty, so that a separator alone is no value."""
    wanted = [_place(name, places) for name in COLUMN.findall(text)]
    if not wanted:
        return lambda row: text
    if COLUMN.fullmatch(text):
        return itemgetter(wanted[0])
    if len(wanted) == 1:
        before, _, after = COLUMN.split(text)
        only = itemgetter(wanted[0])
        return lambda row: f"{before}{value}{after}" if (value := only(row)) else ""
    literals = COLUMN.split(text)[::2]
    shape = "%s".join(literal.replace("%", "%%") for literal in literals)
    pick = itemgetter(*wanted)
    return lambda row: shape % values if any(values := pick(row)) else ""


def _condition(text: str, places: dict[str, int]) -> Condition:
    def name(found: re.Match[str]) -> str:
        return NAME.format(_place(found[1], places)) if found[1] is not None else found[0]

    source = QUOTED_OR_COLUMN.sub(name, text)
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _wrong("not a condition") from None
    return _compiled(tree.body)


def _compiled(node: ast.expr) -> Condition:
    if isinstance(node, ast.BoolOp):
        parts = [_compiled(part) for part in node.values]
        return _all(parts) if isinstance(node.op, ast.And) else _any(parts)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _compiled(node.operand)
        return lambda row: not inner(row)
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return _comparison(node.left, node.ops[0], node.comparators[0])
    if isinstance(node, ast.Name):
        column = _column(node)
        return lambda row: bool(row[column])
    raise _wrong("only columns, quoted texts, numbers, ==, !=, <, <=, >, >=, in, not in, and, or, not")


def _all(parts: Sequence[Condition]) -> Condition:
    if len(parts) == 2:
        one, two = parts
        return lambda row: one(row) and two(row)
    return lambda row: all(part(row) for part in parts)


def _any(parts: Sequence[Condition]) -> Condition:
    return lambda row: any(part(row) for part in parts)


def _comparison(left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Condition:
    column = _column(left)
    if isinstance(right, ast.Name):
        return _between(column, operator, _column(right))
    if type(operator) in ORDERINGS:
        return _ordering(column, ORDERINGS[type(operator)], _literal(right))
    return _equality(column, operator, _literal(right))


def _between(column: int, operator: ast.cmpop, other: int) -> Condition:
    compare = EQUALITIES.get(type(operator))
    if compare is None:
        raise _wrong("two columns can be compared by == and != only")
    return lambda row: compare(row[column], row[other])


def _equality(column: int, operator: ast.cmpop, wanted: object) -> Condition:
    if isinstance(operator, (ast.In, ast.NotIn)):
        if not isinstance(wanted, (list, tuple)):
            raise _wrong("`in` needs a list")
        words = frozenset(map(str, wanted))
        return (
            (lambda row: row[column] in words)
            if isinstance(operator, ast.In)
            else (lambda row: row[column] not in words)
        )
    if isinstance(wanted, (list, tuple)) or type(operator) not in EQUALITIES:
        raise _wrong("compare with a list by `in`")
    if isinstance(wanted, (int, float)):
        same = _ordering(column, lambda value, number: value == number, wanted)
        return same if isinstance(operator, ast.Eq) else (lambda row: not same(row))
    word = str(wanted)
    return (lambda row: row[column] == word) if isinstance(operator, ast.Eq) else (lambda row: row[column] != word)


def _ordering(column: int, compare: Callable[[float, float], bool], wanted: object) -> Condition:
    """A text that is no number fulfils no comparison with a number."""
    if isinstance(wanted, bool) or not isinstance(wanted, (int, float)):
        raise _wrong("<, <=, > and >= need a number")
    number = float(wanted)

    def holds(row: Row) -> bool:
        try:
            return compare(float(row[column]), number)
        except ValueError:
            return False

    return holds


def _column(node: ast.expr) -> int:
    prefix = NAME.format("")
    if isinstance(node, ast.Name) and node.id.startswith(prefix) and node.id[len(prefix) :].isdigit():
        return int(node.id[len(prefix) :])
    raise _wrong("a column in braces expected on the left")


def _literal(node: ast.expr) -> object:
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, MemoryError, RecursionError):
        raise _wrong("a quoted text, a number or a list of them expected on the right") from None
