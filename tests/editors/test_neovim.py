"""Neovim with our plugin and nothing else: it attaches, tells, jumps, lists, completes, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from drive_neovim import ATTACHED, Neovim, TookTooLong
from editors.scene import servers, start_neovim, wait_until_all_are_gone, write_large_vault, write_vault

pytestmark = pytest.mark.editor

MESSAGES = "vim.tbl_map(function(found) return found.message end, vim.diagnostic.get(0))"
FLOAT = """(function()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    if vim.api.nvim_win_get_config(window).relative ~= '' then
      return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\\n')
    end
  end
end)()"""
LISTED = """vim.tbl_map(function(item)
  return ('%s:%d:%s'):format(vim.fs.basename(vim.api.nvim_buf_get_name(item.bufnr)), item.lnum, item.text)
end, select(1, ...) == 'quickfix' and vim.fn.getqflist() or vim.fn.getloclist(0))"""

OFFERED = """
local info = vim.fn.complete_info({ 'pum_visible', 'items' })
local client = vim.lsp.get_clients({ bufnr = 0, name = 'notes_lsp' })[1]
local items = vim.tbl_map(function(item)
  return vim.tbl_get(item, 'user_data', 'nvim', 'lsp', 'completion_item')
end, info.pum_visible == 1 and info.items or {})
return { items, vim.lsp.util.make_position_params(0, client.offset_encoding).position.character }
"""
SURELY = 0.5


@pytest.fixture(scope="module")
def shared(program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Neovim, Path]]:
    """One Neovim for the tests that write nothing."""
    vault = write_vault(tmp_path_factory.mktemp("neovim") / "vault")
    with start_neovim(program, vault) as neovim:
        yield neovim, vault


EVERY_LINE = """
local lines = {}
for _, buffer in ipairs(vim.api.nvim_list_bufs()) do
  vim.list_extend(lines, vim.api.nvim_buf_get_lines(buffer, 0, -1, false))
end
return lines
"""


@pytest.fixture
def at_index(shared: tuple[Neovim, Path]) -> Neovim:
    """A Neovim that has just opened index.md and nothing else."""
    neovim, vault = shared
    neovim.press("<C-Bslash><C-N>")
    neovim.command("silent! new | silent! only | silent! %bwipeout!")
    neovim.lua("vim.fn.setqflist({}, 'f')")
    neovim.edit(vault / "index.md")
    neovim.wait(ATTACHED, "the server is attached")
    return neovim


@pytest.fixture
def alone(program: Path, tmp_path: Path) -> Iterator[tuple[Neovim, Path]]:
    """A Neovim and a vault for one test."""
    vault = write_vault(tmp_path / "vault")
    with start_neovim(program, vault) as neovim:
        yield neovim, vault


def test_it_attaches_at_the_root_of_the_vault(shared: tuple[Neovim, Path], at_index: Neovim) -> None:
    """Two notes of a vault, one of them in a folder, share one server whose root is the vault."""
    neovim, vault = shared
    neovim.edit(vault / "a" / "Twin.md")
    neovim.wait(ATTACHED, "the server is attached")

    roots = at_index.lua("return vim.tbl_map(function(client) return client.root_dir end, vim.lsp.get_clients())")

    assert roots == [str(vault)]


def test_the_nearest_marker_is_the_root(alone: tuple[Neovim, Path]) -> None:
    """A vault inside a vault is one of its own, whichever marker makes it one."""
    neovim, vault = alone
    (vault / "inner" / "deep" / ".git").mkdir(parents=True)
    note = vault / "inner" / "deep" / "note.md"
    note.write_text("# Deep\n", encoding="utf-8")

    neovim.edit(note)
    neovim.wait(ATTACHED, "the server is attached")

    assert neovim.lua("return vim.lsp.get_clients()[1].root_dir") == str(note.parent)


def test_a_note_outside_every_vault_is_served(alone: tuple[Neovim, Path]) -> None:
    """Without any marker the note's own folder is served: what is not there is warned of, what lies beside is not."""
    neovim, vault = alone
    # Beside the vault lies what is home in this test, and a folder around that would be too much.
    note = vault.parent / "loose" / "loose.md"
    note.parent.mkdir()
    (note.parent / "Beside.md").write_text("# Beside\n", encoding="utf-8")
    note.write_text("# Loose\n\n[[Nowhere]] [[Beside]]\n\n[^1] has no text\n", encoding="utf-8")

    neovim.edit(note)
    neovim.wait(ATTACHED, "the server is attached")
    outline = neovim.wait(
        "vim.lsp.get_clients()[1]:request_sync('textDocument/documentSymbol',"
        " { textDocument = vim.lsp.util.make_text_document_params() }, 5000, 0)",
        "the outline is there",
    )

    assert [symbol["name"] for symbol in outline["result"]] == ["Loose"]
    neovim.wait(f"#vim.tbl_filter(function(said) return said:find('Nowhere') end, {MESSAGES}) == 1", "it is warned of")
    assert not [message for message in neovim.lua(f"return {MESSAGES}") if "Beside" in message]


