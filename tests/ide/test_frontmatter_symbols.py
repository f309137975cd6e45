"""The keys of a header in the outline and in folds: of any text, each inside what it is below."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexing import the_note, vault_of
from notes_lsp.ide.structure.folding_range import folding_ranges
from notes_lsp.ide.structure.frontmatter_symbols import PropertySymbol, property_symbols
from notes_lsp.text.source import Source

PIECES = [
    *(
        "a: ",
        "b: ",
        "\n",
        "\n  ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        "1",
        "x",
        "|\n  t\n",
        "&a ",
        "*a",
        "<<: *a",
        '"k": ',
        '""',
        ",",
    ),
    *("a = ", "[t]\n", "[[t]]\n", "t.u = ", '"""\n', "😀", "\r\n", "\t"),
]
texts = st.builds(
    lambda fences, pieces: fences[0] + "".join(pieces) + fences[1],
    st.sampled_from([("---\n", "\n---\n"), ("+++\n", "\n+++\n"), ("{\n", "\n}\n")]),
    st.lists(st.sampled_from(PIECES), max_size=25),
)


@given(texts)
def test_symbols_lie_inside_each_other(text: str) -> None:
    """Every symbol has a name, holds the place of its key and lies in the text and in what it is a part of."""
    vault = vault_of({"a.md": text})
    whole = property_symbols(vault, the_note(vault, "a.md"))
    if whole is not None:
        assert 0 <= whole.span.start < whole.span.end <= len(text)
        check(whole)


def check(symbol: PropertySymbol) -> None:
    """All that a client may rely on, of a symbol and those below it."""
    assert symbol.name
    assert symbol.span.start <= symbol.at.start <= symbol.at.end <= symbol.span.end
    for child in symbol.children:
        assert symbol.span.start <= child.span.start <= child.span.end <= symbol.span.end
        check(child)


@given(texts)
def test_folds_are_of_lines_that_there_are(text: str) -> None:
    """No fold ends before it begins, and none goes past the text."""
    vault = vault_of({"a.md": text})
    for fold in folding_ranges(vault, the_note(vault, "a.md")):
        assert 0 <= fold.first < fold.last < Source(text).line_count
