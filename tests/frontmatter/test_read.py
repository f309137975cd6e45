"""What counts as frontmatter, and what the properties and problems of YAML headers are."""

from __future__ import annotations

import pytest

from headers import Row, found, problems, rows, toml, yaml
from notes_lsp.facts import Property
from notes_lsp.frontmatter.read import inner_span, read_frontmatter


@pytest.mark.parametrize(
    "text, name, span, body",
    [
        ("---\na: b\n---\n", "yaml", "---\na: b\n---", "a: b\n"),
        ("---\na: b\n...\nx", "yaml", "---\na: b\n...", "a: b\n"),
        ("--- \t\na: b\n---  \nx", "yaml", "--- \t\na: b\n---", "a: b\n"),
        ("\ufeff---\na: b\n---", "yaml", "---\na: b\n---", "a: b\n"),
        ("---\r\na: b\r\n---\r\n", "yaml", "---\r\na: b\r\n---", "a: b\r\n"),
        ("---\ra: b\r---\r", "yaml", "---\ra: b\r---", "a: b\r"),
        ("---\n---\n", "yaml", "---\n---", ""),
        ("---\n\n# only a comment\n---\n", "yaml", "---\n\n# only a comment\n---", "\n# only a comment\n"),
        ("+++\na = 1\n+++\n", "toml", "+++\na = 1\n+++", "a = 1\n"),
        ("+++\n+++", "toml", "+++\n+++", ""),
        ('{"a": 1}\ntext', "json", '{"a": 1}', '{"a": 1}'),
        ('{\n  "a": {"b": "}"}\n}  \ntext', "json", '{\n  "a": {"b": "}"}\n}', '{\n  "a": {"b": "}"}\n}'),
        ("{}\n", "json", "{}", "{}"),
    ],
)
def test_a_header_at_the_very_start_is_frontmatter(text: str, name: str, span: str, body: str) -> None:
    """Its span goes from fence to fence, its body is what is between, and nothing in it is odd."""
    header = found(text)
    assert (header.format, text[slice(*header.span)], text[slice(*header.body)]) == (name, span, body)
    assert header.problems == ()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "---",
        "---\n",
        "---\na: b\n",
        "---\na: b\n----\n",
        "----\na: b\n----\n",
        " ---\na: b\n---\n",
        "\n---\na: b\n---\n",
        "text\n---\na: b\n---\n",
        "+++\na = 1\n---\n",
        "---\n\nProse between two rules.\n\n---\n",
        "---\nProse with: a colon\nand more prose in it.\n---\n",
        "---\n# Title\n\nSome words below it.\n---\n",
        "---\n- a\n- b: c\n---\n",
        "---\n- a\nb: c\n---\n",
        "---\n**Note**: x\n---\n",
        "---\n| a | b |\n|---|---|\n---\n",
        "---\nhttps://example.org/a\n---\n",
        "{{template}}\n",
        "{% include x %}\n",
        '{"a": 1} and text\n',
        '{"a": 1',
        '{"quoted"} words\n',
        "{ a }\n",
    ],
)
def test_rules_prose_and_templates_are_no_frontmatter(text: str) -> None:
    """A rule is a rule, prose is prose, and neither is ever a problem."""
    assert read_frontmatter(text) is None


@pytest.mark.parametrize("body", ["titl", "title:x", "title:", "{{header}}", "<% tp.file.header() %>", "[[note]]"])
def test_a_header_being_typed_is_frontmatter_without_problems(body: str) -> None:
    """While the first key is typed, the note does not turn into one with a setext heading."""
    assert problems(yaml(body)) == []


