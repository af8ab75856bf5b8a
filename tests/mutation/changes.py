"""The source of a chapter of measures or of the catalogue in, every small change of it out, one at a time."""

from __future__ import annotations

import ast
import copy
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

#: (what stands in SQL, what stands there in the mutant); an operator that is part of a longer one is left to that
OPERATORS = (
    (r"<=", "<"),
    (r"(?<![<])>=", ">"),
    (r"<(?![=>])", "<="),
    (r"(?<![<])>(?!=)", ">="),
    (r"<>", "="),
    (r"(?<![<>])=", "<>"),
    (r" \+ ", " - "),
    (r" - ", " + "),
    (r"\bAND\b", "OR"),
    (r"\bOR\b", "AND"),
    (r"\bIS NOT NULL\b", "IS NULL"),
    (r"\bIS NULL\b", "IS NOT NULL"),
    (r"\bNOT EXISTS\b", "EXISTS"),
    (r"(?<!NOT )\bEXISTS\b", "NOT EXISTS"),
    (r"(?<!NOT )\bIN\b", "NOT IN"),
    (r"\bNOT IN\b", "IN"),
    (r"\bMIN\(", "MAX("),
    (r"\bTHEN 1\b", "THEN 2"),
    (r"\bELSE 0\b", "ELSE 1"),
)
#: arguments (function, place or keyword) that name a moment, a stream, a column: replaced by the next one of the chapter
_NAMES = {
    "at": (("Stream", "at"),),
    "stream": (("count", 1), ("total", 1), ("Measure", "stream"), ("Sketch", "stream")),
    "column": (("total", 2), ("Sketch", "bucket")),
    "sketch": (("mean_time", "sketch"), ("Metric", "sketch")),
}
_COMPARED = {ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.In: ast.NotIn}
_HOLE = "\x00"


@dataclass(frozen=True, kw_only=True)
class Change:
    """`tree` is the changed module, `before` and `after` the place that is changed."""

    line: int
    before: str
    after: str
    tree: ast.Module = field(repr=False)

    def __str__(self) -> str:
        return f"line {self.line}: {self.before}  -->  {self.after}"


def changes(source: str, measures: Sequence[str] = ()) -> Iterator[Change]:
    """`measures`: the names of all measures in order, by which the catalogue's are replaced."""
    tree = ast.parse(source)
    following = dict(pairwise([*measures, *measures[:1]]))
    names = _names_of(tree)
    spared = set(_spared(tree))
    for number, node in enumerate(ast.walk(tree)):
        for changed in () if id(node) in spared else _variants(node, following, names):
            yield _changed(tree, number, node, changed)


