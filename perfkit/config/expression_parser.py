"""The parser of expressions, on Python's grammar: for what is more than fields added up."""

from __future__ import annotations

import ast
import re
from decimal import Decimal

from perfkit.config.expressions import (
    EVERY,
    Call,
    Constant,
    ExpressionError,
    Field,
    Formula,
    Tree,
)
from perfkit.core.one_value import BadValueError, exact_number

_QUOTED = re.compile(r"""\"(?:[^"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'""")
_PLAIN_WORD = re.compile(r"[\w%&$#:]+")
_ODD_NAME = re.compile(r"(?![.\d])[^\s()\[\]{}'\"=]+(?<!\.)")
_CONSTANT = re.compile(r"(^\s*|\bor\s+)=\s*(.*?)(?=\s+or\s|\s*$)")
_QUOTED = re.compile(r""""[^"]*"|'[^']*'""")
_CONSTANT_CALL = "constant_"

ARITHMETIC: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
OF_TEXTS = ("join", "before", "after", "quote")
OF_TIMES = ("earliest", "latest")
OF_NUMBERS = ("abs", "sign")
FUNCTIONS = (*OF_NUMBERS, *OF_TEXTS, *OF_TIMES, "sum", "where")


def parsed(text: str) -> Tree:
    """The tree of an expression; raises `ExpressionError`."""
    stripped = text.strip()
    words = stripped.split(" ")
    if all(map(_PLAIN_WORD.fullmatch, words)) and "or" not in words and not stripped.isdigit():
        return Field((stripped,))
    if _ODD_NAME.fullmatch(stripped) and ".." not in stripped:
        return _odd_name(stripped)
    return _grammar(text, stripped)


def _odd_name(text: str) -> Tree:
    """A text without blanks and brackets: the field of that name, else the arithmetic it may be.

    `P/L` is the field P/L of a record that has one, else the field P over the field L.
    """
    try:
        tree = _grammar(text, text)
    except ExpressionError:
        return Field((text,))
    return tree if isinstance(tree, Constant) else Formula("or", (Field((text,)), tree))


def _grammar(text: str, stripped: str) -> Tree:
    if "#" in _QUOTED.sub("", stripped):  # would be a comment
        raise ExpressionError(f"{text!r} is not an expression", "put names with # in quotes")
    written = _CONSTANT.sub(lambda found: f"{found[1]}{_CONSTANT_CALL}({found[2]!r})", stripped)
    written = written.replace("[*]", "[...]")
    try:
        tree = ast.parse(written, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError(
            f"{text!r} is not an expression",
            "write `a - b` or `(exit - entry) * qty`; put a name with other signs in quotes",
        ) from error
    return _Parser(written).tree(tree)


class _Parser:
    """Turns Python's tree into ours; whatever is not listed here is refused."""

    def __init__(self, text: str) -> None:
        self.text = text

    def tree(self, node: ast.expr) -> Tree:
        match node:
            case ast.BoolOp(op=ast.Or(), values=values):
                return Formula("or", tuple(map(self.tree, values)))
            case ast.BinOp(op=operator) if type(operator) in ARITHMETIC:
                parts = self.tree(node.left), self.tree(node.right)
                return Formula(ARITHMETIC[type(operator)], parts)
            case ast.UnaryOp(op=ast.USub()):
                return Formula("neg", (self.tree(node.operand),))
            case ast.Constant(value=bool() | None):
                return Field((self._source(node),))
            case ast.Constant(value=int() | float()):
                return Constant(self._number(node))
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]):
                return self._call(name, arguments)
            case _:
                return Field(self._path(node))

    def _call(self, name: str, arguments: list[ast.expr]) -> Tree:
        if name == _CONSTANT_CALL:
            return Constant(str(ast.literal_eval(arguments[0])).strip())
        if name in OF_NUMBERS and len(arguments) == 1:
            return Formula(name, (self.tree(arguments[0]),))
        if name == "sum" and len(arguments) == 1:
            field = Field(self._path(arguments[0]))
            if field.path.count(EVERY) != 1:
                raise ExpressionError("sum() needs a list", "write sum(exits[*].pnl)")
            return Call(name, (field,))
        if name == "quote" and len(arguments) == 1:
            return Call(name, (Field(self._path(arguments[0])),))
        if name in ("join", *OF_TIMES) and len(arguments) == 2:
            return Call(name, tuple(Field(self._path(one)) for one in arguments))
        if name in ("before", "after") and len(arguments) == 2:
            text, separator = arguments
            parting = separator.value if isinstance(separator, ast.Constant) else None
            if isinstance(parting, str) and parting:
                return Call(name, (Field(self._path(text)),), parting)
            raise ExpressionError(f"{name}() needs a separator", f'write {name}(symbol, "/")')
        if name == "where" and len(arguments) == 3:
            value, other, word = arguments
            if isinstance(word, ast.Constant) and isinstance(word.value, str) and word.value:
                return Call(name, (Field(self._path(value)), Field(self._path(other))), word.value)
            problem = "where() needs a word"
            raise ExpressionError(problem, 'write where(amount, result, "WIN")')
        if name in FUNCTIONS:
            raise ExpressionError(
                f"{name}() has {len(arguments)} arguments",
                f"see {name} in `perfkit docs configuration`",
            )
        raise ExpressionError(f"{name}() is unknown", f"use one of {', '.join(FUNCTIONS)}")

    def _path(self, node: ast.expr) -> tuple[str | int, ...]:
        match node:
            case ast.Name(id=name):
                return (name,)
            case ast.Constant(value=str(name)) if name:
                return (name,)
            case ast.Attribute(value=inner, attr=name):
                return (*self._path(inner), name)
            case ast.Subscript(value=inner, slice=ast.Constant(value=place)) if place is ...:
                return (*self._path(inner), EVERY)
            case ast.Subscript(value=inner, slice=ast.Constant(value=place)) if isinstance(
                place, int | str
            ) and not isinstance(place, bool):
                return (*self._path(inner), place)
            case ast.Subscript(
                value=inner, slice=ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int(back)))
            ):
                return (*self._path(inner), -back)
            case _:
                raise ExpressionError(
                    f"{self._source(node)!r} is not a field", "name a field, or put it in quotes"
                )

    def _number(self, node: ast.expr) -> Decimal:
        try:
            number = exact_number(self._source(node))
        except BadValueError as error:
            raise ExpressionError(str(error), "write a plain decimal") from error
        assert number is not None
        return number

    def _source(self, node: ast.expr) -> str:
        return ast.get_source_segment(self.text, node) or self.text