@pytest.mark.parametrize(
    "body, expected",
    [
        ("a: x y # c", [("a", None, "text", "x y", "x y")]),
        ("a: 'it''s'", [("a", None, "text", "it's", "'it''s'")]),
        ('a: "\\u00e9 𝄞"\nb: é', [("a", None, "text", "é 𝄞", '"\\u00e9 𝄞"'), ("b", None, "text", "é", "é")]),
        (
            "a: 1_000\nb: -1.5e+3",
            [("a", None, "number", "1_000", "1_000"), ("b", None, "number", "-1.5e+3", "-1.5e+3")],
        ),
        ("a: yes\nb: False", [("a", None, "boolean", "true", "yes"), ("b", None, "boolean", "false", "False")]),
        ("a: 2024-05-01", [("a", None, "date", "2024-05-01", "2024-05-01")]),
        (
            "date: 2025-04-11T00:01:00+01:00",
            [("date", None, "datetime", "2025-04-11T00:01:00+01:00", "2025-04-11T00:01:00+01:00")],
        ),
        (
            "a: 2026-13-45\nb: 12:30",
            [("a", None, "text", "2026-13-45", "2026-13-45"), ("b", None, "text", "12:30", "12:30")],
        ),
        ("a: https://x:123/#b", [("a", None, "text", "https://x:123/#b", "https://x:123/#b")]),
        ("a: ~\nb:\nc: ", [("a", None, "null", "", "~"), ("b", None, "null", "", ""), ("c", None, "null", "", "")]),
        (
            "a: [[x]]\nb: '[[y|z]]'",
            [("a", None, "link", "[[x]]", "[[x]]"), ("b", None, "link", "[[y|z]]", "'[[y|z]]'")],
        ),
        ("a: [[Smith, John]]", [("a", None, "link", "[[Smith, John]]", "[[Smith, John]]")]),
        (
            "a: {{title}}\nb: <% x %>",
            [("a", None, "text", "{{title}}", "{{title}}"), ("b", None, "text", "<% x %>", "<% x %>")],
        ),
        ("a: {{date:YYYY}} x", [("a", None, "text", "{{date:YYYY}} x", "{{date:YYYY}} x")]),
        ('a: "[[ <% tp("Y")%>-W ]]"', [("a", None, "text", '"[[ <% tp("Y")%>-W ]]"', '"[[ <% tp("Y")%>-W ]]"')]),
        (
            "2024: x\ntrue: y\n'q r': z",
            [("2024", None, "text", "x", "x"), ("true", None, "text", "y", "y"), ("q r", None, "text", "z", "z")],
        ),
        ("a: |\n  x\n  y\n\n\nb: 1", [("a", None, "text", "x\ny\n", "|\n  x\n  y"), ("b", None, "number", "1", "1")]),
        ('a: "m\n  n"', [("a", None, "text", "m n", '"m\n  n"')]),
        ("a: x\u2028y", [("a", None, "text", "x\u2028y", "x\u2028y")]),
        ("a: !!str 5", [("a", None, "text", "5", "5")]),
        (
            "tags: [a, 2026]",
            [
                ("tags", None, "list", "", "[a, 2026]"),
                ("tags", 0, "text", "a", "a"),
                ("tags", 1, "number", "2026", "2026"),
            ],
        ),
        (
            "tags:\n- a\n-\n\nb: c",
            [
                ("tags", None, "list", "", "- a\n-"),
                ("tags", 0, "text", "a", "a"),
                ("tags", 1, "null", "", ""),
                ("b", None, "text", "c", "c"),
            ],
        ),
        (
            "author:\n  name: A\n  at: {x: 1}",
            [
                ("author", None, "object", "", "name: A\n  at: {x: 1}"),
                ("author.name", None, "text", "A", "A"),
                ("author.at", None, "object", "", "{x: 1}"),
                ("author.at.x", None, "number", "1", "1"),
            ],
        ),
        (
            "p:\n  - n: A\n    t: [x]\n  - n: B",
            [
                ("p", None, "list", "", "- n: A\n    t: [x]\n  - n: B"),
                ("p", 0, "object", "", "n: A\n    t: [x]"),
                ("p.n", 0, "text", "A", "A"),
                ("p.t", 0, "list", "", "[x]"),
                ("p.t", 0, "text", "x", "x"),
                ("p", 1, "object", "", "n: B"),
                ("p.n", 1, "text", "B", "B"),
            ],
        ),
        (
            "m: [[1, 2], [3]]",
            [
                ("m", None, "list", "", "[[1, 2], [3]]"),
                ("m", 0, "list", "", "[1, 2]"),
                ("m.0", 0, "number", "1", "1"),
                ("m.0", 1, "number", "2", "2"),
                ("m", 1, "list", "", "[3]"),
                ("m.1", 0, "number", "3", "3"),
            ],
        ),
        (
            "a: &x [1]\nb: *x",
            [
                ("a", None, "list", "", "[1]"),
                ("a", 0, "number", "1", "1"),
                ("b", None, "list", "", "*x"),
                ("b", 0, "number", "1", "*x"),
            ],
        ),
        (
            "a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  q: 3",
            [
                ("a", None, "object", "", "{p: 1, q: 2}"),
                ("a.p", None, "number", "1", "1"),
                ("a.q", None, "number", "2", "2"),
                ("b", None, "object", "", "<<: *x\n  q: 3"),
                ("b.p", None, "number", "1", "*x"),
                ("b.q", None, "number", "3", "3"),
            ],
        ),
        (
            "a: b\r\nc: [\r\n  x\r\n]",
            [("a", None, "text", "b", "b"), ("c", None, "list", "", "[\r\n  x\r\n]"), ("c", 0, "text", "x", "x")],
        ),
    ],
)
def test_yaml_is_read_with_exact_spans(body: str, expected: list[Row]) -> None:
    """Types and values are those of PyYAML's safe loader but for links, placeholders, clock times and odd dates."""
    assert rows(yaml(body)) == expected
    assert problems(yaml(body)) == []


