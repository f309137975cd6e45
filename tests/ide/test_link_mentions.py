"""Mentions: which plain words are names of notes, and what a link made of them leads to."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Links, LinkStyle, Mentions, PathStyle
from notes_lsp.facts import Link
from notes_lsp.ide.code_actions.link_mentions import (
    every_mention_in,
    every_mention_of,
    link_mention,
    mention_actions,
    mention_hints,
    mentions_in,
    mentions_of,
)
from notes_lsp.index.vault.vault import Vault
from notes_lsp.links.phrases import loose
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Span, apply_edits

OTHERS = {
    "garden/Rose garden.md": "",
    "garden/Zettelkasten.md": "---\naliases: [slip box]\n---\n",
    "C++.md": "",
    ".NET.md": "",
    "机器学习.md": "",
    "note-taking.md": "# Taking notes well\n",
    "Ärger (1976).md": "",
    "garden/GTD.md": "",
    "50% rule.md": "",
    "notes.md.md": "",
    "x/Twin peaks.md": "",
    "y/Twin peaks.md": "",
}
"""Notes to be named."""


def named(text: str, config: Config | None = None, others: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """What is named in a text: the words, and the path of the note."""
    vault = vault_of({**(OTHERS if others is None else others), "n.md": text})
    found = every_mention_in(vault, the_note(vault, "n.md"), config or Config())
    return [(one.written, one.target.path) for one in found]


@pytest.mark.parametrize(
    "text, written",
    [
        ("My Rose garden grows.", "Rose garden"),
        ("the rose GARDEN", "rose GARDEN"),
        ("rose  garden", "rose  garden"),
        ("a rose-garden party", "rose-garden"),
        ("**Rose garden**, _rose garden_", "Rose garden"),
        ("(rose garden)", "rose garden"),
        ("The rose garden's wall", "rose garden"),
        ("l'Ärger (1976)", "Ärger (1976)"),
        ("A\u0308RGER (1976)", "A\u0308RGER (1976)"),
        ("Written in C++.", "C++"),
        ("With .NET, too", ".NET"),
        ("slip box", "slip box"),
        ("note taking", "note taking"),
        ("taking notes well", "taking notes well"),
        ("我喜欢机器学习。", "机器学习"),
        ("用机器学习做的", "机器学习"),
        ("| a |\n|---|\n| rose garden |", "rose garden"),
        ("> rose garden", "rose garden"),
        ("- [ ] rose garden[^1]\n\n[^1]: x", "rose garden"),
        ("key:: rose garden", "rose garden"),
        ("GTD", "GTD"),
        ("|a|b|\n|-|-|\n|a|rose garden|", "rose garden"),
        ("`code` and rose garden", "rose garden"),
        ("[[x]] and rose garden", "rose garden"),
        ("x <b>rose garden</b>", "rose garden"),
        ('x <a id="k"></a> rose garden', "rose garden"),
        ('x <a id="k"/> rose garden</a>', "rose garden"),
        ("x <code>y\n\nrose garden</code>", "rose garden"),
        ("`<code>` and rose garden `</code>`", "rose garden"),
        ("rose garden\\\nx", "rose garden"),
        ("[x] (rose garden)", "rose garden"),
        ("a 50% discount, the 50% rule", "50% rule"),
    ],
)
def test_a_name_in_plain_words_is_a_mention(text: str, written: str) -> None:
    """Whole words, whatever their case, in any script."""
    assert named(text)[0][0] == written


@pytest.mark.parametrize(
    "text",
    [
        "rose gardens",
        "primrose garden",
        "rose\ngarden",
        "rose_garden",
        "rose garden.md",
        "`rose garden`",
        "```\nrose garden\n```",
        "    rose garden",
        "[[rose garden]]",
        "[the rose garden](x.md)",
        "[the rose garden][x]\n\n[x]: y.md",
        "# Rose garden",
        "Rose garden\n===",
        "---\nkey: rose garden\n---",
        "#rose-garden",
        "https://example.org/rose-garden",
        "<!-- rose garden -->",
        "%% rose garden %%",
        "$rose garden$",
        '<b title="rose garden">',
        "{{rose garden}}",
        "[[rose garden",
        "[rose garden]",
        "!rose garden",
        "rose garden/tools",
        "me@rose garden",
        "C+++",
        "ASP.NET",
        "gtd",
        "GTDs",
        "note_taking",
        'x <a href="y.md">rose garden</a>',
        'x <a href="y.md">the <b>rose\r\ngarden</b>, a rose garden</a>',
        "x <code>rose garden</code>",
        "x <CODE class='x'>rose garden</code >",
        "x <kbd>rose garden</kbd>, <samp>rose garden</samp>, <math>rose garden</math>",
        "{% rose garden %}",
        "{{\nrose garden\n}}",
        "::: rose garden\nx\n:::",
        "[x](rose garden)",
        "![x](the rose garden )",
        "[x](rose garden",
        "|a|b|\n|-|-|\n|c|d|rose garden|",
    ],
)
def test_what_is_no_plain_word_is_no_mention(text: str) -> None:
    """Neither code, links, headings, tags, formulas and comments, nor a part of a longer word."""
    assert named(text) == []


def test_the_longest_name_counts() -> None:
    """Who writes of a rose garden does not mean the note about gardens."""
    others = {"Rose.md": "", "Rose garden.md": "", "Garden party.md": ""}
    assert named("the rose garden party, a rose", others=others) == [
        ("rose garden", "Rose garden.md"),
        ("rose", "Rose.md"),
    ]


@pytest.mark.parametrize(
    "text, written",
    [
        ("나는 기계학습을 좋아한다", ["기계학습"]),
        ("기계학습기", []),
        ("기계학습에서도, 기계학습입니다", ["기계학습", "기계학습"]),
        ("기계학습까지는 기계학습이라고", ["기계학습", "기계학습"]),
        ("기계학습들에게는 기계학습론", ["기계학습"]),
        ("データの話", ["データ"]),
        ("データベースの話", []),
        ("ฉันชอบแมวมาก", ["แมว"]),
        ("मुझे हिन्दी पसंद है", ["हिन्दी"]),
        ("हिन्दीभाषा", []),
    ],
)
def test_a_word_ends_where_its_script_says(text: str, written: list[str]) -> None:
    """Korean nouns grow particles, katakana words stand side by side with nothing but letters, Thai has no blanks."""
    others = {"기계학습.md": "", "データ.md": "", "แมว.md": "", "हिन्दी.md": ""}
    assert [one for one, _ in named(text, others=others)] == written


def test_ordinary_words_are_no_mentions() -> None:
    """A note called Note is meant by hardly any "note"; where its name is mostly a link, it is meant."""
    prose = {f"{number}.md": "A note about an idea and a garden." for number in range(30)}
    linking = {f"l{number}.md": "See the [[garden]]." for number in range(8)}
    others = {"Note.md": "", "Idea.md": "", "Garden.md": "", **prose, **linking}

    assert named("a note, an idea, a garden, zettels", others=others) == [("garden", "Garden.md")]


def test_a_part_of_a_longer_name_is_no_mention() -> None:
    """Who writes of Chris Wilson does not mean the note about somebody called Wilson."""
    others = {"Wilson.md": ""}
    assert named("Chris Wilson came. Wilson Street.", others=others) == []
    assert named("With Wilson, I saw Wilson.", others=others) != []


@pytest.mark.parametrize(
    "name, text, written",
    [
        ("Işık", "bir ışık", "ışık"),
        ("İstanbul", "eski istanbul", "istanbul"),
        ("İstanbul", "bugün İstanbul'da", "İstanbul"),
        ("Ankara", "Ankara’nın", "Ankara"),
        ("Ankara", "Ankara'nnnn", None),
        ("Straße", "eine STRASSE", "STRASSE"),
        ("The ﬁeld guide", "see the ﬁeld guide", "the ﬁeld guide"),
        ("Strasse am Fluß", "die Straße am Fluss", "Straße am Fluss"),
        ("Weisser Klassiker", "ein weißer Klassiker", "weißer Klassiker"),
        ("مدرسة", "في مَدْرَسَة", "مَدْرَسَة"),
        ("Don't Repeat Yourself", "they said don’t repeat yourself", "don’t repeat yourself"),
        ("C#", "written in C# by hand", "C#"),
        ("C#", "in C or #C", None),
        ("Rose garden", "a rose - garden, rose – garden", None),
        ("Rose - garden", "a rose - garden", "rose - garden"),
    ],
)
def test_a_name_is_found_however_it_is_written_and_in_both_directions(
    name: str, text: str, written: str | None
) -> None:
    """The dots of Turkish, vowel points and curly signs are no matter; hyphens with blanks around them are."""
    vault = vault_of({f"{name}.md": "x", "n.md": text})

    forth = [one.written for one in mentions_in(vault, the_note(vault, "n.md"), Config())]
    back = [one.written for one in mentions_of(vault, the_note(vault, f"{name}.md"), Config())]

    assert forth == back == ([written] if written else [])


@pytest.mark.parametrize("name", ["The", "it", "2024-03-05", "12", "a", "Go", "To do", "[x]", "a|b"])
def test_no_name_that_could_be_anything_is_a_mention(name: str) -> None:
    """Stopwords, single letters, numbers and days say nothing of a note."""
    assert named(f"x {name.lower()} and {name} x", others={f"{name}.md": ""}) == []


@pytest.mark.parametrize(
    "text, found",
    [
        ("so the game goes", []),
        ("I lost The Game again", ["The Game"]),
        ("that is a thing", []),
        ("the fritillary blooms", ["the fritillary"]),
        ("in R&D and f(x)", ["R&D", "f(x)"]),
    ],
)
def test_a_phrase_with_one_word_that_says_anything_is_as_that_word(text: str, found: list[str]) -> None:
    """An article makes no ordinary word telling; a capital amid a sentence does."""
    notes = {"The Game.md": "", "Is a.md": "", "The fritillary.md": "", "R&D.md": "", "f(x).md": ""}
    others = {f"o{number}.md": f"A game of cards, number {number}." for number in range(7)}
    assert [written for written, _ in named(text, others={**notes, **others})] == found


def test_only_the_first_mention_of_a_note_counts() -> None:
    """A note that is named twice is named, and one that is linked to is known."""
    text = "Rose garden and rose garden, the [[Zettelkasten]] is a slip box."
    vault = vault_of({**OTHERS, "n.md": text})

    found = mentions_in(vault, the_note(vault, "n.md"), Config())

    assert [(one.span, one.written) for one in found] == [(Span(0, 11), "Rose garden")]


def test_where_a_note_is_named() -> None:
    """In each note the first place, but for those that link to it; an open buffer counts as it is now."""
    files = {
        "Rose garden.md": "# Rose garden\nrose garden",
        "a.md": "rose garden, Rose garden",
        "b.md": "[[Rose garden]] rose garden",
        "c.md": "rose gardens",
        "d.md": "The rose garden party is on.",
        "e.md": "A rose garden, `rose garden` and $rose$.",
        "Rose garden party.md": "",
    }
    vault = vault_of(files)
    note = the_note(vault, "Rose garden.md")

    assert [(one.source.path, one.span.start) for one in mentions_of(vault, note, Config())] == [
        ("a.md", 0),
        ("e.md", 2),
    ]
    assert len(every_mention_of(vault, note, Config())) == 4


def offered(text: str, at: int, config: Config | None = None) -> dict[str, str]:
    """The text after each action that is offered at an offset, by the action's title."""
    vault = vault_of({**OTHERS, "n.md": text})
    found = mention_actions(vault, the_note(vault, "n.md"), Span(at, at), config or Config())
    return {action.title: apply_edits(text, action.edits) for action in found}


