"""Laws of the vault: a link and its mention are one thing seen from two sides, and what is spelled is what is found."""

from __future__ import annotations

import posixpath
import unicodedata
from collections.abc import Callable, Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexing import led_to, the_note, vault_of
from notes_lsp.facts import Heading, Link
from notes_lsp.index.links import spelling
from notes_lsp.links.anchors import AnchorTarget
from notes_lsp.text.source import Span

FOLDERS = ["", "a/", "b/", "a/b/", "a/a/"]
STEMS = ["a", "b", "A", "index", "README", "a b"]
PATHS = st.one_of(
    st.builds("{}{}.md".format, st.sampled_from(FOLDERS), st.sampled_from(STEMS)),
    st.builds("{}{}.png".format, st.sampled_from(FOLDERS), st.sampled_from(["a", "b"])),
)
TARGETS = ["a", "b", "A", "a/b", "/a", "./a", "../a", "../b/a", "a.png", "a b", "t", "x", "index", "", "a/a/b", "b.md"]
ANCHORS = ["", "#t", "#^i", "#b"]
LINKS = st.one_of(
    st.builds("[[{}{}]] ".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
    st.builds("[l](<{}{}>) ".format, st.sampled_from(TARGETS), st.sampled_from(ANCHORS)),
)
HEADS = st.sampled_from(["", "# t\n\n", "---\ntitle: a\n---\n", "---\naliases: [b, t, a#t]\n---\n"])
TEXTS = st.builds("{}{}\n\n# b\n\nx ^i\n".format, HEADS, st.lists(LINKS, max_size=4).map("".join))
VAULTS = st.dictionaries(PATHS, TEXTS, min_size=1, max_size=6)


@given(VAULTS)
def test_a_link_leads_to_a_note_exactly_when_it_is_among_its_mentions(files: Mapping[str, str]) -> None:
    """Asked from either end, with the note's own links left to itself."""
    vault = vault_of(files)
    seen_from_source: set[tuple[str, str, Span]] = set()
    for source in vault.notes():
        for link in vault.facts(Link, source):
            found = vault.destination(source, link)
            if found is not None and found.note.id != source.id:
                seen_from_source.add((found.note.path, source.path, link.span))

    seen_from_target = {
        (path, mention.source.path, mention.link.span)
        for path in files
        for mention in vault.mentions(the_note(vault, path))
    }

    assert seen_from_target == seen_from_source


@given(VAULTS)
def test_a_link_leads_to_a_place_exactly_when_it_is_among_its_mentions(files: Mapping[str, str]) -> None:
    """The same for headings and blocks, the note's own links included."""
    vault = vault_of(files)
    for target in vault.notes():
        for heading in vault.places(target).headings:
            seen = {
                (mention.source.path, mention.link.span)
                for mention in vault.mentions_of_place(target, leads_to(heading))
            }
            led = {
                (source.path, link.span)
                for source in vault.notes()
                for link in vault.facts(Link, source)
                if (found := vault.destination(source, link)) is not None
                and found.note.id == target.id
                and found.place is not None
                and found.place.heading == heading
            }
            assert seen == led


def leads_to(heading: Heading) -> Callable[[AnchorTarget], bool]:
    """Whether a place is this heading."""
    return lambda place: place.heading == heading


# Whatever a file may be called: what divides links, what is escaped in them, what looks like something else.
SIGNS = [*"ab#|^[]%?&<>()'\"!*_~`$=+,;:\\{} .-", "é", "e\u0301", "ß", "İ", "中", "🌱", "👩\u200d", "\u2028", "\u00a0"]
ODD = [
    "%41",
    "%2F",
    "&amp;",
    "%%",
    "$$",
    "==",
    "[[",
    "]]",
    "md",
    ".md",
    "..",
    "index",
    "http:",
    "mailto:",
    "\\#",
    ".markdown",
]
STEM = st.lists(st.sampled_from([*SIGNS, *ODD]), min_size=1, max_size=4).map("".join)


def is_name(stem: str) -> bool:
    """Whether a file can be called so, and a walk would show it."""
    return not stem.startswith(".") and stem.strip() == stem != "" and bool(stem.strip())


NAMES = STEM.filter(is_name)
NAMED = st.builds(
    "{}{}{}".format, st.sampled_from(["", "a/", "a#/", "b c/d/"]), NAMES, st.sampled_from([".md", ".png"])
)
STYLES = st.sampled_from(["shortest", "relative", "root"])


def as_written(vault_files: Mapping[str, str], source: str, written: str) -> str | None:
    """Where a link leads once it stands in a note, with all that the parser makes of it."""
    text = f"A $ and {written} or {written} * _ 5 $ ~~ == %% `"
    vault = vault_of({**vault_files, source: text})
    first, second = led_to(vault, source, 0), led_to(vault, source, 1)
    assert first == second
    return first


@pytest.mark.parametrize("prefix", ["", "a/", "b c/d/"])
@given(names=st.lists(NAMED, min_size=1, max_size=4, unique=True), style=STYLES)
@example(names=["a.md", "A.md", "a/a.md"], style="shortest")
@example(names=["a.md.md", "a.md"], style="shortest")
@example(names=["a%41.md", "aA.md"], style="shortest")
@example(names=["e\u0301.md", "é.md"], style="shortest")
@example(names=["C# notes.md", "C.md"], style="shortest")
@example(names=["mailto:x.md"], style="shortest")
def test_what_is_spelled_in_a_wiki_link_is_found(prefix: str, names: list[str], style: str) -> None:
    """In every style, from every folder, ``targets(spelling(x)) == x``."""
    files = dict.fromkeys(names, "text")
    source = f"{prefix}source.md"
    vault = vault_of({**files, source: ""})
    for path in names:
        written = f"[[{spelling.wiki(vault, source, the_note(vault, path), style)}]]"
        assert as_written(files, source, written) == path, written


@pytest.mark.parametrize("prefix", ["", "a/", "b c/d/"])
@given(names=st.lists(NAMED, min_size=1, max_size=4, unique=True), style=st.sampled_from(["relative", "root"]))
@example(names=["http:.md"], style="relative")
@example(names=["a&amp;.md"], style="relative")
def test_what_is_spelled_in_a_markdown_link_is_found(prefix: str, names: list[str], style: str) -> None:
    """In every style, from every folder, ``targets(spelling(x)) == x``."""
    files = dict.fromkeys(names, "text")
    source = f"{prefix}source.md"
    vault = vault_of({**files, source: ""})
    for path in names:
        written = f"[label]({spelling.markdown_destination(source, the_note(vault, path), style)})"
        assert as_written(files, source, written) == path, written
        if style == "relative":
            angled = spelling.encode_angle(posixpath.relpath(path, prefix or "."))
            assert as_written(files, source, f"[label](<{angled}>)") == path, angled


@given(name=NAMED)
def test_a_composed_and_a_decomposed_name_are_one(name: str) -> None:
    """A file system may keep a name in another normal form than the keyboard makes; the link leads there."""
    path = unicodedata.normalize("NFD", name)
    vault = vault_of({path: "text", "n.md": ""})
    written = unicodedata.normalize("NFC", spelling.wiki(vault, "n.md", the_note(vault, path)))

    assert as_written({path: "text"}, "n.md", f"[[{written}]]") == path