@pytest.mark.parametrize(
    "body, place, word, kept",
    [
        ("a: b: c\nz: 1", ":", "quotes", {"a": "b: c", "z": "1"}),
        ("a: @me\nz: 1", "@me", "quotes", {"a": "@me", "z": "1"}),
        ("a: `x`\nz: 1", "`x`", "quotes", {"a": "`x`", "z": "1"}),
        ("a: %x\nz: 1", "%x", "quotes", {"a": "%x", "z": "1"}),
        ("a: **x**\nz: 1", "**x**", "quotes", {"a": "**x**", "z": "1"}),
        ("a: *x y\nz: 1", "*x", "no anchor", {"a": "*x y", "z": "1"}),
        ("a: *x\nz: 1", "*x", "no anchor", {"a": "*x", "z": "1"}),
        ("a: &x [*x]\nz: 1", "*x", "inside", {"a": "", "z": "1"}),
        ("a: !foo b\nz: 1", "!foo", "unknown tag", {"a": "b", "z": "1"}),
        ("a: !!python/name:os.system b", "!!python/name:os.system", "unknown tag", {"a": "b"}),
        ('a: "b\nz: 1', '"b', "never closed", {"a": "b", "z": "1"}),
        ('a: "b\nz: ["1"]', '"b', "never closed", {"a": "b", "z": "1"}),
        ("a: [b, c\nz: 1", "[b, c", "never closed", {"a": "b, c", "z": "1"}),
        ("a: {b: c\nz: 1", "{b: c", "never closed", {"a": "b: c", "z": "1"}),
        ('a: "b" c\nz: 1', "c", "after the end", {"a": '"b" c', "z": "1"}),
        ("a: [[b]], [[c]]\nz: 1", ", [[c]]", "before this comma", {"a": "[[b]], [[c]]", "z": "1"}),
        ('a: "C:\\path"\nz: 1', "\\p", "escape", {"a": "C:\\path", "z": "1"}),
        ("a: | b\nz: 1", "|", "next line", {"a": "| b", "z": "1"}),
        ("a: - b\nz: 1", "-", "own", {"a": "- b", "z": "1"}),
        ("a:\n\tb: c\n\td: e\nz: 1", "\t", "tabs", {"a": "", "a.b": "c", "a.d": "e", "z": "1"}),
        ("a: 1\nta\nz: 1", "ta", "colon is missing", {"a": "1", "z": "1"}),
        ("a:b\nz: 1", "a:b", "space is missing", {"z": "1"}),
        ("a: 1\n  b: 2\nz: 1", "b", "indented", {"a": "1", "z": "1"}),
        ("a: b\n- \nz: 1", "-", "list item", {"a": "b", "z": "1"}),
        ("a: [#b, #c]\nz: 1", "#", "comment", {"a": "#c", "z": "1"}),
        ("a:\n- b\n-c\nz: 1", "-c", "dash", {"a": "b", "z": "1"}),
        ("a: 1\n--- b\nc: d", "--- b", "second document", {"a": "1"}),
        ("a: b\x07c\nz: 1", "\x07", "U+0007", {"a": "b\x07c", "z": "1"}),
        ("? [a, b]\n: c", "[a, b]", "key cannot", {"[a, b]": "c"}),
        ("a: {<<: 1, b: 2}", "1", "mapping", {"a": "", "a.b": "2"}),
        ("a:\n  - @b\n  - c", "@b", "quotes", {"a": "c"}),
    ],
)
def test_broken_yaml_is_told_in_place_and_the_rest_is_read(
    body: str, place: str, word: str, kept: dict[str, str]
) -> None:
    """Exactly one problem, where it is and in words; no other entry is lost, and what is plainly meant is read."""
    [(code, written, message)] = problems(yaml(body))
    assert (code, written) == ("frontmatter-syntax", place)
    assert word in message
    assert {prop.key: prop.value for prop in found(yaml(body)).properties} == kept


