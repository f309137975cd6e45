"""Completion: whatever is accepted leads to what was shown, nothing else in the note changes, and lists are short."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexing import the_note, vault_of
from notes_lsp.config.read import load
from notes_lsp.config.settings import Config
from notes_lsp.facts import Link
from notes_lsp.fuzzy.ranking_context import RankingContext
from notes_lsp.ide.completion import anchors as completing_anchors
from notes_lsp.ide.completion import paths as completing_paths
from notes_lsp.ide.completion.context import (
    PathAnchor,
    PathTarget,
    VaultHeading,
    WikiAnchor,
    WikiTarget,
    prompt_at,
)
from notes_lsp.ide.completion.items import ItemKind, Offer
from notes_lsp.ide.completion.notes import completion, completion_preview
from notes_lsp.index.store.changes import prepare_rows
from notes_lsp.index.vault.vault import Vault
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Edit, Span, apply_edits

FOLDERS = ["", "a/", "a/b/", "c d/"]
STEMS = ["a", "A", "b", "a b", "C# x", "index", "v1.2", "[x]", "100%", "é(1)", "2024-06-23", "p|q", "x'y"]
PATHS = st.one_of(
    st.builds("{}{}.md".format, st.sampled_from(FOLDERS), st.sampled_from(STEMS)),
    st.builds("{}{}.png".format, st.sampled_from(FOLDERS), st.sampled_from(["a", "b (1)"])),
)
TEXTS = st.sampled_from(
    [
        "x",
        "# b\n\n## a\n\n## a\n",
        "---\ntitle: a b\naliases: [b, second, 'x|y']\n---\n# T & *u*\n\n### a#b\n",
        "[[nowhere]] [[a]] ![[a.png]]\n",
    ]
)
VAULTS = st.dictionaries(PATHS, TEXTS, min_size=1, max_size=7)
TYPED = st.sampled_from(["", "a", "b", "A", "sec", "x", "a/", "a b", "in", "v1", "2024", "%", "no", "é", "c", "today"])
AFTER = st.sampled_from(["", "]", "]]", "]] rest", " rest", "|label]]", "#h]] x"])
HERE = st.sampled_from(["here.md", "a/here.md", "a/b/here.md"])
WEDNESDAY = RankingContext(date(2024, 6, 26))
DEFAULTS = Config()
CONFIGS = st.sampled_from(
    [
        DEFAULTS,
        load('[links]\npath = "relative"\nextension = true\n', None, None)[0],
        load('[links]\npath = "root"\nmarkdown_extension = false\n', None, None)[0],
    ]
)


def offered(vault: Vault, path: str, marked: str, config: Config = DEFAULTS) -> tuple[str, Offer | None]:
    """The text without its ``<|>``, and what is offered there."""
    offset = marked.index("<|>")
    text = marked.replace("<|>", "")
    facts = parse(path, text)
    vault.store.open_note(prepare_rows(facts, text))
    vault.changed(path)
    note = the_note(vault, path)
    prompt = prompt_at(facts, text, offset)
    match prompt:
        case WikiTarget():
            return text, completion(vault, note, prompt, config, WEDNESDAY)
        case WikiAnchor():
            return text, completing_anchors.wiki_anchor(vault, note, prompt, config, runs_commands=True)
        case PathTarget():
            return text, completing_paths.paths(vault, note, prompt, config, WEDNESDAY)
        case PathAnchor():
            return text, completing_anchors.path_anchor(vault, note, prompt, config)
        case VaultHeading():
            return text, completing_anchors.vault_heading(vault, note, prompt, config)
        case _:
            raise AssertionError(prompt)


def led_to(vault: Vault, path: str, text: str, at: int) -> tuple[str, str | None] | None:
    """Where the link at an offset of a new text of a note leads: the path, and the slug of the heading."""
    facts = parse(path, text)
    vault.store.open_note(prepare_rows(facts, text))
    note = the_note(vault, path)
    link = next((link for link in vault.facts(Link, note) if link.span.contains(at)), None)
    found = vault.destination(note, link) if link is not None else None
    if found is None:
        return None
    heading = found.place.heading if found.place else None
    return found.note.path, heading.slug if heading else None


def accepted(text: str, offer: Offer, insert: str) -> str:
    """The text after an item is accepted."""
    return apply_edits(text, [Edit(offer.span, insert)])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(VAULTS, HERE, TYPED, AFTER, CONFIGS)
def test_an_accepted_wiki_link_leads_to_its_note(
    files: Mapping[str, str], here: str, typed: str, after: str, config: Config
) -> None:
    """Whatever note or file is chosen, the link leads there, and all other text is as it was."""
    vault = vault_of(files)
    text, offer = offered(vault, here, f"x [[{typed}<|>{after}", config)
    assert offer is not None

    for item in offer.items:
        if item.kind in {ItemKind.NOTE, ItemKind.ALIAS, ItemKind.FILE}:
            result = accepted(text, offer, item.insert)
            found = led_to(vault, here, result, offer.span.start)

            assert found is not None, (item, result)
            assert found[0] == item.path, (item, result)
            assert result.endswith(after)
            assert result.count("]]") == 1, result


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    VAULTS,
    HERE,
    st.sampled_from(["", "<", "./", "../", "/", "a/", "/a/", "<../"]),
    TYPED,
    st.sampled_from(["", ")", " rest", ') "x"']),
    CONFIGS,
)
def test_an_accepted_path_leads_to_its_file(
    files: Mapping[str, str], here: str, style: str, typed: str, after: str, config: Config
) -> None:
    """In every style, from every folder; a folder that was typed out stays as it was typed."""
    vault = vault_of(files)
    typed = typed.replace(" ", "") if "<" not in style else typed
    text, offer = offered(vault, here, f"[x]({style}{typed}<|>{after if '<' not in style else ''}", config)

    for item in offer.items if offer else []:
        result = accepted(text, offer, item.insert) if offer else ""
        found = led_to(vault, here, result, 1)

        assert found is not None, (item, result)
        assert found[0] == item.path, (item, result)
        if style.endswith("./"):
            assert result.startswith(f"[x]({style}"), result


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    VAULTS, st.sampled_from(["[[#<|>", "[[##a<|>", "[x](##a<|>", "[[a#<|>]]", "[[b#a<|>", "[x](#<|>", "[[a#T & u#<|>"])
)
def test_an_accepted_heading_leads_to_it(files: Mapping[str, str], marked: str) -> None:
    """Also where several headings have the same text."""
    vault = vault_of(files)
    text, offer = offered(vault, "here.md", f"# mine\n\n## a\n\n## a\n\n{marked}")

    for item in offer.items if offer else []:
        result = accepted(text, offer, item.insert) if offer else ""

        assert led_to(vault, "here.md", result, text.rindex("[") + 1) == (item.path, item.anchor), (item, result)


def test_a_list_is_no_longer_than_configured_and_ends_with_the_new_note() -> None:
    """The last item is the note that is not there yet."""
    vault = vault_of({f"note {number}.md": "x" for number in range(120)} | {"here.md": ""})

    _, offer = offered(vault, "here.md", "[[note<|>")

    assert offer is not None
    assert len(offer.items) == DEFAULTS.completion.limit
    assert offer.items[-1].kind is ItemKind.NEW
    assert offer.incomplete


def test_what_is_linked_near_by_comes_first() -> None:
    """Of two notes that match alike, the one that the neighbours of this note link to is meant."""
    files = {
        "here.md": "[[hub]] ",
        "hub.md": "[[tea b]] [[other]]",
        "other.md": "[[tea b]]",
        "tea a.md": "x",
        "tea b.md": "x",
        "tea c.md": "x",
    }

    _, offer = offered(vault_of(files), "here.md", "[[hub]] [[tea<|>")

    assert offer is not None
    assert offer.items[0].path == "tea b.md"


def test_what_lies_in_the_same_folder_comes_first() -> None:
    """Of two notes that match alike."""
    files = {"a/tea 1.md": "x", "b/tea 2.md": "x", "c/tea 3.md": "x", "b/here.md": ""}

    _, offer = offered(vault_of(files), "b/here.md", "[[tea<|>")

    assert offer is not None
    assert offer.items[0].path == "b/tea 2.md"


def test_an_open_note_comes_first_where_nothing_is_typed() -> None:
    """What one has just opened is what one wants to link."""
    vault = vault_of({"a.md": "x", "b.md": "x", "c.md": "x", "here.md": "[["})
    note = the_note(vault, "here.md")
    prompt = prompt_at(parse("here.md", "[["), "[[", 2)
    assert isinstance(prompt, WikiTarget)

    offer = completion(vault, note, prompt, DEFAULTS, RankingContext(date(2024, 6, 26), ("c.md", "b.md", "here.md")))

    assert [item.path for item in offer.items] == ["b.md", "c.md", "a.md"]


def test_a_placeholder_counts_its_links_and_goes_when_it_is_written() -> None:
    """The link that is being typed is none of them."""
    files = {"a.md": "[[Milk jug]] [[milk jug]]", "here.md": ""}
    vault = vault_of(files)

    _, offer = offered(vault, "here.md", "[[mil<|>]]")
    assert offer is not None
    assert [(item.kind, item.label, item.detail) for item in offer.items][:1] == [
        (ItemKind.PLACEHOLDER, "Milk jug", "not written yet, 2 links")
    ]

    vault.store.open_note(prepare_rows(parse("Milk jug.md", "x"), "x"))
    vault.changed("Milk jug.md")
    _, offer = offered(vault, "here.md", "[[mil<|>]]")
    assert offer is not None
    assert [item.kind for item in offer.items if item.label == "Milk jug"] == [ItemKind.NOTE]


def test_outside_every_vault_nobody_knows_what_is_written() -> None:
    """A note without a vault has no neighbours that it could know of; its own links and days are offered as such."""
    store = vault_of({"here.md": "[[Milk jug]] [[tomato]]"}).store

    for typed, detail in (("mil", "1 link"), ("tomorrow", "")):
        _, offer = offered(
            Vault(store, None, lambda _: False, lambda _: None), "here.md", f"[[Milk jug]]\n[[{typed}<|>]]"
        )
        assert offer is not None
        assert offer.items[0].detail == detail


def test_a_note_that_is_gone_is_not_offered() -> None:
    """Nor is one under its former title."""
    vault = vault_of({"here.md": ""})
    vault.store.open_note(prepare_rows(parse("n.md", "# Old name"), "# Old name"))
    vault.changed("n.md")
    assert labels_of(vault, "[[old<|>") == ["Old name"]

    vault.store.open_note(prepare_rows(parse("n.md", "# New name"), "# New name"))
    vault.changed("n.md")
    assert labels_of(vault, "[[old<|>") == []
    assert labels_of(vault, "[[new<|>") == ["New name"]

    vault.store.close_note("n.md")
    vault.changed("n.md")
    assert labels_of(vault, "[[new<|>") == []


@pytest.mark.parametrize(
    "typed,path,insert",
    [("today", "journal/2024-06-26.md", "2024-06-26]]"), ("tomorrow", "", "2024-06-27]]")],
)
def test_days_are_spelled_as_the_vault_does(typed: str, path: str, insert: str) -> None:
    """A day that has a note leads to it; one that has none is written like the others."""
    vault = vault_of({"journal/2024-06-26.md": "x", "here.md": ""})

    _, offer = offered(vault, "here.md", f"[[{typed}<|>")

    assert offer is not None
    assert (offer.items[0].path, offer.items[0].insert) == (path, insert)


def test_a_preview_is_short_and_counts_links() -> None:
    """Without the header, cut, with how many links lead to the note above it."""
    files = {"a.md": "---\ntitle: A\n---\n" + "line\n" * 50, "b.md": "[[a]] [[A]] [x](a.md)", "c.md": "[[a#x]]"}

    shown = completion_preview(vault_of(files), "a.md", None, 12)

    assert shown.startswith("*4 links here*\n\nline")
    assert shown.count("line") == 12


def test_spans_end_at_the_cursor() -> None:
    """What an editor filters by is the text it replaces."""
    text, offer = offered(vault_of({"a b.md": "x", "here.md": ""}), "here.md", "🌱 [[a b<|>]] x")

    assert offer is not None
    assert offer.span == Span(4, 7)
    assert text[offer.span.start : offer.span.end] == offer.typed


def labels_of(vault: Vault, marked: str) -> list[str]:
    """The labels of the notes offered in ``here.md``."""
    _, offer = offered(vault, "here.md", marked)
    return [item.label for item in offer.items if item.kind is ItemKind.NOTE] if offer else []
