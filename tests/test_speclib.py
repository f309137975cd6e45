"""The spec library judged by itself: reading, driving, rendering, comparing and rewriting."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.__main__ import main
from conformance.probing import Setting
from conformance.runner import Outcome, run_all, run_case
from speclib.accept import accept, items_of, plain, visible
from speclib.compare import differences
from speclib.conversation import Answer, Conversation
from speclib.drivers import ColdDriver, WarmDriver, WireDriver
from speclib.edits import BadEditError, apply_text_edits, apply_workspace_edit
from speclib.inprocess import InProcessServer
from speclib.model import Change, Note, Place, Question, Section, SpecError
from speclib.play import HANDLERS, play
from speclib.positions import ENCODINGS, Lines
from speclib.profiles import PROFILES, capabilities_of
from speclib.reader import OPTIONS, read_folder, read_spec
from speclib.rewrite import rewrite
from speclib.wire import Client, ResponseError, ServerDiedError, TimedOutError

STUB = [sys.executable, str(Path(__file__).parent / "speclib" / "stub.py")]
TEXTS = st.text(alphabet="ab \n\r\u2028\x0cé🌱[]|#", max_size=30)


def written(folder: Path, text: str) -> list[Section]:
    """The sections of a spec with this text."""
    file = folder / "spec.md"
    file.write_text(text, encoding="utf-8")
    return read_spec(file)


def asked(kind: str, expected: str, **options: str) -> Question:
    """A question that stands in no file."""
    return Question(kind, options, expected, 1, 3)


SPEC = """# Title

## Outer

tags: wiki, choice

`shared.md`:

```md
one <|1> and <|2>
```

### Inner

Prose.

`dir/own.md`:

````md escapes no-eol
```
\\u2028<|>
````

```definition at=2
shared.md:1
```

`dir/own.md` becomes:

```md
changed
```

```hover
none
```
"""


def test_a_section_has_the_notes_round_it(tmp_path: Path) -> None:
    """Notes of outer sections are shared, cursors leave the text, marks on the fence change it."""
    [section] = written(tmp_path, SPEC)

    assert section.name == "spec / Outer / Inner"
    assert section.tags == {"wiki", "choice"}
    assert section.notes["shared.md"].text == "one  and \n"
    assert section.notes["shared.md"].cursors == (("1", 4), ("2", 9))
    assert section.notes["dir/own.md"].text == "```\n\u2028"
    assert section.main == "dir/own.md"


def test_questions_find_their_cursors(tmp_path: Path) -> None:
    """`at` names a cursor, and without it the nameless one is meant."""
    [section] = written(tmp_path, SPEC)
    first, _, last = section.steps

    assert isinstance(first, Question)
    assert section.place(first) == Place("shared.md", 9)
    assert isinstance(last, Question)
    assert section.place(last) == Place("dir/own.md", 5)


@pytest.mark.parametrize(
    "text, complaint",
    [
        ("# T\n```md\nx\n```\n", "spec.md:2: a note without a name"),
        ("# T\n```definitoin\nx\n```\n", "spec.md:2: unknown question `definitoin`"),
        ("# T\n`a.md`:\n\nprose\n", "spec.md:2: `a.md`: is not followed by a fence"),
        ("# T\n`a.md`:\n", "spec.md:2: `a.md`: is not followed by a fence"),
        ("# T\n`a.md`:\n```md\nx\n", "spec.md:3: this fence is never closed"),
        ("# T\n`a.md`:\n```md\n```\n`a.md`:\n```md\n```\n", "spec.md:6: a second `a.md`"),
        ("# T\n`../a.md`:\n```md\n```\n", "spec.md:3: `../a.md` is not a path inside the vault"),
        ("# T\n`a.md`:\n```md\n<|><|>\n```\n", "spec.md:3: the cursor <|> stands twice"),
        ("# T\n`a.md`:\n```md shiny\n```\n", "spec.md:3: unknown mark `shiny`"),
        ("# T\n`a.md`:\n```md\n```\n```hover to=x\n```\n", "spec.md:5: `hover` has no option `to`"),
        ("# T\n`a.md`:\n```md\n```\n```rename\n```\n", "spec.md:5: `rename` needs to="),
        ("# T\n`a.md`:\n```md\n<|1>\n```\n```hover at=2\n```\n", "spec.md:6: no cursor <|2> in this section"),
        ("# T\n```hover\n```\n", "spec.md:1: a section asks, but has no note"),
        ("# T\n`a.md` is deleted.\n", "spec.md:2: `a.md` is deleted, but no note"),
        ("# T\nencoding: latin-1\n", "spec.md:2: unknown encoding"),
        ("# T\nclient: ed\n", "spec.md:2: unknown client"),
    ],
)
def test_a_malformed_spec_is_pointed_at(tmp_path: Path, text: str, complaint: str) -> None:
    """What breaks a rule of the format is named with file and line."""
    with pytest.raises(SpecError) as raised:
        written(tmp_path, text)

    assert complaint in str(raised.value)