@pytest.mark.parametrize(
    "text, links, after",
    [
        ("x rose garden", Links(), "x [[rose garden]]"),
        ("x rose-garden", Links(), "x [[Rose garden|rose-garden]]"),
        ("x slip box", Links(), "x [[Zettelkasten|slip box]]"),
        ("x taking notes well", Links(), "x [[note-taking|taking notes well]]"),
        ("x rose garden", Links(path=PathStyle.ROOT), "x [[garden/Rose garden|rose garden]]"),
        ("x rose garden", Links(extension=True), "x [[Rose garden.md|rose garden]]"),
        ("x notes.md", Links(extension=True), "x [[notes.md.md|notes.md]]"),
        ("x rose garden", Links(style=LinkStyle.MARKDOWN), "x [rose garden](garden/Rose%20garden.md)"),
        (
            "x rose garden",
            Links(style=LinkStyle.MARKDOWN, markdown_extension=False),
            "x [rose garden](garden/Rose%20garden)",
        ),
        ("|a|\n|-|\n|rose-garden|", Links(), "|a|\n|-|\n|[[Rose garden\\|rose-garden]]|"),
    ],
)
def test_a_link_is_made_as_the_settings_have_it(text: str, links: Links, after: str) -> None:
    """The words stay; the target is spelled as anywhere."""
    found = offered(text, text.index("ro") + 1 if "ro" in text else 3, Config(links=links))
    assert next(iter(found.values())) == after


