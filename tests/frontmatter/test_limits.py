"""Hostile headers: each is read in bounded time, is told of, and costs nothing that stands before it."""

from __future__ import annotations

import pytest

from notes_lsp.frontmatter.read import read_frontmatter

_ALIASES = "".join(f"x{i + 1}: &x{i + 1} [{', '.join([f'*x{i}'] * 9)}]\n" for i in range(30))
_MERGES = "".join(f"y{i}:\n  <<: *m\n" for i in range(3000))
_WIDE = ", ".join(f"k{i}: 1" for i in range(3000))

HOSTILE = {
    "alias bomb": "---\nfirst: 1\nx0: &x0 [a, b]\n" + _ALIASES + "---\n",
    "merge bomb": "---\nfirst: 1\nm: &m {" + _WIDE + "}\n" + _MERGES + "---\n",
    "many keys": "---\nfirst: 1\n" + "".join(f"k{i}: v\n" for i in range(10_000)) + "---\n",
    "long value": "---\nfirst: 1\na: '" + "x" * 5_000_000 + "'\n---\n",
    "long plain value": "---\nfirst: 1\na: " + "x " * 2_500_000 + "\n---\n",
    "deep flow": "---\nfirst: 1\na: " + "[" * 10_000 + "\n---\n",
    "deep flow, closed": "---\nfirst: 1\na: " + "[" * 10_000 + "]" * 10_000 + "\n---\n",
    "deep mappings": "---\nfirst: 1\na: " + "{a: " * 10_000 + "\n---\n",
    "deep blocks": "---\nfirst: 1\na:\n " + "- " * 10_000 + "x\n---\n",
    "deep indentation": "---\nfirst: 1\n" + "".join(" " * level + "a:\n" for level in range(1_000)) + "---\n",
    "long key": "---\nfirst: 1\n? " + "k" * 5_000 + "\n: v\n---\n",
    "unclosed and long": "---\nfirst: 1\na: '" + "x\n" * 1_000_000 + "---\n",
    "many faults": "---\nfirst: 1\nz: 1\n" + "a: b: c\n" * 100_000 + "---\n",
    "comments of Windows, then an odd space": "---\r\nfirst: 1\r\n" + "# c\r\n" * 80 + "\xa0x\r\n---\r\n",
    "toml keys": "+++\nfirst = 1\n" + "".join(f"k{i} = 1\n" for i in range(10_000)) + "+++\n",
    "toml long value": "+++\nfirst = 1\na = '" + "x" * 5_000_000 + "'\n+++\n",
    "toml deep": "+++\nfirst = 1\na = " + "[" * 10_000 + "]" * 10_000 + "\n+++\n",
    "toml tables": "+++\nfirst = 1\na = " + "{a = " * 10_000 + "1" + "}" * 10_000 + "\n+++\n",
    "toml dots": "+++\nfirst = 1\n" + "a." * 10_000 + "a = 1\n+++\n",
    "toml wide": "+++\nfirst = 1\na = [" + "1," * 1_000_000 + "]\n+++\n",
    "json keys": '{"first": 1, ' + ", ".join(f'"k{i}": 1' for i in range(10_000)) + "}\n",
    "json long value": '{"first": 1, "a": "' + "x" * 5_000_000 + '"}\n',
    "json deep": '{"first": 1, "a": ' + "[" * 10_000 + "]" * 10_000 + "}\n",
    "json commas": '{"first": 1, "a": [' + "," * 1_000_000 + "]}\n",
}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_header_is_told_of_and_what_stands_before_it_is_kept(name: str) -> None:
    """The first key survives, the number of properties and problems stays small, and something is said."""
    header = read_frontmatter(HOSTILE[name])
    assert header is not None
    assert (header.properties[0].key, header.properties[0].value) == ("first", "1")
    assert 1 <= len(header.problems) <= 60
    assert len(header.properties) <= 5_000


@pytest.mark.parametrize(
    "name",
    [
        *("alias bomb", "merge bomb", "many keys", "long value", "deep flow", "deep flow, closed", "deep mappings"),
        *("deep blocks", "deep indentation", "toml keys", "toml deep", "toml tables", "toml dots", "json deep"),
    ],
)
def test_what_exceeds_a_limit_says_so(name: str) -> None:
    """Bombs have a code of their own, since nothing is wrong with their syntax."""
    header = read_frontmatter(HOSTILE[name])
    assert header is not None
    assert {problem.code for problem in header.problems} == {"frontmatter-limit"}


NESTED = {
    "brackets": ("---\na: ", "[", "", "]", "\nb: c\n---\n"),
    "braces": ("---\na: ", "{k: ", "", "}", "\nb: c\n---\n"),
    "both, in lines": ("---\na: ", "[{k:\n ", "", "}]", "\nb: c\n---\n"),
    "dashes": ("---\na:\n  ", "- ", "x", "", "\nb: c\n---\n"),
    "toml arrays": ("+++\na = ", "[", "", "]", "\nb = 'c'\n+++\n"),
    "toml tables": ("+++\na = ", "{k = ", "1", "}", "\nb = 'c'\n+++\n"),
    "json arrays": ('{"a": ', "[", "", "]", ', "b": "c"}\n'),
    "json objects": ('{"a": ', '{"k": ', "1", "}", ', "b": "c"}\n'),
}


@pytest.mark.parametrize("depth", [10, 30, 70, 127, 128, 129, 600, 999, 1_000, 1_001, 1_200, 5_000])
@pytest.mark.parametrize("name", NESTED)
def test_valid_nesting_is_never_wrong_syntax(name: str, depth: int) -> None:
    """Below the limit nothing is said, above it that it is one, and the next entry is read all the same."""
    begin, opened, inside, closed, end = NESTED[name]
    header = read_frontmatter(begin + opened * depth + inside + closed * depth + end)
    assert header is not None
    assert {problem.code for problem in header.problems} == (set() if depth <= 30 else {"frontmatter-limit"})
    assert (header.properties[-1].key, header.properties[-1].value) == ("b", "c")


def test_brackets_in_text_nest_nothing() -> None:
    """Those in quotes, in comments, in text and in values without quotes are characters."""
    many = "[{" * 500
    for value in (f"'{many}'", f'"{many}"', f"x{many}", f"x # {many}", f"|\n  {many}", f"[x] # {many}"):
        header = read_frontmatter(f"---\na: {value}\nb: c\n---\n")
        assert header is not None
        assert header.problems == ()
    for value in (f"'{many}'", f'"{many}"', f"1 # {many}"):
        header = read_frontmatter(f"+++\na = {value}\nb = 'c'\n+++\n")
        assert header is not None
        assert header.problems == ()


def test_what_stands_after_a_long_value_is_read_too() -> None:
    """One value too long to be read is one value."""
    header = read_frontmatter("---\na: " + "x" * 200_000 + "\nb: c\n---\n")
    assert header is not None
    assert [(prop.key, prop.value) for prop in header.properties] == [("a", ""), ("b", "c")]
