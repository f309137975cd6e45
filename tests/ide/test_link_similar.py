"""Linking similar notes: where the link goes, in whatever a note looks like; and overviews of notes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexing import the_note, vault_of
from notes_lsp.config.settings import Config, Hover, Links, LinkStyle, Similar
from notes_lsp.facts import Link
from notes_lsp.ide.code_actions.link_similar import similar_actions
from notes_lsp.ide.hover.link import hover, hover_note
from notes_lsp.ide.hover.note import note_card
from notes_lsp.ide.hover.similar import similar_card
from notes_lsp.text.source import Span, apply_edits

BODY = "Worms, carbon, leaves and a heap"
OTHER = {"sub/worm book.md": f"# Worms & [more]\n\n{BODY}"}


def linked(text: str, config: Config | None = None) -> str:
    """A note after the first similar note was linked from it; as it was where nothing is offered."""
    vault = vault_of({"n.md": text, **OTHER})
    note = the_note(vault, "n.md")
    found = similar_actions(vault, note, Span(0, 0), config or Config())
    after = apply_edits(text, found[0].edits) if found else text
    if found:
        again = vault_of({"n.md": after, **OTHER})
        reader = the_note(again, "n.md")
        led = [again.destination(reader, link) for link in again.facts(Link, reader)]
        assert the_note(again, "sub/worm book.md") in [to.note for to in led if to is not None], after
        assert similar_actions(again, reader, Span(0, 0), config or Config()) == []
    return after


@pytest.mark.parametrize(
    "before, after",
    [
        (f"# T\n\n{BODY}", f"# T\n\n{BODY}\n\n## See also\n\n- [[worm book]]\n"),
        (f"# T\n\n{BODY}\n\n\n", f"# T\n\n{BODY}\n\n## See also\n\n- [[worm book]]\n\n\n"),
        (f"# T\r\n\r\n{BODY}\r\n", f"# T\r\n\r\n{BODY}\r\n\r\n## See also\r\n\r\n- [[worm book]]\r\n"),
        (f"# T\n{BODY}\n### Deep\n", f"# T\n{BODY}\n### Deep\n\n### See also\n\n- [[worm book]]\n"),
        (f"# T\n{BODY}\n## Related notes:\n", f"# T\n{BODY}\n## Related notes:\n\n- [[worm book]]\n"),
        (f"# T\n{BODY}\n## Siehe auch\n\n## End\n", f"# T\n{BODY}\n## Siehe auch\n\n- [[worm book]]\n\n## End\n"),
        (f"# T\n{BODY}\n## 参照\n* [[x]]\n\n## End\n", f"# T\n{BODY}\n## 参照\n* [[x]]\n* [[worm book]]\n\n## End\n"),
        (f"# T\n{BODY}\n## See also\n9. [[x]]", f"# T\n{BODY}\n## See also\n9. [[x]]\n10. [[worm book]]\n"),
        (
            f"# T\n{BODY}\n## See also\n- a\n  - b\n\nend",
            f"# T\n{BODY}\n## See also\n- a\n  - b\n\nend\n\n- [[worm book]]\n",
        ),
        (
            f"# T\n{BODY}\n## See also\n- a\n  - b\n    c",
            f"# T\n{BODY}\n## See also\n- a\n  - b\n    c\n- [[worm book]]\n",
        ),
        (f"# T\n{BODY}\n```\nopen", f"# T\n{BODY}\n```\nopen"),
        (f"# See also\n{BODY}", f"# See also\n{BODY}\n\n## See also\n\n- [[worm book]]\n"),
    ],
)
def test_where_the_link_goes(before: str, after: str) -> None:
    """The link becomes the last item of the list of such links; where it would be no link, nothing is offered."""
    assert linked(before) == after


def test_how_the_link_is_written() -> None:
    """As the settings want links, below the heading that they name, or below none."""
    config = Config(links=Links(style=LinkStyle.MARKDOWN), similar=Similar(heading="Nearby"))
    assert linked(BODY, config).endswith("## Nearby\n\n- [Worms & \\[more\\]](sub/worm%20book.md)\n")
    assert linked(f"{BODY}\n## nearby\n- a\n", config).endswith("- a\n- [Worms & \\[more\\]](sub/worm%20book.md)\n")
    assert linked(BODY, Config(similar=Similar(heading=""))) == f"{BODY}\n\n- [[worm book]]\n"
    assert linked(BODY, Config(similar=Similar(enabled=False))) == BODY


def test_only_in_the_head() -> None:
    """It is offered in the head of a note and nowhere else."""
    text = f"---\nx: 1\n---\n# T\n\n{BODY}"
    vault = vault_of({"n.md": text, **OTHER})
    note = the_note(vault, "n.md")
    there = [offset for offset in range(len(text) + 1) if similar_actions(vault, note, Span(offset, offset), Config())]
    assert there == [*range(text.index("# T") + len("# T") + 1)]


def test_the_first_line_is_in_the_head_wherever_the_title_stands() -> None:
    """What stands above the title is offered as much as the title; what stands between the two is not."""
    text = f"Up: home\n\nmore\n\n# T\n\n{BODY}"
    vault = vault_of({"n.md": text, **OTHER})
    note = the_note(vault, "n.md")
    title = text.index("# T")
    there = [offset for offset in range(len(text) + 1) if similar_card(vault, note, offset, Config())]
    assert there == [*range(len("Up: home") + 1), *range(title, title + len("# T") + 1)]


def test_the_first_heading_stands_for_a_note_whose_title_is_in_its_frontmatter() -> None:
    """The links to that heading are not all that is told there."""
    vault = vault_of({"n.md": "---\ntitle: T\n---\n# T\n\n## More\n", "m.md": "[[n#T]] [[n]] [[n#More]]"})
    note = the_note(vault, "n.md")
    text = vault.text(note) or ""
    assert hover(vault, note, text.index("# T") + 2, Hover()) is None
    assert hover(vault, note, text.index("## More") + 4, Hover()) is not None


@pytest.mark.parametrize("title", ["[T](https://example.org)", "T #tag", "T [[nowhere]]", "[[#T]]", "T ![](x.png)"])
def test_a_title_with_a_link_that_leads_to_no_note_stands_for_its_note(title: str) -> None:
    """On all of it the similar notes of the note itself are shown."""
    text = f"# {title}\n\n{BODY}"
    vault = vault_of({"n.md": text, **OTHER})
    note = the_note(vault, "n.md")
    assert all(similar_card(vault, note, offset, Config()) for offset in range(text.index("\n") + 1))


def test_the_mark_on_a_link() -> None:
    """Below a preview those are marked that neither the note it leads to nor the one with the link is linked with."""
    heap = {"heap.md": f"# Heap\n\n{BODY}", **OTHER}

    def shown(text: str) -> str:
        vault = vault_of({"n.md": text, **heap})
        card = similar_card(vault, the_note(vault, "n.md"), 3, Config())
        assert card is not None
        return card.markdown

    assert "*(not linked)*" in shown("[[heap]]")
    assert "*(not linked)*" not in shown("[[heap]] and [[worm book]]")
    heap["heap.md"] += "[[worm book]]"
    assert "*(not linked)*" not in shown("[[heap]]")


def test_what_waits_is_told_once() -> None:
    """However often, and in which spelling, a note that is not written yet is linked to."""
    vault = vault_of({"n.md": "# T\n\n[[Waiting]] [[waiting.md]] [w](Waiting.md) [[x.png]]"})
    card = note_card(vault, the_note(vault, "n.md"), 0, datetime(2024, 2, 1, 12, tzinfo=UTC))
    assert card is not None
    assert card.markdown.startswith("Not written yet: `Waiting`\n\n")


def test_backlinks_from_notes_of_one_title_are_told_with_their_paths() -> None:
    """Nobody could tell them apart otherwise."""
    vault = vault_of({"n.md": "# N", "a/x.md": "# Log\n[[n]]", "b/y.md": "# Log\n[[n]]", "c.md": "# C\n[[n]]"})
    lines = hover_note(vault, the_note(vault, "n.md"), Hover()).splitlines()
    assert lines[2:] == ["- **Log** `a/x.md`: [[n]]", "- **Log** `b/y.md`: [[n]]", "- **C**: [[n]]"]


def test_a_missing_file_is_no_missing_note() -> None:
    """What links to the same missing picture is told, and that it is a file."""
    vault = vault_of({"n.md": "![[x.png]]", "m.md": "[[x.png]]   |      and   more"})
    card = hover(vault, the_note(vault, "n.md"), 3, Hover())
    assert card is not None
    assert card.markdown.startswith("*There is no such file.*\n\n---\n\n**1 backlink** from 1 note")
    assert card.markdown.endswith("- **m**: [[x.png]] | and more")


def test_overview() -> None:
    """Tags and days of a note, and what it waits for; nothing behind its head."""
    text = "---\ncreated: 2024-01-31\ntags: [soil, Heap]\n---\n# T\n\n#soil [[Waiting]] [[n]] [[x.png]] [w](https://x.org)\n"
    vault = vault_of({"n.md": text})
    note = the_note(vault, "n.md")
    now = datetime(2024, 2, 1, 12, tzinfo=UTC)
    for offset in (0, 5, text.index("# T")):
        card = note_card(vault, note, offset, now)
        assert card is not None
        assert card.markdown == "Not written yet: `Waiting`\n\n#soil #Heap · created yesterday · 10 words"
    assert note_card(vault, note, text.index("#soil"), now) is None


def test_days_in_names() -> None:
    """A day at the beginning of a file's name is when the note was begun."""
    now = datetime(2024, 2, 1, 12, tzinfo=UTC)
    for path, said in {
        "2024-01-29 x.md": "created 3 days ago · 1 word",
        "20231101120000.md": "created 2023-11-01 · 1 word",
        "202311011200 x.md": "created 2023-11-01 · 1 word",
        "20241399.md": "1 word",
        "123456789.md": "1 word",
    }.items():
        vault = vault_of({path: "# Word"})
        card = note_card(vault, the_note(vault, path), 0, now)
        assert card is not None
        assert card.markdown == said