def test_a_problem_is_shown_once(at_index: Neovim) -> None:
    """One broken link is one diagnostic, at the place of its target, also after a change and its undoing."""
    at_index.wait(f"#{MESSAGES} > 0", "something is said")
    at_index.press("Go[[Nor this]]<Esc>")
    at_index.wait(f"#{MESSAGES} == 2", "the new link is warned of")
    at_index.press("u")
    at_index.wait(f"#{MESSAGES} == 1", "and no more")

    [found] = at_index.lua("return vim.diagnostic.get(0)")

    assert "Missing Note" in found["message"]
    assert (found["lnum"], found["col"], found["end_col"]) == (2, 18, 30)
    assert found["source"] == "notes-lsp"


def test_a_warning_goes_when_the_note_is_written_and_comes_back(alone: tuple[Neovim, Path]) -> None:
    """Writing the missing note in another buffer clears the warning at once; deleting its file brings it back."""
    neovim, vault = alone
    neovim.edit(vault / "index.md")
    index = neovim.lua("return vim.api.nvim_get_current_buf()")
    count = "#vim.diagnostic.get(...)"
    neovim.wait(f"{count} == 1", "the missing note is warned of", index)

    neovim.edit(vault / "Missing Note.md")
    neovim.press("i# Missing Note<Esc>")
    neovim.command("write")
    neovim.wait(f"{count} == 0", "the warning is gone", index)

    neovim.command("bwipeout")
    (vault / "Missing Note.md").unlink()
    neovim.wait(f"{count} == 1", "the warning is back", index)


@pytest.mark.parametrize(
    "link, inside, expected",
    [
        ("[[My Note]]", "Note", ("My Note.md", 1, "My Note")),
        ("[[My Note#", "Second", ("My Note.md", 5, "Second part")),
        ("[[東京", "京", ("東京の庭.md", 1, "東京の庭")),
    ],
)
def test_it_jumps(at_index: Neovim, link: str, inside: str, expected: tuple[str, int, str]) -> None:
    """CTRL-] opens the note and puts the cursor on the heading meant, also behind emoji and into unopened notes."""
    at_index.put_cursor(link, inside)

    at_index.press("<C-]>")

    name, line, heading = expected
    at_index.until(lambda: at_index.cursor()[0] == name, f"{name} is open")
    _, at_line, rest = at_index.cursor()
    assert (at_line, rest.lstrip("# ")) == (line, heading)


def test_it_lists_backlinks(at_index: Neovim) -> None:
    """`grr` on a link lists every link to the note and the note itself."""
    at_index.put_cursor("[[My Note]]", "Note")

    at_index.press("grr")

    listed = at_index.wait(
        f"(function(...) local found = {LISTED} return #found > 0 and found end)(...)", "a list", "quickfix"
    )
    assert listed == [
        "My Note.md:1:# My Note",
        "Other.md:1:See [[My Note]] again.",
        "index.md:3:[[My Note]] and [[Missing Note]]",
        "index.md:4:🌱🌱 then [[My Note#Second part]] and [[東京の庭]]",
    ]  # fmt: skip


def test_it_shows_what_a_link_leads_to(at_index: Neovim) -> None:
    """`K` on a link opens a window with the words of the note and who else links there."""
    at_index.put_cursor("[[My Note]]", "Note")

    at_index.press("K")

    shown = at_index.wait(FLOAT, "the window is there")
    assert "First words of it." in shown
    assert "Other" in shown


def test_it_outlines(at_index: Neovim) -> None:
    """`gO` lists the headings of the note."""
    at_index.press("gO")

    listed = at_index.wait(
        f"(function(...) local found = {LISTED} return #found > 0 and found end)(...)", "a list", "location"
    )
    # Neovim 0.12 indents what is below another.
    assert [item.replace("\xa0", "") for item in listed] == ["index.md:1:Index", "index.md:6:Further"]