def test_a_name_of_several_notes_offers_each() -> None:
    """Nobody can know which of them is meant; linking all leaves such names alone."""
    found = offered("twin peaks and a slip box, rose garden", 2)
    assert [title for title in found if title.startswith("Link “")] == [
        "Link “twin peaks” to “x/Twin peaks.md”",
        "Link “twin peaks” to “y/Twin peaks.md”",
    ]
    assert found["Link 2 mentions in this note"] == "twin peaks and a [[Zettelkasten|slip box]], [[rose garden]]"


def test_all_mentions_elsewhere_are_linked_from_the_title() -> None:
    """At what names a note, its mentions in all other notes can be linked at once."""
    files = {"Rose garden.md": "# Rose garden\n", "a.md": "a rose garden", "b.md": "b Rose garden, rose garden"}
    vault = vault_of(files)
    note = the_note(vault, "Rose garden.md")

    (action,) = mention_actions(vault, note, Span(3, 3), Config())

    assert action.title == "Link from 2 notes that mention “Rose garden”"
    after = {path: apply_edits(files[path], edits) for path, edits in action.elsewhere}
    assert after == {"a.md": "a [[rose garden]]", "b.md": "b [[Rose garden]], rose garden"}


def test_at_a_title_a_single_mention_is_named() -> None:
    """Whoever reads the title of the action knows what it will link."""
    vault = vault_of({"Rose garden.md": "# Rose garden\n\nThe Spade is there, the spade.\n", "Spade.md": ""})
    (action,) = mention_actions(vault, the_note(vault, "Rose garden.md"), Span(3, 3), Config())
    assert action.title == "Link “Spade” to “Spade”"