@pytest.mark.parametrize(
    "text, place",
    [
        ("---\na: 1\nb: 2\n'a': 3\n---\n", "'a'"),
        ("+++\na = 1\nb = 2\na = 3\n+++\n", "a"),
        ('{"a": 1, "b": 2, "a": 3}\n', '"a"'),
        ("---\nc: {a: 1, b: 2, a: 3}\n---\n", "a"),
    ],
)
def test_of_a_key_that_stands_twice_the_last_counts(text: str, place: str) -> None:
    """The problem is on the key that stands again, and one property remains."""
    [(code, written, _)] = problems(text)
    assert (code, written) == ("duplicate-key", place)
    assert [value for key, _, _, value, _ in rows(text) if key.endswith("a")] == ["3"]
    assert found(text).problems[0].span.start > text.index("2")


def test_a_number_and_the_same_digits_in_quotes_are_two_keys() -> None:
    """``1`` and ``"1"`` are different keys for YAML, so there is nothing to tell."""
    assert problems(yaml("1: a\n'1': b")) == []


@pytest.mark.parametrize(
    "text, inside",
    [
        (yaml('a: "x y"'), "x y"),
        (yaml("a: 'x'"), "x"),
        (yaml("a: x"), "x"),
        (yaml("a: ''"), ""),
        (yaml("a: |-\n  x\n  y"), "x\n  y"),
        (yaml("a: \"'x'\""), "'x'"),
        (yaml("a: '[[x]]'"), "[[x]]"),
        (toml("a = '''x'y'''"), "x'y"),
        ('{"a": "x"}', "x"),
    ],
)
def test_the_inner_span_is_without_quotes(text: str, inside: str) -> None:
    """What a rename may replace: the text, not its quotes."""
    assert text[slice(*inner_span(text, only(text)))] == inside


def only(text: str) -> Property:
    """The one property of a text."""
    [prop] = found(text).properties
    return prop


@pytest.mark.parametrize("body, column", [("a:", 2), ("a: ", 3), ("a:  # c", 3), ("a: &x", 5)])
def test_an_empty_value_stands_where_it_would_be_written(body: str, column: int) -> None:
    """After the colon and one space, where there is one."""
    text = yaml(body)
    assert only(text).value_span == (4 + column, 4 + column)