def test_it_finds_notes_and_headings_of_the_whole_vault(at_index: Neovim) -> None:
    """Workspace symbols find a heading of a note that was never opened."""
    at_index.lua("vim.lsp.buf.workspace_symbol('second', { on_list = function(found) Found = found.items end })")

    found = at_index.wait("Found", "symbols are found")

    assert [(Path(item["filename"]).name, item["lnum"]) for item in found if "Second part" in item["text"]] == [
        ("My Note.md", 5)
    ]


@pytest.mark.parametrize(
    "before, after, typed, label, expected",
    [
        pytest.param("", "", "[[my no", "My Note", "[[My Note]]", id="alone on the line"),
        pytest.param("see ", " and more", "[[my no", "My Note", "see [[My Note]] and more", id="with text behind"),
        pytest.param("see [[", "]] x", "my no", "My Note", "see [[My Note]] x", id="between brackets"),
        pytest.param("see [[", "] x", "my no", "My Note", "see [[My Note]] x", id="with one bracket behind"),
        pytest.param("🌱 👩‍🌾 ", "", "[[my no", "My Note", "🌱 👩‍🌾 [[My Note]]", id="behind emoji"),
        pytest.param("", "", "[[東京", "東京の庭", "[[東京の庭]]", id="in Japanese"),
        pytest.param("", "", "[[twin", "b/Twin.md", "[[b/Twin]]", id="one of two of the same name"),
        pytest.param("", "", "[[my note#sec", "Second part", "[[my note#Second part]]", id="a heading"),
        pytest.param("", "", "[[##second", "Second part", "[[My Note#Second part]]", id="a heading of any note"),
        pytest.param("", "", "[[index#Further|fur", "Further", "[[index#Further|Further]]", id="a label"),
        pytest.param("", "", "[[missing", "Missing Note", "[[Missing Note]]", id="a note that is not there yet"),
        pytest.param("see ", " x", "[[brand new", "Create note “brand new”", "see [[brand new]] x", id="a new note"),
        pytest.param("", "", "[x](othe", "Other", "[x](Other.md)", id="a Markdown link"),
        pytest.param("", ")", "[x](nest", "My Nested Thing", "[x](My%20Nested%20Thing.md)", id="between parentheses"),
        pytest.param("", "", "[x](./oth", "Other", "[x](./Other.md)", id="a path begun"),
        pytest.param("", "", "[x](<my note", "My Note", "[x](<My Note.md>)", id="a path with spaces"),
        pytest.param("", "", "[x](#furt", "Further", "[x](#further)", id="a heading of this note"),
        pytest.param("", "", "[x](My%20Note.md#sec", "Second part", "[x](My%20Note.md#second-part)", id="a slug"),
        pytest.param("so ", " x", "#ros", "garden/rose", "so #garden/rose x", id="a tag"),
        pytest.param("", "", "- [", "[x]", "- [x] ", id="a task's state"),
        pytest.param("", "", "> [!warn", "warning", "> [!warning] ", id="a callout"),
    ],
)  # fmt: skip
def test_it_completes(at_index: Neovim, before: str, after: str, typed: str, label: str, expected: str) -> None:
    """What is typed brings up the popup, and CTRL-Y on the item makes a whole link of it, with no bracket too many."""
    begin_line(at_index, before, after)

    at_index.type(typed)

    choose(at_index, label)
    assert_line(at_index, expected)


def test_it_completes_footnotes(at_index: Neovim) -> None:
    """Behind `[^` come those of the note."""
    at_index.lua("vim.api.nvim_buf_set_lines(0, -1, -1, false, { '[^fern]: A plant.' })")
    begin_line(at_index, "A", " grows")

    at_index.type("[^f")

    choose(at_index, "fern")
    assert_line(at_index, "A[^fern] grows")


def test_it_completes_a_paragraph_of_another_note(at_index: Neovim, shared: tuple[Neovim, Path]) -> None:
    """Behind `[[^^` come those of the vault; the accepted one gets an id in its buffer, which is not saved."""
    begin_line(at_index, "", "")

    at_index.type("[[^^first words")

    choose(at_index, "First words of it.")
    written = at_index.until(lambda: re.fullmatch(r"\[\[My Note#(\^\w+)\]\]", at_index.line()), "a link is made")
    at_index.until(lambda: f"First words of it. {written[1]}" in at_index.lua(EVERY_LINE), "the block has its id")
    assert "^" not in (shared[1] / "My Note.md").read_text(encoding="utf-8")


