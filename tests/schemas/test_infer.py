"""Schema inference: what is proposed is what the notes keep to already."""

from __future__ import annotations

import tomllib

from hypothesis import given, settings
from hypothesis import strategies as st

from notes_lsp.frontmatter.formats.write import HeaderValue, literal, write_key
from notes_lsp.frontmatter.read import read_frontmatter
from notes_lsp.frontmatter.values import header, to_plain
from notes_lsp.schemas.infer import as_toml, infer_schema
from notes_lsp.schemas.select import parse_schema_rules
from notes_lsp.schemas.validate import schema_fault, violations

values: st.SearchStrategy[HeaderValue] = st.recursive(
    st.sampled_from(["a", "b", "[[note]]", "2024-05-12", "2024-05-12T10:00:00", "yes", ""])
    | st.integers(0, 3)
    | st.booleans()
    | st.dates()
    | st.none(),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("k"), inner, max_size=1),
    max_leaves=3,
)
headers = st.dictionaries(st.sampled_from(["a", "type", "title", "due", "file", "x y"]), values, max_size=4)


@settings(max_examples=150, deadline=None)
@given(st.lists(headers, min_size=1, max_size=6))
def test_no_note_violates_the_schema_made_of_it(notes: list[dict[str, HeaderValue]]) -> None:
    """Whatever the notes say, the schema inferred from them is sound TOML and finds nothing wrong with any of them."""
    texts = [
        "---\n"
        + "".join(f"{write_key('yaml', name)}: {literal('yaml', value)}\n" for name, value in note.items())
        + "---\n"
        for note in notes
    ]
    fronts = [front for text in texts if (front := read_frontmatter(text)) is not None]

    found, required, _ = infer_schema([front.properties for front in fronts])
    table = tomllib.loads(as_toml("made", {}, found, required))["schemas"]
    rules = parse_schema_rules(table, schema_fault)

    assert rules.problems == ()
    for schema in (rule.schema for rule in rules.rules):
        assert schema is not None
        for text in texts:
            tree = header(text)
            assert tree is not None
            if tree.entries:
                assert [one.message for one in violations(schema, to_plain(tree.entries))] == []


def test_a_few_words_used_again_and_again_are_a_choice() -> None:
    """Short texts that come three times each on average are values to choose from; titles never are."""
    texts = [f"---\ntitle: Same\nstatus: {status}\nup: '[[x]]'\n---\n" for status in ["todo"] * 5 + ["done"] * 4]
    fronts = [front for text in texts if (front := read_frontmatter(text)) is not None]

    found, required, total = infer_schema([front.properties for front in fronts])

    assert found == {"status": ["todo", "done"], "title": "text", "up": "link"}
    assert (required, total) == (["status", "title", "up"], 9)