def test_every_question_can_be_asked() -> None:
    """The reader and the player know the same questions."""
    assert set(HANDLERS) == set(OPTIONS)


@given(TEXTS, st.sampled_from(ENCODINGS))
def test_positions_lead_back(text: str, encoding: str) -> None:
    """From offset to position and back is the identity, but for offsets within a line end."""
    lines = Lines(text)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] != "\r\n" or offset == 0:
            assert lines.offset(lines.position(offset, encoding), encoding) == offset


def test_ranges_are_shown_from_one() -> None:
    """A range is shown by lines and columns of characters, counted from 1, the last line only where it differs."""
    lines = Lines("ab\n🌱cd\n")

    assert lines.shown(3, 4) == "2:1-2"
    assert lines.shown(1, 5) == "1:2-2:3"


def test_text_edits_must_not_overlap() -> None:
    """Edits speak of the text before, and two that overlap are refused."""
    lines = Lines("one two")
    edits = [
        {"range": lines.range(0, 3, "utf-16"), "newText": "1"},
        {"range": lines.range(4, 7, "utf-16"), "newText": "2"},
    ]

    assert apply_text_edits("one two", edits, "utf-16") == "1 2"
    with pytest.raises(BadEditError, match="overlap"):
        apply_text_edits("one two", [*edits, {"range": lines.range(2, 5, "utf-16"), "newText": ""}], "utf-16")


@pytest.mark.parametrize(
    "change, complaint",
    [
        ({"kind": "create", "uri": "a.md"}, "exists"),
        ({"kind": "rename", "oldUri": "a.md", "newUri": "b.md"}, "exists"),
        ({"kind": "rename", "oldUri": "z.md", "newUri": "y.md"}, "does not exist"),
        ({"textDocument": {"uri": "z.md"}, "edits": []}, "does not exist"),
        ({"kind": "shred"}, "unknown"),
    ],
)
def test_a_workspace_edit_that_a_client_would_refuse(change: dict[str, object], complaint: str) -> None:
    """Nothing is overwritten and nothing missing is edited."""
    with pytest.raises(BadEditError, match=complaint):
        apply_workspace_edit({"a.md": "", "b.md": ""}, {"documentChanges": [change]}, str, "utf-16")


@pytest.mark.parametrize(
    "snippet, text, cursor",
    [
        (r"a\$b\}c\\", "a$b}c\\", None),
        ("[[x]]$0 y", "[[x]] y", 5),
        ("${1:a\\}b}${0}", "a}b", 3),
        ("${1|one,two|}$2", "one", None),
        ("]]${2:}", "]]", None),
    ],
)
def test_snippets_become_text(snippet: str, text: str, cursor: int | None) -> None:
    """Escapes, stops, defaults and choices are resolved; `$0` is where the cursor goes."""
    assert plain(snippet) == (text, cursor)


def test_items_are_accepted_as_editors_do() -> None:
    """An edit replaces its range, extra edits move the cursor along, a bare label replaces the word."""
    text = "see 🌱[[my]] x"
    range_ = Lines(text).range(7, 9, "utf-16")
    start = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}}
    item = {
        "label": "My",
        "textEdit": {"range": range_, "newText": "My"},
        "additionalTextEdits": [{"range": start, "newText": "SEE!"}],
    }

    assert accept(item, text, 9, "utf-16").line() == "SEE! 🌱[[My<|>]] x"
    assert accept({"label": "mine"}, text, 9, "utf-16").line() == "see 🌱[[mine<|>]] x"