@pytest.mark.parametrize(
    "header, said",
    [
        ("created: 1600219243498\nupdated: 1640789890840", "created 2020-09-16 · modified 2021-12-29 · 1 word"),
        ("created: 1600219243", "created 2020-09-16 · 1 word"),
        (
            "created: 2024-01-30T10:00:00+02:00\nlast-modified: 2024-02-01 09:00",
            "created 2 days ago · modified today · 1 word",
        ),
        ("created: 2023/05/06\nmodified: 20230507", "created 2023-05-06 · modified 2023-05-07 · 1 word"),
        (
            'created: "[[2023-05-06]]"\ndate modified: 2023.05.07',
            "Not written yet: `2023-05-06`\n\ncreated 2023-05-06 · modified 2023-05-07 · 1 word",
        ),
        ("created: yesterday\nupdated: 12345678901234567890", "1 word"),
        ("created: 1600219243498840\nupdated: 99999999999999", "1 word"),
        ("geändert: 2023-05-07", "modified 2023-05-07 · 1 word"),
    ],
)
def test_days_in_the_frontmatter(header: str, said: str) -> None:
    """Days and moments as other programs write them there, seconds since 1970 included; what is no day is none."""
    vault = vault_of({"n.md": f"---\n{header}\n---\n# Word"})
    card = note_card(vault, the_note(vault, "n.md"), 0, datetime(2024, 2, 1, 12, tzinfo=UTC))
    assert card is not None
    assert card.markdown == said


def test_nothing_to_tell() -> None:
    """Of a bare first line there is nothing to tell, and of a text in no folder neither."""
    vault = vault_of({"n.md": "word"})
    card = note_card(vault, the_note(vault, "n.md"), 0, datetime(2024, 2, 1, 12, tzinfo=UTC))
    assert card is not None
    assert not card.markdown


def test_names_that_many_have() -> None:
    """A similar note whose title others have, too, is told with its path."""
    vault = vault_of({"n.md": BODY, "a/x.md": f"# Same\n{BODY}", "b/y.md": "# Same\n\nsomething else", "c.md": "z"})
    card = similar_card(vault, the_note(vault, "n.md"), 0, Config())
    assert card is not None
    assert "- **Same** `a/x.md` *(not linked)*: " in card.markdown
