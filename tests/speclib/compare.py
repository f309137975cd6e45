"""Comparing: an expected answer with the one that came, as precisely as the expected one is written.

A row matches when the answer's row goes on where the expected one stops: ``note.md`` is met by ``note.md:3:1-10``.
Besides rows, every answer understands ``none``, ``some``, ``includes: ROW`` and ``excludes: ROW``; hover
``contains:``; completion ``items:`` and ``first:``.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from speclib.conversation import Answer
    from speclib.model import Question

_ASSERTION = re.compile(r"(includes|excludes|contains|leads|items|first|some)(: |$)")
_SAME_LINE = re.compile(r"\b(\d+):(\d+)-\1:(\d+)\b")
_RANGE = re.compile(r"(\d+):(\d+)-(?:(\d+):)?(\d+)|(\d+)(?::(\d+))?")
_HASHES = re.compile(r"(H[1-6]: |#{1,6} )")
_UNORDERED = frozenset({"folding", "links", "highlight", "workspace-symbols", "tokens", "code-lens", "inlay-hints"})


def differences(question: Question, answer: Answer, *, lenient: bool) -> list[str]:
    """What is wrong with an answer, nothing where it is right.

    ``lenient`` compares outcomes across servers: order does not matter, more is allowed where more does no harm.
    """
    expected = [_SAME_LINE.sub(r"\1:\2-\3", line) for line in question.expected.split("\n") if line.strip()]
    asserted = [line for line in expected if _ASSERTION.match(line)]
    rows = [line for line in expected if not _ASSERTION.match(line)]
    check = _LENIENT.get(question.kind, _multiset) if lenient else _STRICT.get(question.kind, _in_order)
    wrong: list[str] = []
    if rows == ["none"]:
        wrong += _nothing(question, answer, lenient=lenient)
    elif rows or not asserted:
        wrong += check(rows, answer)
    for line in asserted:
        wrong += _assertion(question.kind, line, answer, lenient=lenient)
    return wrong


def rewritten(question: Question, answer: Answer) -> str:
    """The text for the spec once the answer is declared right; assertions such as ``includes:`` are kept."""
    expected = question.expected.split("\n")
    if any(_ASSERTION.match(line) for line in expected):
        return question.expected
    if question.kind == "complete" and any(" -> " in line for line in expected):
        by_label = {row.split(" -> ")[0]: row for row in reversed(answer.rows)}
        return "\n".join(by_label.get(line.split(" -> ")[0], line) for line in expected)
    return answer.text


def _nothing(question: Question, answer: Answer, *, lenient: bool) -> list[str]:
    rows = answer.rows
    if lenient and question.kind == "diagnostics":
        rows = tuple(row for row in rows if " hint " not in row)
    return [f"expected nothing, got: {row}" for row in rows[:5]]


def _in_order(expected: Sequence[str], answer: Answer) -> list[str]:
    wrong = [
        f"expected {row!r}, got {actual!r}"
        for row, actual in zip(expected, answer.rows, strict=False)
        if not _goes_on(row, actual)
    ]
    wrong += [f"missing: {row}" for row in expected[len(answer.rows) :]]
    return wrong + [f"too much: {row}" for row in answer.rows[len(expected) :]]


def _multiset(expected: Sequence[str], answer: Answer) -> list[str]:
    left = list(answer.rows)
    wrong = _missing(expected, left)
    return wrong + [f"too much: {row}" for row in left]


def _subset(expected: Sequence[str], answer: Answer) -> list[str]:
    return _missing(expected, list(answer.rows))


def _missing(expected: Sequence[str], left: list[str]) -> list[str]:
    """The expected rows that none of ``left`` meets; those that meet one are taken out of it."""
    wrong: list[str] = []
    for row in sorted(expected, key=len, reverse=True):
        found = next((actual for actual in left if _goes_on(row, actual)), None)
        if found is None:
            wrong.append(f"missing: {row}")
        else:
            left.remove(found)
    return wrong


def _completion(expected: Sequence[str], answer: Answer) -> list[str]:
    wrong: list[str] = []
    for row in expected:
        label, _, result = row.partition(" -> ")
        found = [actual for actual in answer.rows if actual.startswith(f"{label} -> ")]
        if not found:
            wrong.append(f"no item {label!r}; there are: {_labels(answer)}")
        elif not any(_result_is(result, actual.partition(" -> ")[2]) for actual in found):
            wrong.append(f"expected {row!r}, got {found[0]!r}")
    return wrong


def _completion_outcome(expected: Sequence[str], answer: Answer) -> list[str]:
    wrong: list[str] = []
    for row in expected:
        result = row.partition(" -> ")[2]
        if not any(_result_is(result, actual) for actual in answer.results):
            wrong.append(f"no item gives {result!r}; there are: {'; '.join(answer.results[:6]) or 'none'}")
    return wrong


def _result_is(expected: str, actual: str) -> bool:
    """Whether an accepted line is one of the expected ones; the cursor counts only where it is written."""
    bare = actual.replace("<|>", "")
    return any(one in {actual, bare} for one in expected.split(" or "))


def _touching(expected: Sequence[str], answer: Answer) -> list[str]:
    wanted = [_span(row) for row in expected]
    actual = [(_span(row), row) for row in answer.rows]
    wrong = [
        f"nothing is said about {row}"
        for row, span in zip(expected, wanted, strict=True)
        if not any(_overlap(span, other) for other, _ in actual)
    ]
    return wrong + [
        f"too much: {row}"
        for span, row in actual
        if " hint " not in row and not any(_overlap(span, other) for other in wanted)
    ]


def _span(row: str) -> tuple[tuple[int, int], tuple[int, int]]:
    found = _RANGE.match(row)
    assert found, f"no range in {row!r}"
    line, column, last, end, only, from_ = found.groups()
    if only:
        return (int(only), int(from_ or 1)), (int(only), int(from_ or 10**6))
    return (int(line), int(column)), (int(last or line), int(end))


def _overlap(one: tuple[tuple[int, int], tuple[int, int]], other: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    return one[0] <= other[1] and other[0] <= one[1]


def _outline(expected: Sequence[str], answer: Answer) -> list[str]:
    """The expected names in order, each below the right parent; more nodes are allowed."""
    wanted = _paths(expected)
    rest = iter(_paths([re.sub(r" \[[\d:-]+\]$", "", row) for row in answer.rows]))
    return [f"not in the outline at this place: {' > '.join(path)}" for path in wanted if path not in rest]


def _paths(rows: Sequence[str]) -> list[tuple[str, ...]]:
    paths: list[tuple[str, ...]] = []
    stack: list[str] = []
    for row in rows:
        depth = (len(row) - len(row.lstrip(" "))) // 2
        stack = [*stack[:depth], _HASHES.sub("", row.strip(), count=1)]
        paths.append(tuple(stack))
    return paths


def _assertion(kind: str, line: str, answer: Answer, *, lenient: bool) -> list[str]:
    word, _, rest = line.partition(": ")
    rows = answer.rows
    right: dict[str, Callable[[], bool]] = {
        "some": lambda: bool(rows),
        "contains": lambda: rest in "\n".join(rows),
        "leads": lambda: f"leads: {rest}" in rows,
    }
    if kind in {"complete", "symbols"}:
        right |= _labelled(word, rest, answer, kind, lenient=lenient)
    elif kind == "hover":
        right |= {"excludes": lambda: rest not in "\n".join(rows), "includes": lambda: rest in "\n".join(rows)}
    elif lenient and kind == "diagnostics":
        right["includes"] = lambda: any(_overlap(_span(rest), _span(row)) for row in rows)
        right["excludes"] = lambda: not any(_overlap(_span(rest), _span(row)) for row in rows)
    else:
        right["includes"] = lambda: any(_goes_on(rest, row) for row in rows)
        right["excludes"] = lambda: not any(_goes_on(rest, row) for row in rows)
    if word not in right:
        return [f"`{word}` means nothing here"]
    return [] if right[word]() else [f"not so: {line}; the answer was: {answer.text[:400]}"]


def _link_rows(expected: Sequence[str], answer: Answer) -> list[str]:
    """Document links: the target, and a range that touches the expected one; brackets may count or not."""
    found = [(_span(row), row.partition(" -> ")[2]) for row in answer.rows]
    return [
        f"missing: {row}"
        for row in expected
        if not any(row.partition(" -> ")[2] == target and _overlap(_span(row), span) for span, target in found)
    ]


def _labelled(word: str, rest: str, answer: Answer, kind: str, *, lenient: bool) -> dict[str, Callable[[], bool]]:
    split = " [" if kind == "symbols" else " -> "
    names = [row.split(split)[0].strip() for row in answer.rows if not row.startswith("leads:")]
    labels = [_HASHES.sub("", name, count=1) for name in names]
    wanted = _names(rest) if word != "some" else []

    def has(name: str) -> bool:
        if name in labels:
            return True
        if not lenient:
            return False
        word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)
        return any(word.search(shown) for shown in (*labels, *answer.results))

    return {
        "includes": lambda: all(has(name) for name in wanted),
        "excludes": lambda: not any(has(name) for name in wanted),
        "items": lambda: labels == wanted,
        "first": lambda: labels[: len(wanted)] == wanted,
    }


def _names(text: str) -> list[str]:
    """Names between commas; one that holds a comma or a quote stands in double quotes."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace = ","
    lexer.whitespace_split = True
    lexer.commenters = ""
    lexer.quotes = '"'
    lexer.escape = ""
    return [name.strip() for name in lexer]