def test_defaults_of_a_list_reach_its_items() -> None:
    """An `editRange` of the list is the range of every item that has none, and `sortText` decides the order."""
    range_ = Lines("[[m").range(2, 3, "utf-16")
    items, incomplete = items_of(
        {
            "isIncomplete": True,
            "itemDefaults": {"editRange": range_, "insertTextFormat": 2},
            "items": [{"label": "b", "sortText": "2"}, {"label": "c", "sortText": "1", "textEditText": "see$0!"}],
        }
    )

    assert incomplete
    assert [accept(item, "[[m", 3, "utf-16").line() for item in items] == ["[[see<|>!", "[[b<|>"]


def test_a_client_hides_what_does_not_match() -> None:
    """A strict client filters by prefix, a fuzzy one by characters in order, both by `filterText` before the label."""
    items = [{"label": "My Note"}, {"label": "Note", "filterText": "mine"}, {"label": "a my"}]

    assert [item["label"] for item in visible(items, "my", 2, "utf-16", fuzzy=False)] == ["My Note"]
    assert [item["label"] for item in visible(items, "my", 2, "utf-16", fuzzy=True)] == ["My Note", "a my"]


@pytest.mark.parametrize(
    "kind, expected, rows, right",
    [
        ("definition", "a.md", ["a.md:3:1-10"], True),
        ("definition", "a.md:3:1-3:10", ["a.md:3:1-10"], True),
        ("definition", "a.md:3:1-1", ["a.md:3:1-10"], False),
        ("definition", "a.m", ["a.md:3:1-10"], False),
        ("definition", "none", [], True),
        ("definition", "none", ["a.md:1:1-1"], False),
        ("references", "a.md\na.md", ["a.md:1:1-2  x"], False),
        ("hover", "contains: rose", ["# A", "a rose"], True),
        ("hover", "excludes: rose", ["# A", "a rose"], False),
        ("hover", "# A\na rose", ["# A", "", "a rose"], True),
        ("hover", "# A", ["# A", "a rose"], False),
        ("symbols", "A\n  B [2:1-3]", ["A [1:1-2:3]", "  B [2:1-3]"], True),
        ("symbols", "A\nB", ["A [1:1-2:3]", "  B [2:1-3]"], False),
        ("symbols", "excludes: B", ["A [1:1-2:3]", "  B [2:1-3]"], False),
        ("complete", "A -> [[A]]", ["A -> [[A]]<|>", "B -> [[B]]<|>"], True),
        ("complete", "A -> [[A<|>]]", ["A -> [[A]]<|>"], False),
        ("complete", 'includes: A, "B, c"', ["A -> [[A]]<|>", "B, c -> [[B, c]]<|>"], True),
        ("complete", "items: B, A", ["A -> [[A]]<|>", "B -> [[B]]<|>"], False),
        ("complete", "first: A\nexcludes: C", ["A -> [[A]]<|>", "B -> [[B]]<|>"], True),
        ("complete", "some", [], False),
        ("folding", "includes: 1-3", ["1-3", "2-3 comment"], True),
        ("folding", "1-3", ["1-3", "2-3 comment"], False),
    ],
)
def test_answers_are_compared_as_far_as_written(kind: str, expected: str, rows: list[str], *, right: bool) -> None:
    """A row may be written as short as one likes, ending at a boundary; assertions look at the whole answer."""
    assert (not differences(asked(kind, expected), Answer(tuple(rows)), lenient=False)) is right


@pytest.mark.parametrize(
    "kind, expected, rows, right",
    [
        ("diagnostics", "1:5-9", ["1:1-12 error x"], True),
        ("diagnostics", "1:5-9", ["1:5-9 error x", "2:1-3 warning y"], False),
        ("diagnostics", "1:5-9", ["1:5-9 error x", "2:1-3 hint y"], True),
        ("diagnostics", "none", ["2:1-3 hint y"], True),
        ("folding", "1-3", ["1-3", "2-3 comment"], True),
        ("links", "2:2-22 -> x.md", ["1:1-6 -> b.md", "2:1-23 -> x.md"], True),
        ("links", "2:2-22 -> x.md", ["2:1-23 -> b.md", "1:1-6 -> x.md"], False),
        ("symbols", "A\n  B", ["# A [1:1-2:3]", "  ## B [2:1-3]", "  #tag [3:1-4]"], True),
        ("symbols", "A\n  B", ["A [1:1-2:3]", "B [2:1-3]"], False),
    ],
)
def test_servers_may_differ_in_what_does_no_harm(kind: str, expected: str, rows: list[str], *, right: bool) -> None:
    """Between servers, diagnostics count by what they touch, and more folds or symbols are welcome."""
    assert (not differences(asked(kind, expected), Answer(tuple(rows)), lenient=True)) is right


