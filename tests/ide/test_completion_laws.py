"""Laws of the answer to completion as it goes over the wire: every editor can show it, insert it, and lands there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from speclib.accept import accept, items_of, plain
from speclib.positions import Lines
from speclib.session import Session, UnwatchedSession

LIMIT = 6
PATHS = ["a.md", "A b.md", "a/b.md", "c d/b.md", "c d/é(1).md", "C# x.md", "2024-06-23.md", "🌱 p.md", "a/pic (1).png"]
TEXTS = st.sampled_from(
    [
        "# B one\n\nWords to find.\n\n- item ^id\n",
        "---\naliases: [bee, p|q]\ntags: [garden/rose]\n---\n# T & x\n\n## T & x\n\n#rose\n",
        "x [[nobody yet]] [[a]] [^1] [ref]\n\n[^1]: note\n[ref]: a.md\n",
        "🌱 [[a/b|bee]] #é/x\r\n\r\n# Zwei\r\n",
    ]
)
BEFORE = st.sampled_from(["", "🌱 ", "word ", "- ", "> ", "| x | ", "[[a]] ", "é\n\n"])
WIKI = ["", "]]", " rest", "]] rest", "|label]]", "#B one]]", "xyz", "]"]
PAREN = ["", ")", ") more", " rest", ' "title")']
CLOSERS = ["", "]]", "]", ">)", ">", ")", "'", '"']
"""What may stand between the cursor and the end of an edit."""
ANGLE = ["", ">)", " rest"]
HALF_TYPED = st.one_of(
    st.tuples(
        st.sampled_from(
            ["[[", "[[b", "[[B ", "![[", "![[pi", "[[a/", "[[c d/", "[[nob", "[[today", "[[zzz", "[[🌱", "[[é"]
        ),
        st.sampled_from(WIKI),
    ),
    st.tuples(
        st.sampled_from(["[[a#", "[[a#t", "[[a#^", "[[#", "[[#^", "[[##t", "[[^^wor", "[[a|", "[[C# x#", "[[a/b#B"]),
        st.sampled_from(WIKI),
    ),
    st.tuples(
        st.sampled_from(["[l](", "[l](b", "[l](./", "[l](/c", "![l](", "[l](a.md#", "[l](#", "[l](##t"]),
        st.sampled_from(PAREN),
    ),
    st.tuples(st.just("[l](<c d"), st.sampled_from(ANGLE)),
    st.tuples(st.just("[ref]: "), st.sampled_from(["", " 'title'"])),
    st.tuples(st.just("<img src='"), st.sampled_from(["'>", "' alt='x'>"])),
    st.tuples(st.just('<a href="b'), st.sampled_from(['">', '">x</a>'])),
    st.tuples(
        st.sampled_from(["[x][", "[^", "[^1", "#", "#ro", "- [", "> [!", "[n"]),
        st.sampled_from(["", " rest", "]"]),
    ),
)
PROFILES = [("bare", "utf-16"), ("neovim", "utf-8"), ("emacs28", "utf-16"), ("emacs30", "utf-32"), ("vscode", "utf-16")]


@pytest.fixture(scope="module", params=PROFILES, ids=[name for name, _ in PROFILES])
def talk(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Talk]:
    """A session with an editor, in which notes are opened that are on no disk."""
    root = tmp_path_factory.mktemp("vault")
    (root / ".notes-lsp.toml").write_text(f"[completion]\nlimit = {LIMIT}\n", encoding="utf-8")
    (root / "a").mkdir()
    (root / "a" / "pic (1).png").write_bytes(b"")
    client, encoding = request.param
    session = UnwatchedSession()
    session.start(root, encoding, client)
    yield Talk(session, root, encoding)
    session.close()


class Talk:
    """Notes in buffers, and questions about them."""

    def __init__(self, session: Session, root: Path, encoding: str) -> None:
        """Talk to a session."""
        self.session = session
        self.root = root
        self.encoding = str(session.capabilities().get("positionEncoding") or encoding)
        self.opened: dict[str, int] = {}

    def uri(self, path: str) -> str:
        """The URI of a note."""
        return (self.root / path).as_uri()

    def put(self, path: str, text: str) -> None:
        """Open a buffer, or change all of it."""
        self.opened[path] = self.opened.get(path, 0) + 1
        document: dict[str, Any] = {"uri": self.uri(path), "version": self.opened[path]}
        if self.opened[path] == 1:
            self.session.notify(
                "textDocument/didOpen", {"textDocument": {**document, "languageId": "markdown", "text": text}}
            )
        else:
            self.session.notify(
                "textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]}
            )

    def forget(self) -> None:
        """Close all buffers."""
        for path in self.opened:
            self.session.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(path)}})
        self.opened.clear()

    def ask(self, method: str, path: str, text: str, offset: int) -> Any:
        """Ask about an offset of a text."""
        position = Lines(text).position(offset, self.encoding)
        return self.session.request(method, {"textDocument": {"uri": self.uri(path)}, "position": position})


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    notes=st.dictionaries(st.sampled_from(PATHS[:-1]), TEXTS, min_size=1, max_size=6),
    here=st.sampled_from(["here.md", "c d/here.md"]),
    before=BEFORE,
    half=HALF_TYPED,
)
def test_an_answer_holds_what_editors_count_on(
    talk: Talk, *, notes: dict[str, str], here: str, before: str, half: tuple[str, str]
) -> None:
    """The order, the texts to filter by, the ranges, the length; and an accepted link leads where it said it would."""
    prompt, behind = half
    text = f"# Here\n\n{before}{prompt}{behind}\n\n[^1]: note\n"
    offset = text.index(f"{before}{prompt}{behind}\n\n[^1]") + len(before + prompt)
    try:
        for path, content in notes.items():
            talk.put(path, content)
        talk.put(here, text)
        answer = talk.ask("textDocument/completion", here, text, offset)
        items, incomplete = items_of(answer)

        # What was typed so far stands in filterText: who does not ask again shows nothing after the next letter.
        assert incomplete or answer is None
        assert len(items) <= LIMIT
        assert items == items_of({**answer, "items": answer["items"][::-1]})[0] if answer else True
        assert all(one["sortText"] < next_["sortText"] for one, next_ in pairwise((answer or {"items": []})["items"]))
        for item in items:
            check_ranges(item, text, offset, talk.encoding)
            if behind.startswith("]]") and prompt.lstrip("!").startswith("[[") and not adds_block_id(item):
                check_cursor(item, text, offset, talk.encoding)
        for item in items[:3]:
            if item.get("data") and not adds_block_id(item):
                check_target(talk, item, here, text, offset)
    finally:
        talk.forget()


def check_ranges(item: Any, text: str, offset: int, encoding: str) -> None:
    """What an item replaces is on the cursor's line, and is what its filter text begins with.

    It ends at the cursor, or after what closes the construct there, which is then inserted again.
    """
    lines = Lines(text)
    cursor = lines.position(offset, encoding)
    edit = item["textEdit"]
    inserted = edit.get("insert") or edit["range"]
    whole = edit.get("replace") or edit["range"]

    taken_in = text[slice(*lines.span({"start": cursor, "end": inserted["end"]}, encoding))]
    assert taken_in in CLOSERS
    assert (
        plain(edit["newText"])[0].endswith(taken_in)
        if item.get("insertTextFormat") == 2
        else edit["newText"].endswith(taken_in)
    )
    assert inserted["start"]["line"] == whole["end"]["line"] == cursor["line"]
    assert inserted["start"] == whole["start"]
    assert whole["end"]["character"] >= cursor["character"]
    start, end = lines.span(whole, encoding)
    assert item["filterText"].startswith(text[start:offset])
    # Another edit of the same item stands apart, so that it does not matter which one is done first.
    spans = sorted(
        [(start, end), *(lines.span(more["range"], encoding) for more in item.get("additionalTextEdits", []))]
    )
    assert all(one[1] <= next_[0] for one, next_ in pairwise(spans))


def adds_block_id(item: Any) -> bool:
    """Whether accepting an item writes an id into another note first."""
    return bool((item.get("command") or {}).get("command") == "notes-lsp.addBlockId")


def check_cursor(item: Any, text: str, offset: int, encoding: str) -> None:
    """The cursor ends after the brackets that were there, by the edit or by the command of the item."""
    accepted = accept(item, text, offset, encoding)
    cursor = accepted.cursor
    command = item.get("command") or {}
    if command.get("command") == "notes-lsp.moveCursor":
        position = command["arguments"][1]
        cursor, _ = Lines(accepted.text).span({"start": position, "end": position}, encoding)
    assert accepted.text[:cursor].endswith("]]"), (item, accepted)
    assert accepted.text[cursor:] == text[offset + 2 :]


def check_target(talk: Talk, item: Any, here: str, text: str, offset: int) -> None:
    """Once it is accepted, the link leads to the note that the item speaks of."""
    start, _ = Lines(text).span((item["textEdit"].get("insert") or item["textEdit"]["range"]), talk.encoding)
    accepted = accept(item, text, offset, talk.encoding)
    talk.put(here, accepted.text)

    found = talk.ask("textDocument/definition", here, accepted.text, start)

    locations = found if isinstance(found, list) else [found] if found else []
    uris = [location.get("targetUri") or location["uri"] for location in locations]
    assert uris == [talk.uri(item["data"]["path"])], (item, accepted.text)
