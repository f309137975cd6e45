"""Semantic tokens: of any text in order, apart and on one line each; of a sound header all of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexing import the_note, vault_of
from notes_lsp.ide.structure.semantic_tokens import semantic_tokens
from notes_lsp.text.source import Encoding, Source

PIECES = [
    *("---\n", "+++\n", "{", "}", "[", "]", "]]", "[[", "a", "b", "b: ", "a = ", '"a": ', '"', "'", "#x", " #c", "\n"),
    *(
        "\r\n",
        "\r",
        "  ",
        "- ",
        ", ",
        "1",
        "2024-05-12",
        "true",
        "|\n  x\n",
        "&a ",
        "*a",
        "<<: *a",
        "[t]",
        "[[t]]",
        "'''",
    ),
    *("2024-05-12", "😀", "\u2028", "tags: ", "{{x}}", ":", "=", "null", "\t", '"""', "\ufeff"),
]
texts = st.builds(
    lambda opening, pieces, closing: opening + "".join(pieces) + closing,
    st.sampled_from(["---\n", "+++\n", "{\n", ""]),
    st.lists(st.sampled_from(PIECES), max_size=25),
    st.sampled_from(["\n---\n", "\n+++\n", "\n}\n", ""]),
)


@given(texts)
def test_tokens_are_in_order_apart_and_on_one_line(text: str) -> None:
    """Clients that know no overlapping tokens and none of several lines can take every answer."""
    vault = vault_of({"a.md": text})
    done = 0
    source = Source(text)
    for token in semantic_tokens(vault, the_note(vault, "a.md")):
        assert done <= token.span.start < token.span.end <= len(text)
        assert source.line_of(token.span.start) == source.line_of(token.span.end)
        assert source.position(token.span.end, Encoding.UTF16).column > 0
        done = token.span.end


@given(st.sampled_from(["yaml", "toml", "json"]), st.lists(st.sampled_from(["x", "two words", "😀"]), unique=True))
def test_every_key_and_value_has_a_token(format_: str, keys: list[str]) -> None:
    """In sound headers nothing but brackets, signs and blanks is left without one."""
    fences = {"yaml": ("---\n", "---\n"), "toml": ("+++\n", "+++\n"), "json": ("{\n", "\n}\n")}
    sign, end = {"yaml": (": ", "\n"), "toml": (" = ", "\n"), "json": (": ", ",\n")}[format_]
    body = end.join(f'"{key}"{sign}[1, "a", true]' for key in keys) + ("" if format_ == "json" else end)
    text = fences[format_][0] + body + fences[format_][1]
    vault = vault_of({"a.md": text})
    left = text
    for token in reversed(semantic_tokens(vault, the_note(vault, "a.md"))):
        left = left[: token.span.start] + left[token.span.end :]
    assert not keys or set(left) <= set("-+{}[]:=, \n")
