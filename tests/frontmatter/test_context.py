"""The cursor in a header: what is asked for at each place of each format, and that no text can do harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.frontmatter.context import header_prompt


@pytest.mark.parametrize(
    "text, key, typed, asks_key",
    [
        ("---\nti|\n---\n", "", "ti", True),
        ("---\n|", "", "", True),
        ("---\na: 1\nb|", "", "b", True),
        ("---\nauthor:\n  na|\n---\n", "author", "na", True),
        ("---\nstatus: do|\n---\n", "status", "do", False),
        ("---\nstatus:|\n---\n", "status", "", False),
        ('---\nstatus: "do|"\n---\n', "status", "do", False),
        ("---\ntags: [a, b|]\n---\n", "tags", "b", False),
        ("---\ntags:\n  - a\n  - b|\n---\n", "tags", "b", False),
        ("---\ntags:\n- b|\n---\n", "tags", "b", False),
        ("---\na:\n  b:\n    c: x|\n---\n", "a.b.c", "x", False),
        ("+++\nti|\n+++\n", "", "ti", True),
        ("+++\n[author]\nna|\n+++\n", "author", "na", True),
        ('+++\nstatus = "do|"\n+++\n', "status", "do", False),
        ('+++\ntags = ["a", "b|"]\n+++\n', "tags", "b", False),
        ('+++\ntags = [\n  "a",\n  "b|\n+++\n', "tags", "b", False),
        ('{\n  "ti|"\n}\n', "", "ti", True),
        ('{\n  "a": 1,\n  |\n}\n', "", "", True),
        ('{\n  "author": {"na|"}\n}\n', "author", "na", True),
        ('{\n  "status": "do|"\n}\n', "status", "do", False),
        ('{\n  "tags": ["a", "b|"]\n}\n', "tags", "b", False),
        ('{\n  "stars": 4|\n}\n', "stars", "4", False),
    ],
)
def test_what_is_asked_for(text: str, key: str, typed: str, asks_key: bool) -> None:  # noqa: FBT001  (a column of the table)
    """A key with the table it stands in, or a value with the key it belongs to."""
    prompt = header_prompt(text.replace("|", "", 1), text.index("|"))

    assert prompt is not None
    assert (prompt.key, prompt.typed, prompt.asks_key) == (key, typed, asks_key)


@pytest.mark.parametrize(
    "text",
    [
        "# Te|xt",
        "---\na: 1\n---\nb|",
        "|---\n---\n",
        "---\na: 1\n-|--\n",
        "---\n# a|\n---\n",
        '{\n  "a": "b"|\n}\n',
        "---\na: '[[x|\n---\n",
        "---\na: 1\n\nb|",
    ],
)
def test_where_nothing_is_asked_for(text: str) -> None:
    """Outside the header, on its fences, in comments, behind a finished value, and in links there is no prompt."""
    assert header_prompt(text.replace("|", "", 1), text.index("|")) is None


@settings(max_examples=300)
@given(
    st.sampled_from(["---\n", "+++\n", "{", "\ufeff---\r\n", ""]),
    st.text(st.sampled_from("ab:= -[]{},\"'#\n\r\t.|>&*+"), max_size=40),
    st.integers(0, 45),
)
def test_any_text_is_borne(start: str, rest: str, at: int) -> None:
    """Whatever is typed, wherever the cursor is, the prompt is of the text before the cursor, or there is none."""
    text = start + rest
    offset = min(at, len(text))
    prompt = header_prompt(text, offset)

    if prompt is not None:
        assert prompt.span.end == offset
        assert text[prompt.span.start : offset].endswith(prompt.typed)
        assert text[prompt.span.start : offset].startswith(prompt.quote)