def test_it_completes_where_brackets_are_paired(at_index: Neovim) -> None:
    """With `[` mapped to a pair, as autopairs plugins do, the brackets that are there already are used."""
    at_index.command("inoremap <buffer> [ []<Left>")
    begin_line(at_index, "", "")

    at_index.type("[[my no")

    assert at_index.line() == "[[my no]]"
    choose(at_index, "My Note")
    assert_line(at_index, "[[My Note]]")


def test_it_completes_for_those_who_type_on(at_index: Neovim) -> None:
    """What is typed right behind the key that accepts, or by a macro with it, does not cost the link."""
    begin_line(at_index, "", "")
    at_index.type("[[my no")

    choose(at_index, "My Note", " grows. ")

    assert_line(at_index, "[[My Note]] grows. ")


def test_it_completes_when_asked(alone: tuple[Neovim, Path]) -> None:
    """CTRL-X CTRL-O inserts a whole link where nobody wants a menu unasked, and none comes."""
    neovim, vault = alone
    neovim.command("let g:notes_lsp_autotrigger = v:false | set completeopt=menuone,noselect")
    neovim.edit(vault / "index.md")
    neovim.wait(ATTACHED, "the server is attached")
    begin_line(neovim, "", "")
    neovim.type("[[my no")
    assert not neovim.lua("return vim.fn.pumvisible() == 1")

    neovim.press("<C-x><C-o>")

    choose(neovim, "My Note")
    assert_line(neovim, "[[My Note]]")


def test_quitting_leaves_nothing_behind(program: Path, tmp_path: Path) -> None:
    """Neovim's `:qall` ends the server."""
    vault = write_vault(tmp_path / "vault")
    with start_neovim(program, vault) as neovim:
        neovim.edit(vault / "index.md")
        neovim.wait(f"#{MESSAGES} > 0", "something is said")
        assert len(servers(vault)) > 1

    wait_until_all_are_gone(vault)


def test_a_killed_neovim_leaves_nothing_behind(program: Path, tmp_path: Path) -> None:
    """Where Neovim is killed while worker processes read the vault, server and workers end by themselves."""
    vault = write_large_vault(tmp_path / "vault")
    with start_neovim(program, vault) as neovim:
        neovim.edit(vault / "Note 1.md")
        # Neovim, the server, and at least one worker with multiprocessing's tracker.
        neovim.until(lambda: len(servers(vault)) > 3, "workers read the vault")
        os.kill(neovim.pid, signal.SIGKILL)

    wait_until_all_are_gone(vault)


def test_the_checkhealth_report(at_index: Neovim, shared: tuple[Neovim, Path]) -> None:
    """`:checkhealth notes_lsp` says where the program is, which vault is served, and what is in it."""
    at_index.command("checkhealth notes_lsp")

    report = "\n".join(at_index.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"))

    assert "notes-lsp` is there" in report
    assert f"root {shared[1]}" in report
    assert "7 notes" in report
    assert "ERROR" not in report


def begin_line(neovim: Neovim, before: str, after: str) -> None:
    """Begin a new last line, with the cursor between two texts, in insert mode."""
    neovim.lua(
        "local before, after = ...\n"
        "vim.api.nvim_buf_set_lines(0, -1, -1, false, { before .. after })\n"
        "vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), #before })",
        before,
        after,
    )
    neovim.press("i" if after else "A")


def choose(neovim: Neovim, label: str, then: str = "") -> None:
    """Wait for a popup with an item of this label or detail, accept it, and press more keys in the same breath.

    The popup is about what stands in the line by now, unless Neovim, having been typed into while it waited for an
    answer, leaves it at that; then it stays as it is, which takes half a second to be sure of.
    """
    seen: list[float] = []

    def number() -> int | None:
        items, column = neovim.lua(OFFERED)
        at = next((at for at, item in enumerate(items, 1) if label in {item["label"], item.get("detail")}), None)
        if at is None:
            seen.clear()
            return None
        seen.append(time.monotonic())
        fresh = all(item["textEdit"]["range"]["end"]["character"] == column for item in items)
        return at if fresh or seen[-1] - seen[0] > SURELY else None

    at = neovim.until(number, f"{label} is offered")
    neovim.press("<C-n>" * at + "<C-y>" + then)


def assert_line(neovim: Neovim, expected: str) -> None:
    """The line becomes what is expected."""
    try:
        neovim.until(lambda: neovim.line() == expected, "the line is complete", patience=3)
    except TookTooLong:
        assert neovim.line() == expected
