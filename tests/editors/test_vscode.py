"""VS Code in a browser with the small client beside this file: it completes, jumps, lists, warns and mends."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conftest import find_program, require_editor
from editors.scene import servers, wait_until_all_are_gone, write_vault
from editors.vscode.drive_vscode import SETUP, Installation, VSCode, installed, is_installed
from find_editors import isolated

# The first test may have to wait for an installation.
pytestmark = [pytest.mark.editor, pytest.mark.timeout(600)]

MORE_NOTES = {
    "Draft.md": "",
    "Plan.md": "# Plan\n\nThe [[Seed order]] is due.\n",
    "Unopened.md": "# Unopened\n\nOf [[Nothing there]] yet.\n",
}
ROWS = ".suggest-widget.visible .monaco-list-row .label-name"
FOCUSED = ".suggest-widget.visible .monaco-list-row.focused .label-name"
COUNT = ".peekview-widget .meta"


@pytest.fixture(scope="module")
def program() -> Installation:
    """What ``tools/vscode_setup.sh`` installs, where somebody asked for it, once or now."""
    asked = os.environ.get("NOTES_LSP_REQUIRE_EDITORS", "0") not in {"", "0"} or os.environ.get("NOTES_LSP_VSCODE")
    if asked or is_installed():
        done = subprocess.run([SETUP], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            return require_editor(f"VS Code for the tests ({done.stderr.strip()})", None)
    return require_editor("VS Code for the tests (tools/vscode_setup.sh installs it, beside a Chromium)", installed())


@pytest.fixture(scope="module")
def shared(program: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[VSCode]:
    """One VS Code for all tests that do not end it."""
    with start_vscode(program, tmp_path_factory.mktemp("vscode")) as vscode:
        vscode.until(lambda: warnings(vscode, "index.md"), "the server is at work")
        yield vscode


@pytest.fixture
def vscode(shared: VSCode, request: pytest.FixtureRequest) -> Iterator[VSCode]:
    """A VS Code with nothing open, in which no note is changed and that has nothing to complain of afterwards."""
    shared.tidy_up()
    yield shared
    shared.picture(request.node.name)
    assert shared.complaints() == []


@pytest.mark.parametrize("closing", ["languageDefined", "never"])
@pytest.mark.parametrize(
    "before, after, typed, label, expected",
    [
        pytest.param("", "", "[[my no", "My Note", "[[My Note]]", id="alone on the line"),
        pytest.param("see ", " and more", "[[my no", "My Note", "see [[My Note]] and more", id="with text behind"),
        pytest.param("🌱 👩‍🌾 ", "", "[[my ne", "My Nested Thing", "🌱 👩‍🌾 [[My Nested Thing]]", id="behind emoji"),
        pytest.param("", "", "[[東京", "東京の庭", "[[東京の庭]]", id="in Japanese"),
    ],
)  # fmt: skip
def test_it_completes(
    vscode: VSCode, closing: str, before: str, after: str, typed: str, label: str, expected: str
) -> None:
    """What is typed brings up the popup, and Enter makes a whole link of it, whether VS Code closes brackets or not."""
    begin_line(vscode, before, after, closing)

    vscode.type(typed)

    closed_by_itself = vscode.text().removeprefix(before + typed).removesuffix(after)
    assert closed_by_itself in ({""} if closing == "never" else {"]", "]]"})
    accept(vscode, label)
    assert_text(vscode, expected)


@pytest.mark.parametrize(
    "before, after, typed, label, expected",
    [
        pytest.param("see ", "more", "[[my no", "My Note", "see [[My Note]]more", id="right before a word"),
        pytest.param("see [[", "]] x", "my no", "My Note", "see [[My Note]] x", id="between brackets"),
        pytest.param("see [[", "] x", "my no", "My Note", "see [[My Note]] x", id="with one bracket behind"),
        pytest.param("", "", "[[my note#sec", "Second part", "[[my note#Second part]]", id="a heading"),
        pytest.param("", "", "[[index#Further|fur", "Further", "[[index#Further|Further]]", id="a label"),
        pytest.param("see ", " x", "[x](othe", "Other", "see [x](Other.md) x", id="a Markdown link"),
        pytest.param("", "", "[x](My%20Note.md#sec", "Second part", "[x](My%20Note.md#second-part)", id="a slug"),
        pytest.param("so ", " x", "#ros", "garden/rose", "so #garden/rose x", id="a tag"),
        pytest.param("A", "\n\n[^fern]: b", "[^f", "fern", "A[^fern]\n\n[^fern]: b", id="a footnote"),
    ],
)
def test_it_completes_among_what_is_there(
    vscode: VSCode, before: str, after: str, typed: str, label: str, expected: str
) -> None:
    """An accepted item uses the brackets that are there, adds those that are not, and eats nothing behind them."""
    begin_line(vscode, before, after, "languageDefined")

    vscode.type(typed)

    accept(vscode, label)
    assert_text(vscode, expected)


@pytest.mark.parametrize("closing", ["languageDefined", "never"])
def test_it_types_on_after_a_link(vscode: VSCode, closing: str) -> None:
    """Links and words in a row come out as they are meant, whether VS Code closes brackets or not."""
    begin_line(vscode, "", "", closing)
    for typed, label, then in (
        ("[[my no", "My Note", " one "),
        ("[[my ne", "My Nested Thing", " two "),
        ("[x](othe", "Other", ", "),
        ("[[my note#sec", "Second part", ""),
        ("[[東京", "東京の庭", "."),
    ):
        vscode.type(typed)
        accept(vscode, label)
        vscode.type(then)

    assert_text(
        vscode,
        "[[My Note]] one [[My Nested Thing]] two [x](Other.md), [[my note#Second part]][[東京の庭]].",
    )


def test_an_accepted_item_is_not_ambiguous(vscode: VSCode) -> None:
    """Of two notes of one name each is inserted with as much of its path as tells them apart, and none is warned of."""
    inserted: set[str] = set()
    for downs in (0, 1):
        begin_line(vscode, "", "", "languageDefined")
        vscode.type("[[twin")
        vscode.until(lambda: ["Twin" in row for row in vscode.seen(ROWS)][:2] == [True, True], "both are offered first")

        vscode.press(*["ArrowDown"] * downs, "Enter")

        vscode.until(lambda: vscode.text().endswith("Twin]]"), "a link is made")
        inserted.add(vscode.text())

    assert inserted == {"[[a/Twin]]", "[[b/Twin]]"}
    vscode.press("End")
    vscode.type(" [[Nowhere]]")
    vscode.until(lambda: len(warnings(vscode, "Draft.md")) == 1, "only what was added is warned of")


@pytest.mark.parametrize(
    "link, inside, name, line",
    [
        ("[[My Note]]", "Note", "My Note.md", 1),
        ("[[My Note#", "Second", "My Note.md", 5),
        ("[[東京", "京", "東京の庭.md", 1),
    ],
)
def test_it_jumps(vscode: VSCode, link: str, inside: str, name: str, line: int) -> None:
    """F12 opens a note that was not open and puts the cursor on the heading meant, also behind emoji."""
    vscode.open("index.md")
    vscode.put_cursor(link, inside)

    vscode.press("F12")

    vscode.until(lambda: vscode.cursor() == (name, line), f"{name} is open at line {line}")


def test_it_lists_backlinks(vscode: VSCode) -> None:
    """Shift+F12 on a link shows every link to the note and the note itself, each once."""
    vscode.open("index.md")
    vscode.put_cursor("[[My Note]]", "Note")

    vscode.press("Shift+F12")

    # VS Code's own Markdown support takes the inner pair of brackets for one more, a reference to "My Note".
    assert vscode.until(lambda: vscode.seen(COUNT), "the list is shown") == ["References (5)"]
    assert vscode.seen(".ref-tree .monaco-list-row .label-name") == ["My Note.md", "Other.md", "index.md"]


def test_it_shows_what_a_link_leads_to(vscode: VSCode) -> None:
    """The hover of a link shows the words of the note and who else links there."""
    vscode.open("index.md")
    vscode.put_cursor("[[My Note]]", "Note")

    vscode.press("Control+K", "Control+I")

    def shown() -> str:
        return "\n".join(vscode.seen(".monaco-hover .hover-contents"))

    vscode.until(lambda: "First words of it." in shown(), "the hover is shown")
    assert "Other: See [[My Note]] again." in shown()


def test_it_counts_backlinks_above_the_title(vscode: VSCode) -> None:
    """A code lens counts the links to a note, another those to its heading, and a click on it lists them."""
    vscode.open("My Note.md")
    vscode.until(lambda: vscode.seen(".codelens-decoration") == ["3 backlinks", "1 mention"], "lenses are shown")

    vscode.click(".codelens-decoration a")

    vscode.until(lambda: vscode.seen(COUNT) == ["Locations (3)"], "the list is shown")


def test_it_outlines(vscode: VSCode) -> None:
    """The symbols of a note are its headings, each below the one before it of a higher rank, each shown once."""
    vscode.open("index.md")

    vscode.press("Control+Shift+O")

    # VS Code's own Markdown support lists them once more, with their hashes.
    vscode.until(
        lambda: [
            row.partition(" (")[0] for row in vscode.seen(".quick-input-list .monaco-list-row") if row[0] != "#"
        ] == ["Index", "Further"],
        "headings are listed",
    )  # fmt: skip


def test_a_problem_of_an_unopened_note_is_shown_once(vscode: VSCode) -> None:
    """A note nobody opened is warned of; opened, changed, closed and mended on disk it has that one warning still."""
    vscode.until(lambda: len(warnings(vscode, "Unopened.md")) == 1, "the unopened note is warned of")

    vscode.open("Unopened.md")
    vscode.until(lambda: len(vscode.seen(".squiggly-warning")) == 1, "it is underlined once")
    vscode.put_cursor(" yet")
    vscode.type(" [[nor this]]")
    vscode.press("Escape")
    vscode.until(lambda: len(warnings(vscode, "Unopened.md")) == 2, "the new link is warned of as well")
    vscode.press("Control+S")
    vscode.until(lambda: "nor this" in (vscode.vault / "Unopened.md").read_text(encoding="utf-8"), "it is saved")
    vscode.until(lambda: not vscode.seen(".tab.dirty"), "VS Code knows")
    vscode.press("Control+Shift+M")
    vscode.until(
        lambda: len(problems(vscode, "Nothing there")) == 1 == len(problems(vscode, "nor this")), "both are listed"
    )

    vscode.ask("await vscode.commands.executeCommand('workbench.action.closeAllEditors')")
    (vscode.vault / "Unopened.md").write_text(MORE_NOTES["Unopened.md"], encoding="utf-8")
    vscode.until(lambda: not problems(vscode, "nor this"), "what is mended on disk is not listed any longer")

    assert ["Nothing there" in message for message in warnings(vscode, "Unopened.md")] == [True]
    assert len(problems(vscode, "Nothing there")) == 1


def test_a_quick_fix_writes_the_missing_note(vscode: VSCode) -> None:
    """Ctrl+. on a link to nothing offers to create the note; then it is there, and the warning is not."""
    vscode.open("Plan.md")
    vscode.until(lambda: len(warnings(vscode, "Plan.md")) == 1, "the missing note is warned of")
    vscode.put_cursor("[[Seed", "Seed")

    vscode.press("Control+.")
    vscode.until(
        lambda: "Create “Seed order.md”" in vscode.seen(".action-widget .monaco-list-row"), "the fix is offered"
    )
    vscode.press("Enter")

    vscode.until(lambda: warnings(vscode, "Plan.md") == [], "the warning is gone")
    vscode.open("Seed order.md")
    assert_text(vscode, "# Seed order\n")
    assert (vscode.vault / "Seed order.md").exists()


def test_ending_it_leaves_nothing_behind(program: Installation, tmp_path: Path) -> None:
    """Where VS Code ends, so does the server."""
    with start_vscode(program, tmp_path) as vscode:
        vscode.until(lambda: warnings(vscode, "index.md"), "the server is at work")
        assert servers(vscode.vault)

    wait_until_all_are_gone(tmp_path / "vault")


def start_vscode(program: Installation, folder: Path) -> VSCode:
    """A VS Code with our client in the small vault of all editors, and some more notes."""
    vault = write_vault(folder / "vault")
    for name, text in MORE_NOTES.items():
        (vault / name).write_text(text, encoding="utf-8")
    server = find_program("notes-lsp")
    assert server is not None, "run: make setup"
    return VSCode(program, server, isolated(folder), vault)


def begin_line(vscode: VSCode, before: str, after: str, closing: str) -> None:
    """Make a note of one line, with the cursor between two texts, in an editor that closes brackets like this."""
    vscode.ask(
        "await vscode.workspace.getConfiguration('editor').update('autoClosingBrackets', values.closing, true)",
        closing=closing,
    )
    vscode.open("Draft.md")
    vscode.ask(
        "const editor = vscode.window.activeTextEditor; const document = editor.document;"
        "const all = new vscode.Range(0, 0, document.lineCount, 0);"
        "await editor.edit((edit) => edit.replace(all, values.text))",
        text=before + after,
    )
    vscode.put_cursor_at(len(before))


def accept(vscode: VSCode, label: str) -> None:
    """Wait until an item is the first choice, and press Enter."""
    vscode.until(lambda: vscode.seen(FOCUSED) == [label], f"{label} is offered first")
    vscode.press("Enter")


def assert_text(vscode: VSCode, expected: str) -> None:
    """Wait until this is the text of the note in the editor, and nothing else."""
    vscode.until(lambda: vscode.text() == expected, f"the note is {expected!r}")


def warnings(vscode: VSCode, name: str) -> list[str]:
    """What VS Code has been told is wrong in a note, open or not."""
    found = vscode.ask(
        "return vscode.languages.getDiagnostics(vscode.Uri.file(values.path)).map((found) => found.message)",
        path=str(vscode.vault / name),
    )
    return [str(message) for message in found]


def problems(vscode: VSCode, about: str) -> list[str]:
    """The rows of the list of problems that name something."""
    return [row for row in vscode.seen(".markers-panel .monaco-list-row") if about in row]
