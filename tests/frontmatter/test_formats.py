"""Frontmatter in TOML and in JSON: properties and problems."""

from __future__ import annotations

import pytest

from headers import Row, found, problems, rows, toml


@pytest.mark.parametrize(
    "body, expected",
    [
        ('a = "x" # c', [("a", None, "text", "x", '"x"')]),
        ("a = '''\nx\ny'''", [("a", None, "text", "x\ny", "'''\nx\ny'''")]),
        ("a = 0x1F\nb = 1_0.5", [("a", None, "number", "0x1F", "0x1F"), ("b", None, "number", "1_0.5", "1_0.5")]),
        ("a = true", [("a", None, "boolean", "true", "true")]),
        ("a = 2024-05-01", [("a", None, "date", "2024-05-01", "2024-05-01")]),
        ("a = 2024-05-01 07:32:00Z", [("a", None, "datetime", "2024-05-01T07:32:00+00:00", "2024-05-01 07:32:00Z")]),
        ("a = 07:32:00", [("a", None, "text", "07:32:00", "07:32:00")]),
        ('a = "[[x]]"', [("a", None, "link", "[[x]]", '"[[x]]"')]),
        ("a = {{ .Date }}", [("a", None, "text", "{{ .Date }}", "{{ .Date }}")]),
        ("a = 1\r\nb = 2", [("a", None, "number", "1", "1"), ("b", None, "number", "2", "2")]),
        ("a = 1\rb = 2", [("a", None, "number", "1", "1"), ("b", None, "number", "2", "2")]),
        (
            "a.b = [1, {c = 2}]",
            [
                ("a", None, "object", "", "b = [1, {c = 2}]"),
                ("a.b", None, "list", "", "[1, {c = 2}]"),
                ("a.b", 0, "number", "1", "1"),
                ("a.b", 1, "object", "", "{c = 2}"),
                ("a.b.c", 1, "number", "2", "2"),
            ],
        ),
        (
            "[t]\na = 1\n[[s]]\nb = 1\n[[s]]\n[t.u]\nc = 1",
            [
                ("t", None, "object", "", "[t]"),
                ("t.a", None, "number", "1", "1"),
                ("s", None, "list", "", "[[s]]"),
                ("s", 0, "object", "", "[[s]]"),
                ("s.b", 0, "number", "1", "1"),
                ("s", 1, "object", "", "[[s]]"),
                ("t.u", None, "object", "", "[t.u]"),
                ("t.u.c", None, "number", "1", "1"),
            ],
        ),
    ],
)
def test_toml_is_read_with_exact_spans(body: str, expected: list[Row]) -> None:
    """A table has the header that makes it for its value, a dotted key what follows its dot."""
    assert rows(toml(body)) == expected
    assert problems(toml(body)) == []


@pytest.mark.parametrize(
    "body, place, kept",
    [
        ("a = Foo bar\nz = 1", "Foo bar", {"a": "Foo bar", "z": "1"}),
        ('a = "b\nz = 1', '"b', {"a": "b", "z": "1"}),
        ("a = [1, 2\nz = 1", "[1, 2", {"a": "2", "z": "1"}),
        ('a = ["b" "c"]\nz = 1', '"c"]', {"a": "c", "z": "1"}),
        ("a =\nz = 1", "a", {"a": "", "z": "1"}),
        ("a\nz = 1", "a", {"z": "1"}),
        ('a = "\\q"\nz = 1', '"\\q"', {"a": "\\q", "z": "1"}),
        ("a = 1 # c\nz = 1 2", "2", {"a": "1", "z": "1 2"}),
        ("[a\nz = 1", "[a", {"a": "", "a.z": "1"}),
        ("[a]\nb.c = 1\n[a.b]\nz = 1", "]", {"a": "", "a.b": "", "a.b.c": "1", "a.b.z": "1"}),
    ],
)
def test_broken_toml_is_told_in_place_and_the_rest_is_read(body: str, place: str, kept: dict[str, str]) -> None:
    """One statement that is broken costs no other."""
    [(code, written, _)] = problems(toml(body))
    assert (code, written) == ("frontmatter-syntax", place)
    assert {prop.key: prop.value for prop in found(toml(body)).properties} == kept


@pytest.mark.parametrize(
    "text, expected",
    [
        ('{"a": "\\u00e9\\n"}', [("a", None, "text", "é\n", '"\\u00e9\\n"')]),
        ('{"a": -1.50}', [("a", None, "number", "-1.50", "-1.50")]),
        ('{"a": true, "b": null}', [("a", None, "boolean", "true", "true"), ("b", None, "null", "", "null")]),
        ('{"a": "[[x]]"}', [("a", None, "link", "[[x]]", '"[[x]]"')]),
        ('{"a": {{x}}}', [("a", None, "text", "{{x}}", "{{x}}")]),
        (
            '{\n "a": ["x", {"b": []}]\n}',
            [
                ("a", None, "list", "", '["x", {"b": []}]'),
                ("a", 0, "text", "x", '"x"'),
                ("a", 1, "object", "", '{"b": []}'),
                ("a.b", 1, "list", "", "[]"),
            ],
        ),
    ],
)
def test_json_is_read_with_exact_spans(text: str, expected: list[Row]) -> None:
    """Strings are text whatever they look like, but for wikilinks."""
    assert rows(text) == expected
    assert problems(text) == []


@pytest.mark.parametrize(
    "inside, place, kept",
    [
        ('"a": ["b",],', ",", {"a": "b"}),
        ('"a": 1 "z": 1', "1", {"a": "1", "z": "1"}),
        ('"a": \'b\', "z": 1', "'b'", {"a": "b", "z": "1"}),
        ('"a": b c, "z": 1', "b c", {"a": "b c", "z": "1"}),
        ('"a": 1, z: 1', "z", {"a": "1", "z": "1"}),
        ('"a": "b,\n"z": 1', '"b', {"a": "b", "z": "1"}),
        ('"a": , "z": 1', " ", {"a": "", "z": "1"}),
        ('"a": 1,, "z": 1', ",", {"a": "1", "z": "1"}),
        ('"a": 1, // c\n"z": 1', "// c", {"a": "1", "z": "1"}),
        ('"a": [1,\n"z": 1', "[", {"a": "1", "z": "1"}),
        ('"a": "\\q", "z": 1', '"\\q"', {"a": "\\q", "z": "1"}),
        ('"a": 1, "z" 1', '"z"', {"a": "1", "z": "1"}),
    ],
)
def test_broken_json_is_told_in_place_and_the_rest_is_read(inside: str, place: str, kept: dict[str, str]) -> None:
    """One problem, where it is, and every key with what is plainly its value."""
    text = "{\n" + inside + "\n}\ntext\n"
    [(code, written, _)] = problems(text)
    assert (code, written) == ("frontmatter-syntax", place)
    assert {prop.key: prop.value for prop in found(text).properties} == kept