def test_the_settings_turn_it_off() -> None:
    """No action, no hint, and names that are never meant."""
    text = "x rose garden"
    vault = vault_of({**OTHERS, "n.md": text})
    note = the_note(vault, "n.md")

    assert mention_actions(vault, note, Span(5, 5), Config(mentions=Mentions(actions=False))) == []
    assert mention_hints(vault, note, Span(0, 13), Config()) == []
    assert named(text, Config(mentions=Mentions(ignore=("ROSE garden",)))) == []
    (hint,) = mention_hints(vault, note, Span(0, 13), Config(mentions=Mentions(hints=True)))
    assert (hint.offset, hint.text) == (13, "→ Rose garden")


@settings(max_examples=100)
@given(st.lists(st.sampled_from([*OTHERS, "x"]), min_size=1, max_size=5), st.data())
def test_both_directions_see_the_same(paths: list[str], data: st.DataObject) -> None:
    """What a note names is what says so when it is asked who names it."""
    texts = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
    files = {**OTHERS, **{f"n{number}.md": data.draw(texts) for number in range(len(paths))}}
    vault = vault_of(files)
    one_way = {
        (found.source.path, found.span, found.target.path)
        for path in files
        for found in every_mention_in(vault, the_note(vault, path), Config())
        if len(found.targets) == 1
    }
    other_way = {
        (found.source.path, found.span, path)
        for path in files
        for found in every_mention_of(vault, the_note(vault, path), Config())
        if len(found.targets) == 1
    }
    assert one_way <= other_way


