"""Making: random steps of a conversation, the same for the same seed, with `VAULT` where the vault's URI will be."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from notes_lsp.lsp.methods import COMMANDS
from speclib.positions import Json

VAULT = "file:///VAULT"

REQUEST, NOTICE, RESOLVE, WRITE, REMOVE, MOVE = "request", "notice", "resolve", "write", "remove", "move"

Step = tuple[str, str, Json]
"""What kind of step, a method or a path, and the params, the text or the new path."""

PATHS = (
    "a.md",
    "b.md",
    "hub.md",
    "sub/a.md",
    "sub/c d.md",
    "sub/deep/é.md",
    "2024-05-12.md",
    "new.md",
    "img.png",
    "x#y.md",
)
ODD_URIS = (
    "untitled:Untitled-1",
    f"{VAULT}/",
    VAULT,
    "file:///",
    "file:",
    "",
    "::::",
    f"{VAULT}/%00.md",
    f"{VAULT}/%ff.md",
    "git:/a.md?x",
    f"{VAULT}/../out.md",
    "file:///dev/zero",
    "vscode-notebook-cell:/a#b",
    f"{VAULT}/sub",
    "command:x",
)
ATOMS = (
    "[[",
    "]]",
    "[[a]]",
    "[[hub#Rose|shown]]",
    "[[#",
    "[[^^",
    "[[a#^id",
    "![[img.png]]",
    "![[",
    "[[sub/c d#",
    "[[2024-05-12]]",
    "[text](a.md)",
    "[text](",
    "[text]: a.md 'title'\n",
    "[text][",
    "[text]",
    "<a.md>",
    "<https://ex.org/?q=1>",
    "https://ex.org/a",
    "[^1]",
    "[^1]: foot\n",
    "[^",
    "^id\n",
    " ^id",
    "#tag",
    "#tag/sub",
    "#",
    "# Rose\n",
    "## Rose ##\n",
    "Title\n=====\n",
    "---\n",
    "---\ntitle: a\naliases: [x, y]\ntags: [t]\n---\n",
    "---\ntitle: [\n---\n",
    "+++\na = 1\n+++\n",
    ';;;\n{"a": 1}\n;;;\n',
    "---\na: &x [*x, *x]\n---\n",
    "- [ ] task 📅 2024-05-12\n",
    "- [x] done\n",
    "- [",
    "> [!note] fold\n> text\n",
    "> ",
    ">" * 60,
    "```python\n",
    "```\n",
    "~~~\n",
    "    code\n",
    "`code",
    "``",
    "$$\nx\n$$\n",
    "$x$",
    "%% comment",
    "%%",
    "<!-- ",
    "-->",
    "<div>",
    "</div>",
    '<img src="img.png">',
    "| a | b |\n|---|---|\n| [[a\\|b]] | c |\n",
    "|",
    "*",
    "**",
    "_",
    "~~",
    "==mark==",
    "\\",
    "\\[",
    "&amp;",
    "&#0;",
    "\0",
    "\u2028",
    "\ufeff",
    "\u200b",
    "\u202e",
    "שלום",
    "漢字かな",
    "🌱👩‍👩‍👧",
    "e\u0301",
    "\ufffd",
    "\ud800",
    "\r\n",
    "\r",
    "\n",
    "\n\n",
    "\t",
    " ",
    "x" * 300,
    "[" * 50,
    "{{date}}",
    "{% for %}",
    ":: key:: value\n",
    "key:: value\n",
    "* * *\n",
    "1. one\n2. two\n",
    "@today",
    "::",
    "a b c ",
)
SETTINGS = (
    "",
    "[links]\nstyle = 'markdown'\n",
    "[files]\nexclude = ['sub/**']\n",
    "broken = [",
    "[diagnostics]\nbroken-link = 'error'\n",
    "[queries]\none = 'select path from notes'\n",
    "[new]\nfolder = '../out'\n",
)
SQL = (
    "select * from notes",
    "select 1",
    "selec",
    "",
    "select count(*) from links, links, links",
    "drop table notes",
    "attach 'x' as y",
)
TRIGGERS = (*"[#(|!/^<:@- '\"", "]", "x", "")
HUGE = 2**31 - 1
FILES = ("workspace/didRenameFiles", "workspace/didCreateFiles", "workspace/didDeleteFiles")


@dataclass
class Maker:
    """Makes steps, and remembers which buffers are open."""

    random: random.Random
    open: set[str] = field(default_factory=set)
    version: int = 1

    def steps(self) -> Iterator[Step]:
        """Steps without an end; about one in three is no request."""
        for path in PATHS[:5]:
            yield WRITE, path, self.text()
        names = list(REQUESTS)
        while True:
            if self.random.random() < 0.35:
                yield self.random.choice(NOTICES)(self)
            else:
                method = self.random.choice(names)
                yield REQUESTS[method](self, method)

    def text(self) -> str:
        """A document of atoms."""
        return "".join(self.random.choice(ATOMS) for _ in range(self.random.choice((0, 1, 3, 10, 40, 120))))

    def uri(self) -> str:
        """The URI of a note, an open one as a rule, or of anything."""
        chance = self.random.random()
        if chance < 0.05:
            return self.random.choice(ODD_URIS)
        if chance < 0.8 and self.open:
            return self.random.choice(sorted(self.open))
        return f"{VAULT}/{self.random.choice(PATHS).replace(' ', '%20').replace('#', '%23')}"

    def position(self) -> Json:
        """A position, often beyond the text."""
        line = self.random.choice((0, 0, 1, 2, 3, 5, 9, 30, 1000, HUGE))
        return {"line": line, "character": self.random.choice((0, 1, 2, 3, 5, 8, 13, 40, 299, HUGE))}

    def range(self) -> Json:
        """A range, its ends in any order."""
        return {"start": self.position(), "end": self.position()}

    def name(self) -> str:
        """A name that somebody could want."""
        return self.random.choice(
            (
                "new",
                "a",
                "hub",
                "sub/x",
                "../out",
                "",
                " ",
                "a\nb",
                "#tag",
                "x" * 300,
                "é",
                "a|b",
                "a.md",
                "]]",
                "CON",
                "\0",
            )
        )

    def identified(self) -> Json:
        """A document."""
        return {"textDocument": {"uri": self.uri()}}

    def wish(self) -> Json:
        """What a command may be given, and what it may not."""
        wishes: dict[str, Callable[[], Json]] = {
            "uri": self.uri,
            "position": self.position,
            "selection": self.range,
            "title": self.name,
            "name": self.name,
            "folder": self.name,
            "sql": lambda: self.random.choice(SQL),
            "limit": lambda: self.random.choice((0, 1, -1, 10**9, "x", None)),
            "date": lambda: self.random.choice(("today", "2024-05-12", "2024-13-99", "last friday", "", 5)),
            "properties": lambda: {self.name(): self.name()},
            "parameters": lambda: self.random.choice(([1], {"a": 1}, 5)),
            "show": lambda: self.random.choice((True, False)),
            "link": lambda: True,
            "anyway": lambda: self.random.choice((True, 0)),
        }
        chosen = self.random.sample(sorted(wishes), self.random.randrange(5))
        return {
            key: wishes[key]() if self.random.random() < 0.95 else self.random.choice((None, 5, [], {}, "x"))
            for key in chosen
        }


def _document(maker: Maker, method: str) -> Step:
    return REQUEST, method, maker.identified()


def _position(maker: Maker, method: str) -> Step:
    return REQUEST, method, {**maker.identified(), "position": maker.position()}


def _range(maker: Maker, method: str) -> Step:
    return REQUEST, method, {**maker.identified(), "range": maker.range()}


def _completion(maker: Maker, method: str) -> Step:
    _, _, params = _position(maker, method)
    kind = maker.random.choice((1, 2, 3))
    context = {"triggerKind": kind, **({"triggerCharacter": maker.random.choice(TRIGGERS)} if kind == 2 else {})}
    return REQUEST, method, {**params, "context": context} if maker.random.random() < 0.9 else params


def _references(maker: Maker, method: str) -> Step:
    return (
        REQUEST,
        method,
        {**_position(maker, method)[2], "context": {"includeDeclaration": maker.random.random() < 0.5}},
    )


def _rename(maker: Maker, method: str) -> Step:
    return REQUEST, method, {**_position(maker, method)[2], "newName": maker.name()}


def _delta(maker: Maker, method: str) -> Step:
    return REQUEST, method, {**maker.identified(), "previousResultId": maker.random.choice(("", "1", "2", "3", "x"))}


def _action(maker: Maker, method: str) -> Step:
    only = maker.random.choice((None, [], ["quickfix"], ["refactor.extract"], ["source"], [""]))
    found = {"range": maker.range(), "message": "m", "code": maker.random.choice(("broken-link", "duplicate-alias", 5))}
    context = {"diagnostics": [found] * maker.random.randrange(3), **({"only": only} if only is not None else {})}
    return REQUEST, method, {**maker.identified(), "range": maker.range(), "context": context}


def _selections(maker: Maker, method: str) -> Step:
    return (
        REQUEST,
        method,
        {**maker.identified(), "positions": [maker.position() for _ in range(maker.random.randrange(4))]},
    )


def _search(maker: Maker, method: str) -> Step:
    return REQUEST, method, {"query": maker.random.choice(("", "a", "ro", "#", "漢", "%", "x" * 500, "\0", '"a'))}


def _all_diagnostics(maker: Maker, method: str) -> Step:
    known = [{"uri": maker.uri(), "value": maker.random.choice(("1", "x"))} for _ in range(maker.random.randrange(3))]
    return REQUEST, method, {"previousResultIds": known}


def _command(maker: Maker, method: str) -> Step:
    given: Json = maker.wish() if maker.random.random() < 0.9 else maker.random.choice((5, None, "x", [], [[]]))
    arguments = [given] * maker.random.choice((0, 1, 1, 1, 1, 1, 2))
    return REQUEST, method, {"command": maker.random.choice((*COMMANDS, "notes.nothing")), "arguments": arguments}


def _files(maker: Maker, method: str) -> Step:
    pairs = [
        {"oldUri": maker.uri(), "newUri": maker.uri(), "uri": maker.uri()} for _ in range(maker.random.randrange(1, 3))
    ]
    return REQUEST if "will" in method else NOTICE, method, {"files": pairs}


def _resolve(maker: Maker, method: str) -> Step:
    return RESOLVE, method, maker.random.randrange(1000)


RESOLVES = {
    "completionItem/resolve": "textDocument/completion",
    "documentLink/resolve": "textDocument/documentLink",
    "codeLens/resolve": "textDocument/codeLens",
    "codeAction/resolve": "textDocument/codeAction",
    "callHierarchy/incomingCalls": "textDocument/prepareCallHierarchy",
    "callHierarchy/outgoingCalls": "textDocument/prepareCallHierarchy",
    "typeHierarchy/supertypes": "textDocument/prepareTypeHierarchy",
    "typeHierarchy/subtypes": "textDocument/prepareTypeHierarchy",
}
"""The requests about something that an earlier answer gave, by the request that it answered."""

REQUESTS: dict[str, Callable[[Maker, str], Step]] = {
    **dict.fromkeys(
        (
            "textDocument/hover",
            "textDocument/definition",
            "textDocument/declaration",
            "textDocument/documentHighlight",
            "textDocument/prepareRename",
            "textDocument/prepareCallHierarchy",
            "textDocument/prepareTypeHierarchy",
        ),
        _position,
    ),
    **dict.fromkeys(
        (
            "textDocument/documentLink",
            "textDocument/codeLens",
            "textDocument/documentSymbol",
            "textDocument/foldingRange",
            "textDocument/semanticTokens/full",
            "textDocument/diagnostic",
        ),
        _document,
    ),
    "textDocument/inlayHint": _range,
    "textDocument/semanticTokens/range": _range,
    "textDocument/semanticTokens/full/delta": _delta,
    "textDocument/completion": _completion,
    "textDocument/references": _references,
    "textDocument/rename": _rename,
    "textDocument/codeAction": _action,
    "textDocument/selectionRange": _selections,
    "workspace/symbol": _search,
    "workspace/diagnostic": _all_diagnostics,
    "workspace/executeCommand": _command,
    "workspace/willRenameFiles": _files,
    **dict.fromkeys(RESOLVES, _resolve),
}


def _open(maker: Maker) -> Step:
    uri = maker.uri()
    maker.open.add(uri)
    document = {"uri": uri, "languageId": "markdown", "version": maker.version, "text": maker.text()}
    return NOTICE, "textDocument/didOpen", {"textDocument": document}


def _change(maker: Maker) -> Step:
    maker.version += 1
    changes: list[Json] = [
        {"text": maker.text()}
        if maker.random.random() < 0.15
        else {"range": maker.range(), "text": maker.random.choice(ATOMS)}
        for _ in range(maker.random.randrange(1, 4))
    ]
    document = {"uri": maker.uri(), "version": maker.random.choice((maker.version, maker.version, 0))}
    return NOTICE, "textDocument/didChange", {"textDocument": document, "contentChanges": changes}


def _close(maker: Maker) -> Step:
    uri = maker.uri()
    maker.open.discard(uri)
    return NOTICE, "textDocument/didClose", {"textDocument": {"uri": uri}}


def _save(maker: Maker) -> Step:
    return NOTICE, "textDocument/didSave", maker.identified()


def _watched(maker: Maker) -> Step:
    return (
        NOTICE,
        "workspace/didChangeWatchedFiles",
        {"changes": [{"uri": maker.uri(), "type": maker.random.choice((1, 2, 3))}]},
    )


def _configure(maker: Maker) -> Step:
    settings = maker.random.choice((None, {}, 5, {"links": 5}, {"notes-lsp": {"links": {"style": "markdown"}}}))
    return NOTICE, "workspace/didChangeConfiguration", {"settings": settings}


def _folders(maker: Maker) -> Step:
    other = [{"uri": f"{VAULT}/sub", "name": "sub"}]
    added, removed = maker.random.choice(((other, []), ([], other), (other, other)))
    return NOTICE, "workspace/didChangeWorkspaceFolders", {"event": {"added": added, "removed": removed}}


def _moved(maker: Maker) -> Step:
    return _files(maker, maker.random.choice(FILES))


def _write(maker: Maker) -> Step:
    if maker.random.random() < 0.05:
        return WRITE, ".notes-lsp.toml", maker.random.choice(SETTINGS)
    return WRITE, maker.random.choice(PATHS), maker.text()


def _remove(maker: Maker) -> Step:
    return REMOVE, maker.random.choice(PATHS), None


def _move(maker: Maker) -> Step:
    return MOVE, maker.random.choice(PATHS), maker.random.choice(PATHS)


NOTICES = (
    *[_open] * 5,
    *[_change] * 12,
    _close,
    _close,
    _save,
    _watched,
    _configure,
    _folders,
    _moved,
    *[_write] * 4,
    _remove,
    _move,
)