def test_a_completion_is_compared_by_what_it_inserts() -> None:
    """Between servers, any label will do when the line afterwards is one of the expected ones."""
    answer = Answer(("🔗 a.md -> [[a]]<|>",), ("[[a]]<|>",))

    assert differences(asked("complete", "A -> [[A]] or [[a]]"), answer, lenient=True) == []
    assert differences(asked("complete", "A -> [[b]]"), answer, lenient=True) != []


def test_wrong_answers_are_rewritten_in_their_fences(tmp_path: Path) -> None:
    """Rewriting touches the wrong fences only, and then the spec is right; a fence outgrows what it holds."""
    note = "# T\n\n`a.md`:\n\n```md\n# H\n<|>[[a]]\n```\n\n"
    text = note + "```symbols\n```\n\n```definition\nb.md\n```\n\n```references\na.md\n```\n"
    [section] = written(tmp_path, text)

    assert rewrite(section.file, play(section, WireDriver(STUB), fresh(tmp_path), "utf-16"))
    [section] = read_spec(section.file)

    assert section.file.read_text() == text.replace("```symbols\n", "```symbols\nH [1:1-4]\n").replace(
        "```definition\nb.md", "```definition\na.md:1:1-1"
    )
    assert not rewrite(section.file, play(section, WireDriver(STUB), fresh(tmp_path), "utf-16"))


SMALL = """# T

## Links

`a.md`:

```md
[[b<|>]] [[c]]
```

`b.md`:

```md
# B
```

```definition
b.md
```

```diagnostics
1:7-12
```

```complete
b -> [[b]] [[c]]
```

`c.md` becomes:

```md
```

```diagnostics
none
```

`c.md` is deleted.

```diagnostics
1:7-12
```
"""


@pytest.mark.wire
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_section_is_played_over_the_wire(tmp_path: Path, encoding: str) -> None:
    """Questions and changes are played in their order against a process."""
    [section] = written(tmp_path, SMALL)

    played = play(section, WireDriver(STUB), fresh(tmp_path), encoding)

    assert [one.wrong for one in played] == [()] * 5


@pytest.mark.wire
@pytest.mark.parametrize(
    "mode, outcome, said",
    [
        ("", Outcome.PASSED, ""),
        ("noise", Outcome.PASSED, ""),
        ("crash", Outcome.FAILED, "crashing as told"),
        ("hang", Outcome.FAILED, "no answer to textDocument/definition"),
        ("error", Outcome.FAILED, "no textDocument/definition"),
    ],
)
def test_a_case_ends_however_the_server_behaves(tmp_path: Path, mode: str, outcome: Outcome, said: str) -> None:
    """A crash, a hang and an error fail the case and say why; noise on the output is passed over."""
    [section] = written(tmp_path, SMALL)

    result = run_case(section, Setting(lambda: WireDriver([*STUB, mode], timeout=1.0)))

    assert result.outcome is outcome
    assert said in "\n".join(result.wrong)


@pytest.mark.wire
def test_a_missing_capability_is_not_a_failure(tmp_path: Path) -> None:
    """What a server does not advertise is counted apart."""
    [section] = written(tmp_path, SMALL.replace("```definition", "```hover"))

    assert run_case(section, Setting(lambda: WireDriver(STUB))).outcome is Outcome.UNSUPPORTED


@pytest.mark.wire
@pytest.mark.parametrize(
    "encodings, outcome", [("utf-8, utf-16", Outcome.PASSED), ("utf-8, utf-32", Outcome.UNSUPPORTED)]
)
def test_nobody_has_to_speak_every_encoding(tmp_path: Path, encodings: str, outcome: Outcome) -> None:
    """A server that speaks UTF-16 only is asked in that; where a case insists on others, it is unsupported."""
    [section] = written(tmp_path, SMALL.replace("## Links", f"## Links\n\nencoding: {encodings}"))

    assert run_case(section, Setting(lambda: WireDriver(STUB))).outcome is outcome


