"""The book's small condition language, parsed safely and answered in three values.

expression := term {"or" term};  term := factor {"and" factor};  factor := ["not"] test
test := name [("==" | ">=") literal-or-name | "in" list] | "(" expression ")"
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from procurement.rules.facts import MISSING, as_number, is_blank

TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>"[^"]*")|(?P<sign>==|>=|[()\[\],])"""
    r"""|(?P<name>[A-Za-z][\w.]*))"""
)
WORDS = frozenset({"and", "or", "not", "in"})

Lookup = Callable[[str], object]
Literal = str | Decimal | bool


class ConditionError(ValueError):
    """A condition of the book cannot be read."""


class Truth(StrEnum):
    """True, false, or cannot tell."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    @classmethod
    def of(cls, value: bool) -> Truth:
        """Return the certain truth of a bool."""
        return cls.TRUE if value else cls.FALSE


@dataclass(frozen=True)
class Verdict:
    """The truth of a condition, and the names that would settle it when unknown."""

    truth: Truth
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Name:
    """A fact; alone it is true unless blank, False or zero."""

    name: str

    def judge(self, lookup: Lookup) -> Verdict:
        """Answer from the fact."""
        value = lookup(self.name)
        if value is MISSING:
            return Verdict(Truth.UNKNOWN, (self.name,))
        return Verdict(Truth.of(not is_blank(value) and bool(value)))


@dataclass(frozen=True)
class Compare:
    """`name == literal`, `name >= literal`, or the same with a second name."""

    left: Name
    sign: str
    right: Name | Literal

    def judge(self, lookup: Lookup) -> Verdict:
        """Answer by comparing; an unset threshold or a blank amount is unknown, never zero."""
        left = lookup(self.left.name)
        right = lookup(self.right.name) if isinstance(self.right, Name) else self.right
        unknown = [self.left.name] if left is MISSING else []
        if isinstance(self.right, Name) and right is MISSING:
            unknown.append(self.right.name)
        if unknown:
            return Verdict(Truth.UNKNOWN, tuple(unknown))
        if self.sign == "==":
            return Verdict(Truth.of(_same(left, right)))
        low, high = as_number(right), as_number(left)
        if low is None or high is None:
            return Verdict(Truth.UNKNOWN, (self.left.name,))
        return Verdict(Truth.of(high >= low))


@dataclass(frozen=True)
class In:
    """`name in [literals]`."""

    left: Name
    choices: tuple[Literal, ...]

    def judge(self, lookup: Lookup) -> Verdict:
        """Answer by membership."""
        value = lookup(self.left.name)
        if value is MISSING:
            return Verdict(Truth.UNKNOWN, (self.left.name,))
        return Verdict(Truth.of(any(_same(value, choice) for choice in self.choices)))


@dataclass(frozen=True)
class Not:
    """`not expression`."""

    inner: Expression

    def judge(self, lookup: Lookup) -> Verdict:
        """Swap true and false; unknown stays unknown."""
        inner = self.inner.judge(lookup)
        if inner.truth is Truth.UNKNOWN:
            return inner
        return Verdict(Truth.of(inner.truth is Truth.FALSE))


@dataclass(frozen=True)
class Joined:
    """`a and b …` or `a or b …`: one decisive part decides, whatever is unknown elsewhere."""

    parts: tuple[Expression, ...]
    decisive: Truth

    def judge(self, lookup: Lookup) -> Verdict:
        """Answer in Kleene's three-valued logic."""
        verdicts = [part.judge(lookup) for part in self.parts]
        if any(verdict.truth is self.decisive for verdict in verdicts):
            return Verdict(self.decisive)
        missing = tuple(dict.fromkeys(name for v in verdicts for name in v.missing))
        if missing:
            return Verdict(Truth.UNKNOWN, missing)
        return Verdict(Truth.of(self.decisive is Truth.FALSE))


Expression = Name | Compare | In | Not | Joined


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """Return the condition as a tree; raise ConditionError naming what cannot be read."""
    parser = _Parser(text)
    expression = parser.expression()
    if parser.peek():
        raise ConditionError(f"unexpected {parser.peek()!r} in {text!r}")
    return expression


def judge(text: str, lookup: Lookup) -> Verdict:
    """Answer a condition; an empty one is true."""
    return parse(text).judge(lookup) if text else Verdict(Truth.TRUE)


def _same(left: object, right: object) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


class _Parser:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens: list[str] = []
        position = 0
        while text[position:].strip():
            match = TOKEN.match(text, position)
            if match is None:
                raise ConditionError(f"cannot read {text[position:]!r} in {text!r}")
            self._tokens.append(match.group().strip())
            position = match.end()

    def peek(self) -> str:
        return self._tokens[0] if self._tokens else ""

    def take(self, expected: str = "") -> str:
        token = self.peek()
        if not token or (expected and token != expected):
            wanted = expected or "a name or value"
            raise ConditionError(f"expected {wanted} before {token!r} in {self._text!r}")
        return self._tokens.pop(0)

    def expression(self) -> Expression:
        return self._joined("or", lambda: self._joined("and", self.factor, Truth.FALSE), Truth.TRUE)

    def _joined(self, word: str, part: Callable[[], Expression], decisive: Truth) -> Expression:
        parts = [part()]
        while self.peek() == word:
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(tuple(parts), decisive)

    def factor(self) -> Expression:
        if self.peek() == "not":
            self.take()
            return Not(self.factor())
        if self.peek() == "(":
            self.take()
            inner = self.expression()
            self.take(")")
            return inner
        return self.test()

    def test(self) -> Expression:
        left = self.operand()
        if not isinstance(left, Name):
            raise ConditionError(f"expected a name, not {left!r} in {self._text!r}")
        if self.peek() in ("==", ">="):
            return Compare(left, self.take(), self.operand())
        if self.peek() == "in":
            self.take()
            return In(left, self.choices())
        return left

    def choices(self) -> tuple[Literal, ...]:
        self.take("[")
        choices: list[Literal] = []
        while self.peek() != "]":
            choice = self.operand()
            if isinstance(choice, Name):
                raise ConditionError(f"a list holds values, not {choice.name} in {self._text!r}")
            choices.append(choice)
            if self.peek() != "]":
                self.take(",")
        self.take("]")
        return tuple(choices)

    def operand(self) -> Name | Literal:
        token = self.take()
        if token.startswith('"'):
            return token[1:-1]
        if token[0].isdigit():
            return Decimal(token)
        if token in ("true", "false"):
            return token == "true"  # noqa: S105 - a literal of the language
        if token in WORDS or not token[0].isalpha():
            raise ConditionError(f"unexpected {token!r} in {self._text!r}")
        return Name(token)