PIECES = (
    *(
        "rose garden",
        "Rose-garden",
        "slip box",
        "C++",
        ".NET",
        "机器学习",
        "ärger (1976)",
        "GTD",
        "50% rule",
        "twin peaks",
        "zettelkasten",
    ),
    *(
        " ",
        " ",
        "\n",
        "\n\n",
        "- ",
        "> ",
        "|",
        "\n|a|b|\n|-|-|\n|",
        "[",
        "]",
        "(",
        ")",
        "[[",
        "]]",
        "!",
        "`",
        "```\n",
        "#",
        "# ",
    ),
    *(
        "*",
        "_",
        "%%",
        "$",
        "<b>",
        "</b>",
        "<a>",
        "</a>",
        "{%",
        "%}",
        "<!--",
        "-->",
        "{{",
        "}}",
        "\\",
        "^",
        "^id",
        "https://x.org/",
        "'s",
        "-",
        ".",
        ":",
        "x",
    ),
    *(
        "[^1]",
        "[^1]: ",
        "[x]: ",
        "---\n",
        "\r\n",
        "\t",
        "    ",
        "é",
        "~~",
        "==",
        "&amp;",
        "/",
        "@",
        "1. ",
        "::",
        "\u3000",
    ),
)
LINKS = (Links(), Links(style=LinkStyle.MARKDOWN), Links(path=PathStyle.ROOT), Links(extension=True))


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join), st.sampled_from(LINKS), st.booleans())
def test_a_link_made_of_a_mention_leads_to_its_note(text: str, links: Links, label_first: bool) -> None:  # noqa: FBT001
    """It says the words that were there, adds one link and changes none of the others; wherever the words stand."""
    vault = vault_of({**OTHERS, "sub/n.md": text})
    vault.label_first = label_first
    config = Config(links=links)
    note = the_note(vault, "sub/n.md")
    for found in every_mention_in(vault, note, config):
        assert found.written == text[found.span.start : found.span.end]
        assert any(loose(found.written) == loose(name) for name in _names(vault, found.target.id))
        edit = link_mention(vault, vault.whole(note), found, config)
        if edit is None:
            continue
        after = apply_edits(text, [edit])
        again = vault_of({**OTHERS, "sub/n.md": after})
        again.label_first = label_first
        theirs = the_note(again, "sub/n.md")
        before, now = parse("sub/n.md", text).links, again.facts(Link, theirs)
        made = [link for link in now if link.span.start == found.span.start]
        assert len(made) == 1, (text, after)
        led = again.destination(theirs, made[0])
        assert led is not None, (text, after)
        assert led.note.path == found.target.path, (text, after)
        assert len(now) == len(before) + 1, (text, after)


def _names(vault: Vault, note: int) -> list[str]:
    return [text for (text,) in vault.store.connection.execute("SELECT text FROM all_names WHERE note = ?", (note,))]