@pytest.mark.wire
def test_a_server_without_diagnostics_is_found_out(tmp_path: Path) -> None:
    """Pushing diagnostics is not advertised, so a server that says nothing of a broken link is taken to have none."""
    sections = written(tmp_path, SMALL)

    [result] = run_all(sections, lambda: WireDriver([*STUB, "mute"]))
    assert result.outcome is Outcome.UNSUPPORTED
    [result] = run_all(sections, lambda: WireDriver(STUB))
    assert result.outcome is Outcome.PASSED


@pytest.mark.wire
def test_a_syntax_that_the_server_does_not_know_is_unsupported(tmp_path: Path) -> None:
    """Where the plainest tag has no mentions, no tag can have any; but an error is excused with nothing."""
    sections = written(tmp_path, "# T\n\n## Tags\n\n`a.md`:\n\n```md\n#te<|>a\n```\n\n```references\na.md:1\n```\n")

    [result] = run_all(sections, lambda: WireDriver(STUB))
    assert (result.outcome, result.wrong) == (Outcome.UNSUPPORTED, ("line 11, references: no references of tags",))
    [result] = run_all(written(tmp_path, SMALL), lambda: WireDriver([*STUB, "error"]))
    assert result.outcome is Outcome.FAILED


@pytest.mark.wire
def test_a_choice_is_never_a_failure(tmp_path: Path) -> None:
    """Where servers may differ, another answer is a choice."""
    [section] = written(tmp_path, SMALL.replace("## Links", "## Links\n\ntags: choice").replace("1:7-12", "1:1-3"))

    assert run_case(section, Setting(lambda: WireDriver(STUB))).outcome is Outcome.CHOICE


@pytest.mark.wire
def test_the_client_answers_what_servers_ask(tmp_path: Path) -> None:
    """Configuration comes from the settings, registrations are kept, and other requests are answered with null."""
    with Client([*STUB, "chatty"], settings={"stub": {"x": 1}}) as client:
        client.initialize(tmp_path)
        (tmp_path / "a.md").write_text("")
        position = {"line": 0, "character": 0}
        uri = (tmp_path / "a.md").as_uri()
        client.request("textDocument/definition", {"textDocument": {"uri": uri}, "position": position})

        assert client.wait(lambda: bool(client.received("window/logMessage")))
        assert client.received("window/logMessage")[0]["message"] == '[{"x": 1}]'
        assert "x/y" in client.registrations


@pytest.mark.wire
def test_the_client_reports_errors_and_ends(tmp_path: Path) -> None:
    """An error answer is raised with its code, and a polite goodbye gives the exit code."""
    with Client(STUB) as client:
        client.initialize(tmp_path)
        with pytest.raises(ResponseError) as raised:
            client.request("no/such", {})

        assert raised.value.code == -32601
        assert client.shutdown() == 0
        with pytest.raises(ServerDiedError):
            client.request("initialize", {})


@pytest.mark.wire
def test_no_process_outlives_its_client(tmp_path: Path) -> None:
    """A server that ignores `exit` is ended all the same."""
    client = Client([*STUB, "stays"])
    client.initialize(tmp_path)
    with pytest.raises(TimedOutError, match="stays after exit"):
        client.shutdown(timeout=0.5)
    client.close()

    assert client.process.poll() is not None


def test_profiles_are_copied() -> None:
    """A profile's encodings can be replaced without changing the profile."""
    assert capabilities_of("bare", ["utf-8"]) == {"general": {"positionEncodings": ["utf-8"]}}
    assert PROFILES["bare"] == {}


@pytest.mark.wire
def test_the_scoreboard_counts_by_area(capsys: pytest.CaptureFixture[str]) -> None:
    """The command plays the cases chosen and prints a row for each area; the exit code says whether any failed."""
    arguments = ["--server", " ".join(STUB), "--area", "resolution", "--case", "finds the note of that name"]

    assert main(arguments) == 0
    rows = capsys.readouterr().out.splitlines()
    assert next(row.split() for row in rows if row.startswith("resolution")) == ["resolution", "1", "0", "0", "0"]

    assert main([*arguments[:4], "--case", "by an alias", "--json"]) == 1
    [result] = json.loads(capsys.readouterr().out)
    assert (result["area"], result["case"], result["outcome"]) == ("resolution", "By an alias", "failed")


