"""The Model Context Protocol, spoken to a real process by the official client: what a model is given, and what not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("mcp", reason="the extra [mcp] is not installed")

import anyio
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

pytestmark = pytest.mark.filterwarnings("ignore")

VIEWS_ASKED = (
    *("notes", "files", "texts", "properties", "links", "backlinks", "broken_links", "tags", "headings", "blocks"),
    *("tasks", "urls", "names"),
)
NOTES = {
    ".notes-lsp.toml": '[new.idea]\nfolder = "ideas"\nproperties = { kind = "idea" }\n',
    "tea.md": "# Tea\n\nGreen leaves. [[cup]]\n\n## Brewing\n\nEighty degrees.\n",
    "cup.md": "---\nstatus: done\n---\n# Cup\n\n[[tea]] and [[Zanzibar|the journey]]; also [[Zanzibar]], [far][r].\n\n"
    '[r]: travel/secret.md "Zanzibar"\n',
    "travel/secret.md": "---\nprivate: true\ntitle: Zanzibar\naliases: [Spice island]\n---\n"
    "Cloves. [[tea]] [[Spice island]]\n",
}


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """Two notes, and one that nobody else is to know of."""
    for path, text in NOTES.items():
        (tmp_path / "vault" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "vault" / path).write_text(text, "utf-8")
    return tmp_path / "vault"


Ask = Callable[..., Awaitable[Any]]


def speak(vault: Path, talk: Callable[[ClientSession, Ask], Awaitable[None]], *options: str) -> None:
    """Start a server on a vault and talk to it."""

    async def run() -> None:
        parameters = StdioServerParameters(
            command=sys.executable,
            args=["-m", "notes_lsp", "mcp", "--vault", str(vault), *options],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        async with stdio_client(parameters) as (read, write), ClientSession(read, write) as session:
            await session.initialize()

            async def ask(tool: str, **arguments: Any) -> Any:
                result = await session.call_tool(tool, arguments)
                texts = [one.text for one in result.content if one.type == "text"]
                if result.is_error:
                    raise AssertionError(texts)
                return result.structured_content

            await talk(session, ask)

    anyio.run(run)


def paths(found: Sequence[dict[str, Any]]) -> list[str]:
    """The paths of results."""
    return [one["path"] for one in found]


def test_what_a_model_can_ask(vault: Path) -> None:
    """Search, read, list, backlinks, related and query answer; there is nothing to write with."""

    async def talk(session: ClientSession, ask: Ask) -> None:
        tools = (await session.list_tools()).tools
        assert [tool.name for tool in tools] == ["search", "read", "list", "backlinks", "related", "query"]
        assert all(tool.annotations and tool.annotations.read_only_hint for tool in tools)
        assert paths((await ask("search", query="leaves"))["result"]) == ["tea.md"]
        assert (await ask("read", note="Tea"))["title"] == "Tea"
        assert (await ask("read", note="tea#Brewing"))["text"] == "## Brewing\n\nEighty degrees."
        assert (await ask("list", where=["status=done"]))["total"] == 1
        assert paths((await ask("list"))["notes"]) == ["cup.md", "tea.md"]
        assert paths((await ask("backlinks", note="tea.md"))["result"]) == ["cup.md"]
        assert await ask("related", note="tea") is not None
        assert (await ask("query", sql="SELECT path FROM notes ORDER BY path"))["rows"] == [["cup.md"], ["tea.md"]]

    speak(vault, talk)


def test_nothing_of_a_private_note_is_given(vault: Path) -> None:
    """Neither its text nor its title, alias or path, by whichever tool, not even through those who link to it."""

    async def talk(session: ClientSession, ask: Ask) -> None:
        given = [
            await ask("search", query="Zanzibar OR cloves OR journey"),
            await ask("read", note="cup"),
            await ask("list"),
            await ask("backlinks", note="tea"),
            await ask("backlinks", note="cup"),
            await ask("related", note="tea"),
            *[await ask("query", sql=f"SELECT * FROM {view}") for view in VIEWS_ASKED],
        ]
        for name in ("Zanzibar", "Spice island", "secret", "Cloves"):
            refused = await session.call_tool("read", {"note": name})
            assert refused.is_error
            given.append([one.text.replace(f"'{name}'", "") for one in refused.content if one.type == "text"])
        said = json.dumps(given).casefold()
        for word in ("zanzibar", "spice", "secret", "cloves"):
            assert word not in said, said
        assert "the journey" in said

    speak(vault, talk)


@pytest.mark.parametrize(
    "text",
    [
        *("`[[secret]]`", "`travel/secret.md`", "<secret.md>", "<./travel/secret.md>", "<SECRET.md>"),
        *("<travel%2Fsecret.md>", "<!-- [[travel/secret|words]] -->", "%% ![[secret#part]] %%", "`a [[secret]] b`"),
        *(
            "`[t](travel/secret.md)`",
            "```\n[[Zanzibar]]\n```",
            "<!-- secret.md, see there -->",
            "`vim travel/secret.md`",
        ),
    ],
)
def test_a_name_in_code_and_comments_is_not_given(vault: Path, text: str) -> None:
    """What names a private note without being a link to it, in code, comments or angle brackets, is hidden."""
    (vault / "says.md").write_text(f"# Says\n\nBefore {text} after.\n", "utf-8")

    async def talk(_: ClientSession, ask: Ask) -> None:
        for given in (
            (await ask("read", note="says"))["text"],
            json.dumps(await ask("query", sql="SELECT * FROM texts WHERE note = 'says.md'")),
        ):
            assert "(private)" in given
            assert not any(name in given.casefold() for name in ("secret", "zanzibar"))

    speak(vault, talk)


def test_a_note_that_becomes_private_is_gone(vault: Path) -> None:
    """Each question is asked of the disk as it is."""

    async def talk(_: ClientSession, ask: Ask) -> None:
        assert paths((await ask("search", query="leaves"))["result"]) == ["tea.md"]
        (vault / "tea.md").write_text("---\nprivate: yes\n---\n# Tea\n\nGreen leaves of autumn.\n", "utf-8")
        assert (await ask("search", query="leaves"))["result"] == []

    speak(vault, talk)


def test_a_model_may_make_notes_where_it_is_let(vault: Path) -> None:
    """With ``--write`` there is one more tool; it follows the rules and overwrites nothing."""

    async def talk(session: ClientSession, ask: Ask) -> None:
        made = await ask("create", title="Steam", text="Hot.", type="idea", properties={"rating": 5})
        assert made["path"] == "ideas/Steam.md"
        again = await session.call_tool("create", {"title": "Steam", "type": "idea"})
        assert again.is_error
        outside = await session.call_tool("create", {"title": "x", "folder": "../.."})
        assert outside.is_error

    speak(vault, talk, "--write")

    assert (vault / "ideas/Steam.md").read_text("utf-8") == "---\nkind: idea\nrating: 5\n---\n\n# Steam\n\nHot.\n"


TAKEN: dict[str, tuple[dict[str, Any], str]] = {
    "title": ({"title": "tea"}, "tea.md"),
    "file": ({"title": "CUP.md", "folder": "elsewhere"}, "cup.md"),
    "alias": ({"title": "Cafe\u0301"}, "shop.md"),
    "id": ({"title": "z-17"}, "shop.md"),
    "path": ({"title": "other/shop 2"}, "other/shop 2.md"),
    "alias of the new one": ({"title": "New", "properties": {"aliases": ["Café"]}}, "shop.md"),
    "links": ({"title": "2", "type": "log"}, "other/shop 2.md"),
    "private": ({"title": "zanzibar"}, "a note that is not shown"),
}
"""What a model may ask to be made, and what is there."""


def test_a_model_takes_over_no_note(vault: Path) -> None:
    """Whatever a note is called, none of that name is made beside it unless ``anyway`` is said; nothing is written."""
    settings = (vault / ".notes-lsp.toml").read_text("utf-8")
    (vault / ".notes-lsp.toml").write_text(
        f'{settings}[new.log]\nfilename = "{{{{time}}}}/shop {{{{title}}}}"\n', "utf-8"
    )
    (vault / "shop.md").write_text("---\naliases: [Café]\nid: z-17\n---\n[[shop 2]]\n", "utf-8")
    (vault / "other").mkdir()
    (vault / "other/shop 2.md").write_text("", "utf-8")
    before = {*vault.rglob("*.md")}

    async def talk(session: ClientSession, ask: Ask) -> None:
        for name, (asked, there) in TAKEN.items():
            answer = await session.call_tool("create", asked)
            said = "".join(one.text for one in answer.content if one.type == "text")
            assert answer.is_error, name
            assert f"exists: {there};" in said, name
            assert "travel" not in said
        assert (await ask("create", title="Tea", folder="ideas", anyway=True))["path"] == "ideas/Tea.md"

    speak(vault, talk, "--write")

    assert {*vault.rglob("*.md")} - before == {vault / "ideas/Tea.md"}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "bounds": ({"rating": 9}, "“rating”: Expected a number of at most 5 (card)."),
    "text for a number": ({"rating": "many"}, "“rating” wants a number, not “many”"),
    "pattern": ({"code": "abc"}, "“code”: Expected a text that matches"),
    "choice": ({"status": "sed"}, "“status” is one of seed, tree, not “sed”"),
    "length": ({"who.name": "X"}, "“who.name”: Expected a text of at least 2 characters (card)."),
    "nested": ({"who": {"born": "old"}}, "“who.born” wants a whole number, not “old”"),
    "element": ({"scores": [1, 99]}, "“scores.1”: Expected a number of at most 5 (card)."),
    "type": ({"rating": [1]}, "“rating”: Expected a number"),
    "day": ({"due": "2026-02-30"}, "“due” wants a date"),
    "required": ({"status": ...}, "`status` is missing (card)."),
}
CARD = """
[schemas.card]
type = "card"
required = ["status"]
[schemas.card.schema]
required = ["status"]
[schemas.card.schema.properties]
rating = { type = "number", maximum = 5 }
code = { type = "string", pattern = "^[A-Z]+$" }
status = { enum = ["seed", "tree"] }
due = { type = "string", format = "date" }
scores = { type = "array", items = { type = "number", maximum = 5 } }
[schemas.card.schema.properties.who.properties]
name = { type = "string", minLength = 2 }
born = { type = "integer" }
"""


def test_a_model_breaks_no_schema(vault: Path) -> None:
    """A value that ``check`` would warn of is refused in the same words, and days in words are days."""
    (vault / ".notes-lsp.toml").write_text(CARD, "utf-8")

    async def talk(session: ClientSession, ask: Ask) -> None:
        for name, (given, message) in REFUSED.items():
            everything: dict[str, Any] = {"type": "card", "status": "seed", **given}
            properties = {key: one for key, one in everything.items() if one != ...}
            answer = await session.call_tool("create", {"title": "X", "properties": properties})
            said = "".join(one.text for one in answer.content if one.type == "text")
            assert answer.is_error, name
            assert message in said, name
        good = {"type": "card", "status": "SEED", "who.name": "Ann", "due": "12 may 2024", "scores": ["1"]}
        assert "due: 2024-05-12\n" in (await ask("create", title="X", properties=good))["text"]

    speak(vault, talk, "--write")

    text = (vault / "X.md").read_text("utf-8")
    assert "status: seed\n" in text
    assert "who: {name: Ann}\n" in text
    assert "scores: [1]\n" in text


def refused(vault: Path, *before: str, path: Sequence[Path] = ()) -> str:
    """What is said where the server cannot start, after some statements of Python have run."""
    program = "; ".join(("import sys", *before, "from notes_lsp.cli.main import main", "main()"))
    ran = subprocess.run(
        [sys.executable, "-c", program, "mcp", "--vault", str(vault)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((*map(str, path), *sys.path))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.stdout, ran.returncode) == ("", 2)
    return ran.stderr


def test_without_the_extra_it_is_named(vault: Path) -> None:
    """One line that says what to install, and exit code 2."""
    assert (
        refused(vault, "sys.modules['mcp'] = None")
        == "notes-lsp: mcp needs an extra that is not installed: pip install '.[mcp]' in the checkout of notes-lsp\n"
    )


def test_another_version_of_the_package_is_named(vault: Path, tmp_path: Path) -> None:
    """The package of another major version is installed: that is said, and not that there is none."""
    (tmp_path / "old/mcp/server").mkdir(parents=True)
    (tmp_path / "old/mcp/__init__.py").touch()
    (tmp_path / "old/mcp/server/__init__.py").touch()
    (tmp_path / "old/mcp-1.28.1.dist-info").mkdir()
    (tmp_path / "old/mcp-1.28.1.dist-info/METADATA").write_text("Metadata-Version: 2.1\nName: mcp\nVersion: 1.28.1\n")

    assert (
        refused(vault, path=[tmp_path / "old"])
        == "notes-lsp: mcp needs version 2 of the package mcp, and 1.28.1 is installed: "
        "pip install '.[mcp]' in the checkout of notes-lsp\n"
    )


@pytest.mark.parametrize("package", ["pydantic", "mcp.server.mcpserver", "anyio"])
def test_a_broken_installation_names_what_is_broken(vault: Path, package: str) -> None:
    """A package that the extra needs cannot be imported: the reason is told."""
    said = refused(vault, f"sys.modules[{package!r}] = None")

    assert said.startswith("notes-lsp: mcp cannot be loaded, ")
    assert package in said
    assert said.count("\n") == 1
