"""Schemas: the short form, what is told of violations, and that no schema can do harm."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.schemas.select import Rule, Schema, Schemas, Unsound, parse_schema_rules, vault_path
from notes_lsp.schemas.validate import schema_fault, violations

TASK = {
    "folder": "tasks/**",
    "required": ["status", "due"],
    "status": ["todo", "doing", "done"],
    "due": "date",
    "people": "[link]",
    "effort": {"type": "number", "min": 1, "max": 5},
    "code": "/^[A-Z]{3}$/",
    "until": "date | boolean",
    "site": "url",
    "words": "text",
    "closed": True,
}


def schema_of(table: dict[str, object]) -> Schema:
    """The schema that a sound table stands for."""
    found = parse_schema_rules({"task": table}, schema_fault)
    assert not found.problems
    schema = found.rules[0].schema
    assert schema is not None
    return schema


def messages(schema: Schema, header: dict[str, object]) -> list[str]:
    """What is told of a header."""
    return [violation.message for violation in violations(schema, header)]


GOOD: dict[str, object] = {
    "status": "todo",
    "due": "2024-05-12",
    "people": ["[[Ada]]", "https://example.org/ada"],
    "effort": 2.5,
    "code": "ABC",
    "until": False,
    "site": "https://example.org",
    "words": 1984,
    "$schema": "tasks.json",
}


def test_a_header_that_keeps_to_its_schema_is_not_told_of() -> None:
    """Every word of the short form has a value that fits; a number passes for a text, ``$schema`` is no key."""
    assert messages(schema_of(TASK), GOOD) == []


@pytest.mark.parametrize(
    "key, value, expected",
    [
        ("status", "doen", "Expected one of “todo”, “doing” or “done” (task)."),
        ("due", "2024-02-30", "Expected a date, such as 2024-05-12 (task)."),
        ("due", 5, "Expected a date, such as 2024-05-12 (task)."),
        ("people", "[[Ada]]", "Expected a list (task)."),
        ("people", ["Ada"], "Expected a link, such as [[note]] (task)."),
        ("effort", 7, "Expected a number of at most 5 (task)."),
        ("effort", "4", "Expected a number (task)."),
        ("code", "abc", "Expected a text that matches /^[A-Z]{3}$/ (task)."),
        ("until", "soon", "Expected a date, such as 2024-05-12 or true or false (task)."),
        ("site", "example", "Expected an address, such as https://example.org (task)."),
        ("words", True, "Expected a text (task)."),
        ("stauts", 1, "task has no key `stauts`. Did you mean `status`?"),
    ],
)
def test_a_violation_says_what_was_expected(key: str, value: object, expected: str) -> None:
    """One wrong value is one violation, at its key, in plain words."""
    found = violations(schema_of(TASK), {**GOOD, key: value})

    assert [violation.message for violation in found] == [expected]
    assert found[0].path[0] == key


def test_missing_keys_are_told_of_together() -> None:
    """Two missing keys are one violation of the header as a whole."""
    found = violations(schema_of(TASK), {})

    assert [(violation.path, violation.missing) for violation in found] == [((), ("status", "due"))]


@pytest.mark.parametrize(
    "table, place, message",
    [
        ({"due": "dat"}, ("due",), 'there is no type "dat"; did you mean "date"?'),
        ({"due": "sting"}, ("due",), 'there is no type "sting"; did you mean "text"?'),
        ({"status": []}, ("status",), "expected a list of texts or numbers to choose from"),
        ({"n": {"tpye": "number"}}, ("n",), 'there is no "tpye" here; did you mean "type"?'),
        ({"n": {"type": "number", "min": "1"}}, ("n",), '"min" is a number'),
        ({"required": "due"}, ("required",), 'expected a list of keys, such as ["title", "status"]'),
        ({"closed": "yes"}, ("closed",), "expected true or false"),
        ({"folder": 3}, ("folder",), "expected a text or a list of texts; [schemas.task] is not used"),
        (
            {"file": "https://example.org/x.json"},
            ("file",),
            "expected the path of a file in this vault; nothing is ever fetched",
        ),
        (
            {"schema": {"type": "strng"}},
            ("schema",),
            "this is no JSON Schema: 'strng' is not valid under any of the given schemas",
        ),
        ({"due": 5}, ("due",), 'expected a type such as "date", a list of values, or a table'),
    ],
)
def test_a_mistake_in_a_short_schema_is_told_at_its_place(
    table: dict[str, object], place: tuple[str, ...], message: str
) -> None:
    """What cannot be understood is a problem of the settings; the rest of the schema counts."""
    found = parse_schema_rules({"task": table}, schema_fault)

    assert [(wrong.path, wrong.message) for wrong in found.problems] == [(("schemas", "task", *place), message)]


DEEP: dict[str, object] = {}
for _ in range(500):
    DEEP = {"allOf": [DEEP]}

HOSTILE: dict[str, dict[str, object]] = {
    "remote reference": {"$ref": "https://example.org/schema.json"},
    "file reference": {"$ref": "file:///etc/passwd"},
    "reference to nowhere": {"$ref": "#/$defs/none"},
    "anchor to nowhere": {"$ref": "#none"},
    "endless reference": {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}},
    "doubling": {
        "$ref": "#/$defs/a0",
        "$defs": {f"a{n}": {"allOf": [{"$ref": f"#/$defs/a{n + 1}"}] * 2} for n in range(40)} | {"a40": {}},
    },
    "huge pattern": {"properties": {"a": {"pattern": "x" * 100_000}}},
    "no pattern": {"properties": {"a": {"pattern": "("}}},
    "repeating pattern": {"properties": {"a": {"pattern": "((x{999}){999}){999}"}}},
    "deep": DEEP,
    "large": {"enum": ["x"], "properties": {str(n): {"type": "string"} for n in range(30_000)}},
    "no schema": {"type": "strng"},
    "no keyword": {"required": "title"},
}


@pytest.mark.parametrize("document", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.timeout(10)
def test_a_hostile_schema_is_refused(document: dict[str, object]) -> None:
    """A schema that refers elsewhere, never ends, or is none, is a problem and is not used; nothing hangs or raises."""
    reason = schema_fault(Schema("bad", document))

    assert reason is not None
    assert reason


@pytest.mark.timeout(10)
def test_a_pattern_that_takes_forever_is_given_up() -> None:
    """Exponential patterns are stopped, and told of, wherever they stand."""
    keywords: tuple[dict[str, object], ...] = (
        {"pattern": "^(\\w|\\w\\w)*$"},
        {"patternProperties": {"^(\\w|\\w\\w)*$": {}}},
    )
    for keyword in keywords:
        schema = Schema("slow", {"properties": {"a": keyword}} if "pattern" in keyword else keyword)
        assert schema_fault(schema) is None
        found = messages(schema, {"a": "x" * 60 + "!", "x" * 60 + "!": 1})
        assert found == [] or found[0].startswith(("The schema slow takes too long", "Expected a text that matches"))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "type", "$ref"]), inner, max_size=3)
    ),
    max_leaves=6,
)
keywords = st.sampled_from(
    [
        *("type", "enum", "const", "properties", "required", "items", "allOf", "anyOf", "not", "pattern", "minimum"),
        *("multipleOf", "additionalProperties", "patternProperties", "$ref", "$id", "$schema", "$defs", "uniqueItems"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.dictionaries(keywords, json_values | st.sampled_from(["string", "#", "#/$defs/a", "^a"]), max_size=4),
    json_values,
)
def test_any_document_and_any_header_end_well(document: dict[str, object], value: object) -> None:
    """Whatever stands in a schema, it is either refused with a reason, or every header can be held against it."""
    schema = Schema("any", document)

    assert schema_fault(schema) is None or schema_fault(schema)
    for violation in violations(schema, {"a": value}):
        assert violation.message


def test_a_schema_is_chosen_by_folder_type_and_tag() -> None:
    """All that a rule gives must hold; a tag below the one asked for counts, as does one of several types."""
    schema = Schema("s", {})
    rules = (
        Rule("folder", folders=("tasks/**",), schema=schema),
        Rule("type", types=("Task",), schema=schema),
        Rule("tag", tags=("work",), schema=schema),
        Rule("both", folders=("tasks/**",), tags=("home",), schema=schema),
        Rule("all", schema=schema),
    )

    def chosen(path: str, header: dict[str, object], tags: set[str]) -> list[str]:
        found = (
            rule.name
            for rule in rules
            if Schemas((rule,)).applying(path, header, tags, lambda path, patterns: path.startswith(patterns[0][:-2]))
        )
        return list(found)

    assert chosen("tasks/a.md", {}, set()) == ["folder", "all"]
    assert chosen("b.md", {"type": ["task", "x"]}, {"work/urgent", "worker"}) == ["type", "tag", "all"]
    assert chosen("tasks/a.md", {"type": "other"}, {"home"}) == ["folder", "both", "all"]


def test_the_schema_that_a_note_names_wins() -> None:
    """``$schema`` is a path in the vault and stands for all rules; an address is never followed and changes nothing."""
    asked: list[str] = []

    def load(path: str) -> Schema | Unsound:
        asked.append(path)
        return Schema(path, {}) if path == "schemas/own.json" else Unsound("no such file")

    schemas = Schemas((Rule("all", schema=Schema("all", {})),), load)

    def names(written: str) -> list[str]:
        return [one.name for one in schemas.applying("notes/a.md", {"$schema": written}, (), lambda _, __: True)]

    assert names("schemas/own.json") == ["schemas/own.json"]
    assert names("../schemas/own.json") == ["schemas/own.json"]
    assert names("missing.json") == []
    assert names("https://json-schema.org/draft/2020-12/schema") == ["all"]
    assert set(asked) == {"schemas/own.json", "notes/schemas/own.json", "missing.json", "notes/missing.json"}
    assert schemas.reads(["notes/missing.json"])
    assert not schemas.reads(["other.json"])


def test_no_path_leads_out_of_the_vault() -> None:
    """A path that climbs above the root means nothing."""
    assert vault_path("../../etc/passwd", "a/b.md") == ""
    assert vault_path("/schemas/x.json", "a/b.md") == "schemas/x.json"