def test_the_cases_can_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """Every conformance case keeps to the format and is listed by name."""
    sections = read_folder(Path(__file__).parent / "conformance" / "cases")

    assert main(["--list"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == len(sections) > 0


class Recorder(InProcessServer):
    """A server that only takes down what it is told."""

    def __init__(self) -> None:
        self.encoding = ""
        self.root = Path()
        self.on_start: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.touched: set[str] = set()
        self.closed = False

    def start(self, root: Path, encoding: str, client: str) -> None:
        del client
        self.root, self.encoding = root, encoding
        self.on_start = {path.name: path.read_bytes().decode() for path in root.rglob("*.md")}

    def capabilities(self) -> dict[str, bool]:
        return {"hoverProvider": True}

    def request(self, method: str, params: object) -> None:
        """Nothing to say."""

    def notify(self, method: str, params: dict[str, Any]) -> None:
        if method == "workspace/didChangeWatchedFiles":
            self.touched |= {change["uri"].rsplit("/", 1)[1] for change in params["changes"]}
            return
        uri = params["textDocument"]["uri"]
        if method == "textDocument/didOpen":
            self.texts[uri] = params["textDocument"]["text"]
        for change in params.get("contentChanges", []):
            start, end = Lines(self.texts[uri]).span(change["range"], self.encoding)
            self.texts[uri] = self.texts[uri][:start] + change["text"] + self.texts[uri][end:]

    def diagnostics(self, uri: str) -> list[object]:
        del uri
        return []

    def settle(self) -> None:
        """Nothing to wait for."""

    def close(self) -> None:
        self.closed = True


@given(TEXTS, st.sampled_from(ENCODINGS), st.integers(0, 99))
def test_what_is_typed_arrives_whole(text: str, encoding: str, seed: int) -> None:
    """Whatever the chunks, the warm driver leaves the text as written, in the editor and on disk."""
    recorder = Recorder()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        WarmDriver(lambda: recorder, seed).open(
            root, {"a.md": text, "b.md": "b", "c.md": "c"}, "a.md", encoding, "full"
        )

        assert recorder.on_start == {}
        assert list(recorder.texts.values()) == [text]
        assert recorder.touched == {"a.md", "b.md", "c.md"}
        assert {path.name: path.read_bytes().decode() for path in root.iterdir()} == {
            "a.md": text,
            "b.md": "b",
            "c.md": "c",
        }


def test_cold_means_that_all_is_there_first(tmp_path: Path) -> None:
    """The cold driver writes the notes before the server starts, and opens one; closing it closes the server."""
    recorder = Recorder()
    driver = ColdDriver(lambda: recorder)
    driver.open(tmp_path, {"a.md": "\ufeffa", "b.md": "b"}, "a.md", "utf-8", "full")
    driver.close()
    driver.close()

    assert recorder.on_start == {"a.md": "\ufeffa", "b.md": "b"}
    assert list(recorder.texts.values()) == ["a"]
    assert recorder.closed


@given(TEXTS, TEXTS, st.sampled_from(ENCODINGS))
def test_a_change_is_the_part_that_differs(before: str, after: str, encoding: str) -> None:
    """Typing a new text over an old one leads to the new one, in every encoding."""
    recorder = Recorder()
    driver = ColdDriver(lambda: recorder)
    with tempfile.TemporaryDirectory() as folder:
        question = asked("hover", "none")
        note = Note("a.md", before, (("", 0),))
        section = Section(Path("x.md"), ("x",), 1, {"a.md": note}, "a.md", (question,))
        conversation = Conversation(section, driver, Path(folder), encoding)
        conversation.begin()
        conversation.perform(Change("a.md", after))

        assert list(recorder.texts.values()) == [after]


def fresh(folder: Path) -> Path:
    """An empty folder for a vault."""
    number = len(list(folder.glob("vault*")))
    vault = folder / f"vault{number}"
    vault.mkdir()
    return vault