def _spared(tree: ast.Module) -> Iterator[int]:
    """What is no part of a definition: docstrings, decorators; and the parts of a text, which is changed as a whole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):
            yield id(node.value)
        elif isinstance(node, ast.JoinedStr):
            yield from (id(part) for part in node.values)
        elif isinstance(node, ast.ClassDef):
            yield from (id(each) for decorator in node.decorator_list for each in ast.walk(decorator))


def _changed(tree: ast.Module, number: int, node: ast.AST, changed: ast.AST) -> Change:
    other = copy.deepcopy(tree)
    place = list(ast.walk(other))[number]
    for parent in ast.walk(other):
        for name, value in ast.iter_fields(parent):
            if value is place:
                setattr(parent, name, changed)
            elif isinstance(value, list):
                setattr(parent, name, [changed if each is place else each for each in value])
    ast.fix_missing_locations(other)
    before, after = (re.sub(r"\s+", " ", ast.unparse(each)) for each in (node, changed))
    return Change(line=getattr(node, "lineno", 0), before=before, after=after, tree=other)


def _variants(node: ast.AST, following: dict[str, str], names: dict[str, dict[str, str]]) -> Iterator[ast.AST]:
    if isinstance(node, ast.Call):
        yield from _calls(node, following, names)
    elif isinstance(node, ast.Dict):
        yield from _sums(node, following)
    elif isinstance(node, ast.Tuple):
        yield from _tuples(node)
    elif isinstance(node, ast.Compare) and type(node.ops[0]) in _COMPARED:
        yield ast.Compare(node.left, [_COMPARED[type(node.ops[0])](), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.BoolOp):
        yield ast.BoolOp(ast.And() if isinstance(node.op, ast.Or) else ast.Or(), node.values)
    elif isinstance(node, ast.Constant) and type(node.value) in (int, float):
        yield from (ast.Constant(value) for value in _near(node.value))  # type: ignore[arg-type]
    elif isinstance(node, ast.Constant | ast.JoinedStr):
        yield from _sql(node)


def _near(value: float) -> tuple[float, float]:
    return (value + 1, value - 1) if isinstance(value, int) else (value * 1.1, value * 0.9)


# -- sums


def _sums(node: ast.Dict, following: dict[str, str]) -> Iterator[ast.AST]:
    """A measure that is another one, or sums that are left out as a whole."""
    for place, key in enumerate(node.keys):
        if isinstance(key, ast.Constant) and key.value in following:
            yield ast.Dict(_with(node.keys, place, ast.Constant(following[str(key.value)])), node.values)
        elif key is None:
            yield ast.Dict(_without(node.keys, place), _without(node.values, place))


def _tuples(node: ast.Tuple) -> Iterator[ast.AST]:
    if len(node.elts) == 2 and all(isinstance(each, ast.Dict) for each in node.elts):
        yield ast.Tuple(node.elts[::-1], node.ctx)
    elif len(node.elts) > 1 and all(
        isinstance(each, ast.Constant) and isinstance(each.value, str) for each in node.elts
    ):
        for place in range(len(node.elts)):
            yield ast.Tuple(_without(node.elts, place), node.ctx)


def _calls(node: ast.Call, following: dict[str, str], names: dict[str, dict[str, str]]) -> Iterator[ast.AST]:
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    if called in ("ratio", "mean_time", "mean_number", "money"):
        first = 1 if called == "money" else 2
        if not isinstance(node.args[first + 1], ast.Constant) or called != "money":
            swapped = [*node.args[:first], node.args[first + 1], node.args[first], *node.args[first + 2 :]]
            yield ast.Call(node.func, swapped, node.keywords)
    if called == "count" and following and not any(word.arg == "of" for word in node.keywords):
        other = following.get(_value(node.args[0]))
        if other:
            yield ast.Call(node.func, node.args, [*node.keywords, ast.keyword("of", ast.Constant(other))])
    for place, arg in enumerate(node.args):
        other = following.get(_value(arg)) if place else None
        for kind, places in _NAMES.items():
            if (called, place) in places and not following:
                other = names.get(kind, {}).get(_value(arg))
        if other:
            yield ast.Call(node.func, _with(node.args, place, ast.Constant(other)), node.keywords)
    for place, word in enumerate(node.keywords):
        yield from (
            ast.Call(node.func, node.args, _with(node.keywords, place, ast.keyword(word.arg, changed)))
            for changed in _keyword(called, word, following, names)
        )
    words = {word.arg: place for place, word in enumerate(node.keywords)}
    if called == "Metric" and {"numerator", "denominator"} <= words.keys():
        one, two = node.keywords[words["numerator"]], node.keywords[words["denominator"]]
        rest = [word for word in node.keywords if word not in (one, two)]
        swapped_words = [ast.keyword("numerator", two.value), ast.keyword("denominator", one.value)]
        yield ast.Call(node.func, node.args, [*rest, *swapped_words])


def _keyword(
    called: str, word: ast.keyword, following: dict[str, str], names: dict[str, dict[str, str]]
) -> Iterator[ast.expr]:
    value = _value(word.value)
    if isinstance(word.value, ast.Constant) and isinstance(word.value.value, bool):
        yield ast.Constant(not word.value.value)
    if word.arg == "over_time":
        yield ast.Constant("sum")
    if word.arg == "of" and value in following:
        yield ast.Constant(following[value])
    for kind, places in _NAMES.items():
        if (called, word.arg) in places and value in names.get(kind, {}):
            yield ast.Constant(names[kind][value])


# -- SQL


def _sql(node: ast.Constant | ast.JoinedStr) -> Iterator[ast.AST]:
    text, holes = _text(node)
    if " " not in text.strip() or not re.search(r"[=<>]|\b(IS|IN|CASE|AND|EXISTS)\b", text):
        return
    seen = set()
    for changed in (*_operators(text), *_conditions(text)):
        if changed not in seen and changed.strip():
            seen.add(changed)
            yield _node(changed, holes)


def _operators(text: str) -> Iterator[str]:
    for pattern, instead in OPERATORS:
        for match in re.finditer(pattern, text):
            yield text[: match.start()] + instead + text[match.end() :]


def _conditions(text: str) -> Iterator[str]:
    """One condition of several left out, and the whole turned round where it is nothing but a condition."""
    if re.match(r"\s*(CASE|FROM|COALESCE|\()", text) or not re.search(r"[=<>]|\bIS\b|\bIN\b", text):
        return
    parts = _parts(text)
    if len(parts) > 1:
        yield from (" AND ".join(_without(parts, place)) for place in range(len(parts)))
    yield f"NOT ({text})"


def _parts(text: str) -> list[str]:
    """What stands between the ANDs that are in no parentheses."""
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"\(|\)| AND ", text):
        if match[0] == " AND ":
            if depth == 0:
                parts.append(text[start : match.start()])
                start = match.end()
        else:
            depth += 1 if match[0] == "(" else -1
    return [*parts, text[start:]]


def _text(node: ast.Constant | ast.JoinedStr) -> tuple[str, list[ast.expr]]:
    """The text with a hole for each value that is put into it."""
    if isinstance(node, ast.Constant):
        return (node.value if isinstance(node.value, str) else ""), []
    holes: list[ast.expr] = []
    text = ""
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        else:
            text += f"{_HOLE}{len(holes)}{_HOLE}"
            holes.append(part)
    return text, holes


def _node(text: str, holes: Sequence[ast.expr]) -> ast.expr:
    if not holes:
        return ast.Constant(text)
    pieces = text.split(_HOLE)
    values = [holes[int(piece)] if place % 2 else ast.Constant(piece) for place, piece in enumerate(pieces)]
    return ast.JoinedStr([value for value in values if not isinstance(value, ast.Constant) or value.value])


# -- names of a chapter


def _names_of(tree: ast.Module) -> dict[str, dict[str, str]]:
    """For each kind of name the next different one of the chapter."""
    found: dict[str, dict[str, None]] = {kind: {} for kind in _NAMES}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        values: list[tuple[int | str | None, ast.expr]] = [*enumerate(node.args)]
        values += [(word.arg, word.value) for word in node.keywords]
        for kind, places in _NAMES.items():
            for place, value in values:
                if (node.func.id, place) in places and re.fullmatch(r"\w+", _value(value)):
                    found[kind][_value(value)] = None
    return {kind: dict(pairwise([*ring, *list(ring)[:1]])) for kind, ring in found.items() if len(ring) > 1}


def _value(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _with(items: Sequence[ast.AST], place: int, item: ast.AST) -> list:  # type: ignore[type-arg]
    return [*items[:place], item, *items[place + 1 :]]


def _without(items: Sequence, place: int) -> list:  # type: ignore[type-arg]
    return [*items[:place], *items[place + 1 :]]