def _labels(answer: Answer) -> str:
    return ", ".join(row.split(" -> ")[0] for row in answer.rows[:12]) or "none"


def _goes_on(expected: str, actual: str) -> bool:
    """Whether the actual row is the expected one, or goes on at a boundary of words where that stops."""
    return actual == expected or (actual.startswith(expected) and actual[len(expected)] in " :-")


def _exact(expected: Sequence[str], answer: Answer) -> list[str]:
    if list(expected) == [row for row in answer.rows if row.strip()]:
        return []
    return ["expected another answer, got:", *answer.rows]


def _symbol_rows(expected: Sequence[str], answer: Answer) -> list[str]:
    bare = [row if re.search(r" \[[\d:-]+\]$", row) else None for row in expected]
    rows = [
        actual if wanted else re.sub(r" \[[\d:-]+\]$", "", actual)
        for actual, wanted in zip(answer.rows, [*bare, *[None] * len(answer.rows)], strict=False)
    ]
    return [] if rows == list(expected) else ["expected another outline, got:", *answer.rows]


def _outcomes(expected: Sequence[str], answer: Answer) -> list[str]:
    """Raw messages: ``any`` outcome will do, ``error`` any error, ``or`` joins outcomes."""
    wrong: list[str] = []
    for row, actual in zip(expected, answer.rows, strict=True):
        outcome = actual.rpartition(" => ")[2]
        allowed = row.rpartition(" => ")[2].split(" or ")
        if not any(one in {"any", outcome} or _goes_on(one, outcome) for one in allowed):
            wrong.append(f"expected {row}, got {outcome}")
    return wrong


_EXACT = {
    **dict.fromkeys(("rename", "will-rename", "code-action", "hover", "prefixes", "console"), _exact),
    "raw": _outcomes,
}
_STRICT = {**_EXACT, "complete": _completion, "symbols": _symbol_rows}
_LENIENT = {
    **_EXACT,
    **dict.fromkeys(_UNORDERED, _subset),
    "complete": _completion_outcome,
    "diagnostics": _touching,
    "symbols": _outline,
    "selection": _subset,
    "links": _link_rows,
}
