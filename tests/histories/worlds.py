"""Worlds: a vault on disk with servers and their buffers, to which a history happens, and what they say in the end."""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from histories.alphabet import Operation
from histories.sessions import Away, Here
from notes_lsp.text.source import Encoding, Source
from notes_lsp.workspace.disk.roots import resolve_path

Json = Any
_PLACE = re.compile(r"\[\[|\]\(|https?:|\[l\]|\[r\]|\[\^1\]|^# |\^id", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Setting:
    """What a history happens in."""

    servers: int = 1
    pulls: tuple[bool, ...] = (True, False)
    """Of each server, whether its client pulls diagnostics."""
    told_by_client: bool = False
    """By ``didChangeWatchedFiles`` rather than by a watch of the disk."""
    away: bool = False
    """The servers are processes that watch the disk themselves."""
    places: int = 12
    """So many places are asked for definition and references."""


@dataclass
class One:
    """A server with what its client has open and knows."""

    session: Here | Away
    buffers: dict[str, Source] = field(default_factory=dict[str, Source])
    versions: int = 0
    unheard: dict[str, None] = field(default_factory=dict[str, None])
    """Paths of which the server has not heard yet that something happened to them."""
    results: dict[str, tuple[str, list[Json]]] = field(default_factory=dict[str, tuple[str, list[Json]]])
    """What the client pulled of the whole workspace: result id and items, by URI."""
    roots: list[str] = field(default_factory=lambda: ["vault"])
    settings: Json = None


class World:
    """The folders ``vault`` and ``other`` with some servers."""

    def __init__(self, setting: Setting) -> None:
        """Make an empty vault and start the servers."""
        self.setting = setting
        self.base = resolve_path(Path(tempfile.mkdtemp(prefix="history-")))
        for name in ("vault", "other", "cache", "anew"):
            (self.base / name).mkdir()
        (self.base / "other" / "x.md").write_text("[[nowhere]] [[y]]\n")
        self.vault = self.base / "vault"
        self.servers = [self._started(number) for number in range(setting.servers)]

    def close(self) -> None:
        """End the servers and remove the folders."""
        for one in self.servers:
            with contextlib.suppress(Exception):
                one.session.close()
        shutil.rmtree(self.base, ignore_errors=True)

    def do(self, operation: Operation) -> None:
        """Let an operation happen; what makes no sense as things are does nothing."""
        verb, *arguments = operation
        with contextlib.suppress(OSError):
            getattr(self, f"_{verb}")(*arguments)

    def finish(self) -> None:
        """Let everybody hear of everything."""
        for one in self.servers:
            self._hear_all_of(one)
        for one in self.servers:
            one.session.settle()

    def fresh(self, one: One) -> dict[str, Json]:
        """What a server says that starts now, with the same buffers."""
        cache = Path(tempfile.mkdtemp(dir=self.base / "anew"))
        session = Here([self.base / root for root in one.roots], cache, pulls=True)
        try:
            anew = One(session, dict(one.buffers), roots=one.roots)
            if one.settings is not None:
                session.notify("workspace/didChangeConfiguration", {"settings": one.settings})
            for path, source in one.buffers.items():
                self._send_open(anew, path, source.text)
            session.settle()
            return self.said(anew, places=True)
        finally:
            session.close()

    def said(self, one: One, *, places: bool) -> dict[str, Json]:
        """All that a server says: diagnostics of the workspace and of each note, definition and references."""
        found: dict[str, Json] = {}
        if one.session.pulls:
            self._pull(one)
            for uri, (_, items) in one.results.items():
                if items:
                    found[f"all {self._name(uri)}"] = _plain(items)
        else:
            for uri, items in one.session.pushed.items():
                if items and not uri.endswith(".toml"):
                    found[f"all {self._name(uri)}"] = _plain(items)
        paths = self._notes(one)
        # Who is pushed diagnostics is not offered to pull them.
        for path in paths if one.session.pulls else ():
            report = one.session.request("textDocument/diagnostic", {"textDocument": {"uri": self._uri(path)}})
            if report["items"]:
                found[f"one {path}"] = _plain(report["items"])
        if places:
            for path, position in self._places(one, paths):
                at = {"textDocument": {"uri": self._uri(path)}, "position": position}
                where = f"{path}:{position['line']}:{position['character']}"
                found[f"definition {where}"] = one.session.request("textDocument/definition", at)
                asked = {**at, "context": {"includeDeclaration": True}}
                found[f"references {where}"] = one.session.request("textDocument/references", asked)
        return found

    def _started(self, number: int) -> One:
        kind = Away if self.setting.away else Here
        pulls = self.setting.pulls[number % len(self.setting.pulls)]
        return One(kind([self.vault], self.base / "cache", pulls=pulls))

    # What happens on disk.

    def _write(self, path: str, text: str) -> None:
        self._put(path, text)

    def _replace(self, path: str, text: str) -> None:
        file = self.vault / path
        file.parent.mkdir(parents=True, exist_ok=True)
        beside = file.with_name(".#temporary")
        beside.write_bytes(text.encode())
        beside.replace(file)
        self._happened(path)

    def _delete(self, path: str) -> None:
        (self.vault / path).unlink()
        self._happened(path)

    def _move(self, old: str, new: str) -> None:
        (self.vault / new).parent.mkdir(parents=True, exist_ok=True)
        (self.vault / old).replace(self.vault / new)
        self._happened(old, new)

    def _move_folder(self, old: str, new: str) -> None:
        if self._is_root(old):
            return
        if not (self.vault / new).exists() and not f"{new}/".startswith(f"{old}/"):
            (self.vault / new).parent.mkdir(parents=True, exist_ok=True)
            (self.vault / old).rename(self.vault / new)
            self._happened(old, new)

    def _delete_folder(self, path: str) -> None:
        if (self.vault / path).is_dir() and not self._is_root(path):
            shutil.rmtree(self.vault / path)
            self._happened(path)

    def _is_root(self, path: str) -> bool:
        """Whether a folder is served by itself: one that starts now would not serve what is gone."""
        return any(root == f"vault/{path}" for one in self.servers for root in one.roots)

    def _make_folder(self, path: str) -> None:
        if not (self.vault / path).exists():
            (self.vault / path).mkdir(parents=True)
            self._happened(path)

    def _attach(self, path: str, text: str) -> None:
        self._put(path, text)

    def _ignore_file(self, path: str, text: str) -> None:
        if text:
            self._put(path, text)
        else:
            self._delete(path)

    def _settings(self, text: str) -> None:
        self._put(".notes-lsp.toml", text)

    def _schema(self, text: str) -> None:
        self._put("a/schema.json", text)

    def _gitignore(self, folder: str, text: str) -> None:
        if text:
            self._put(f"{folder}.gitignore", text)
        else:
            self._delete(f"{folder}.gitignore")

    def _crowd(self, text: str, count: str) -> None:
        for number in range(int(count)):
            filled = text.replace("{digit}", str(number % 9 + 1)).replace("{number}", str(number))
            self._put(f"m/{number}.md", filled)

    def _disperse(self) -> None:
        for file in sorted((self.vault / "m").glob("*.md"))[::2]:
            file.unlink()
            self._happened(f"m/{file.name}")

    def _put(self, path: str, text: str) -> None:
        file = self.vault / path
        missing = [folder for folder in file.parents if not folder.exists()]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
        self._happened(*(folder.relative_to(self.vault).as_posix() for folder in missing), path)

    def _happened(self, *paths: str) -> None:
        for one in self.servers:
            one.unheard.update(dict.fromkeys(paths))

    # What clients do.

    def _open(self, server: str, path: str, text: str) -> None:
        one = self.servers[int(server)]
        if path in one.buffers:
            return
        on_disk = self.vault / path
        # Most are opened as they are on disk.
        if on_disk.is_file() and len(text) % 3:
            text = on_disk.read_text("utf-8")
        one.buffers[path] = Source(text)
        self._send_open(one, path, text)

    def _send_open(self, one: One, path: str, text: str) -> None:
        item = {"uri": self._uri(path), "languageId": "markdown", "version": 1, "text": text}
        one.session.notify("textDocument/didOpen", {"textDocument": item})

    def _change(self, server: str, path: str, text: str) -> None:
        self._changed(self.servers[int(server)], path, text, {"text": text})

    def _edit(self, server: str, path: str, start: str, length: str, text: str) -> None:
        one = self.servers[int(server)]
        source = one.buffers.get(path)
        if source is None:
            return
        before = source.text
        begin = min(int(start), len(before))
        end = min(begin + int(length), len(before))
        positions = [source.position(offset, Encoding.UTF16) for offset in (begin, end)]
        first, last = ({"line": at.line, "character": at.column} for at in positions)
        offsets = [source.offset(at, Encoding.UTF16) for at in positions]
        after = before[: offsets[0]] + text + before[offsets[1] :]
        self._changed(one, path, after, {"range": {"start": first, "end": last}, "text": text})

    def _changed(self, one: One, path: str, text: str, change: Json) -> None:
        if path in one.buffers:
            one.versions += 1
            one.buffers[path] = Source(text)
            document = {"uri": self._uri(path), "version": one.versions + 1}
            one.session.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

    def _save(self, server: str, path: str, _: str) -> None:
        one = self.servers[int(server)]
        if path in one.buffers:
            self._put(path, one.buffers[path].text)
            one.session.notify("textDocument/didSave", {"textDocument": {"uri": self._uri(path)}})

    def _close(self, server: str, path: str) -> None:
        one = self.servers[int(server)]
        if one.buffers.pop(path, None) is not None:
            one.session.notify("textDocument/didClose", {"textDocument": {"uri": self._uri(path)}})

    def _client_settings(self, server: str, enabled: str) -> None:
        one = self.servers[int(server)]
        one.settings = {"diagnostics": {"enabled": enabled == "true"}}
        one.session.notify("workspace/didChangeConfiguration", {"settings": one.settings})

    def _serve(self, server: str, root: str) -> None:
        one = self.servers[int(server)]
        if root not in one.roots and (self.base / root).is_dir():
            one.roots.append(root)
            self._tell_folders(one, [root], [])

    def _leave(self, server: str, root: str) -> None:
        one = self.servers[int(server)]
        if root in one.roots:
            one.roots.remove(root)
            self._tell_folders(one, [], [root])

    def _tell_folders(self, one: One, added: list[str], removed: list[str]) -> None:
        def named(roots: list[str]) -> Json:
            return [{"uri": (self.base / root).as_uri(), "name": root} for root in roots]

        event = {"added": named(added), "removed": named(removed)}
        one.session.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    # What servers hear and do.

    def _hear(self, server: str) -> None:
        one = self.servers[int(server)]
        if one.unheard:
            path = next(iter(one.unheard))
            del one.unheard[path]
            self._tell(one, [path])

    def _hear_all(self, server: str) -> None:
        self._hear_all_of(self.servers[int(server)])

    def _hear_all_of(self, one: One) -> None:
        paths, one.unheard = list(one.unheard), {}
        if paths:
            self._tell(one, paths)

    def _tell(self, one: One, paths: list[str]) -> None:
        there = {path: (self.vault / path).exists() for path in paths}
        if self.setting.told_by_client:
            changes = [{"uri": self._uri(path), "type": 2 if there[path] else 3} for path in paths]
            one.session.notify("workspace/didChangeWatchedFiles", {"changes": changes})
        else:
            one.session.happened(self.vault, set(there.items()))

    def _turn(self, server: str, times: str) -> None:
        self.servers[int(server)].session.turn(int(times))

    def _settle(self, server: str) -> None:
        self.servers[int(server)].session.settle()

    def _pull(self, server: str | One, path: str = "") -> None:
        one = server if isinstance(server, One) else self.servers[int(server)]
        if not one.session.pulls:
            return
        if path:
            one.session.request("textDocument/diagnostic", {"textDocument": {"uri": self._uri(path)}})
            return
        previous = [{"uri": uri, "value": mark} for uri, (mark, _) in one.results.items()]
        found = one.session.request("workspace/diagnostic", {"previousResultIds": previous})
        for report in found["items"]:
            if report["kind"] == "full":
                one.results[report["uri"]] = (report["resultId"], report["items"])

    def _pull_all(self, server: str) -> None:
        self._pull(self.servers[int(server)])

    # What is asked.

    def _uri(self, path: str) -> str:
        return (self.vault / path).as_uri()

    def _name(self, uri: str) -> str:
        return uri.removeprefix(self.base.as_uri() + "/").replace("%20", " ")

    def _notes(self, one: One) -> list[str]:
        return sorted({*one.buffers, *(file.relative_to(self.vault).as_posix() for file in self.vault.rglob("*.md"))})

    def _places(self, one: One, paths: list[str]) -> list[tuple[str, Json]]:
        found: list[tuple[str, Json]] = []
        for path in paths:
            source = one.buffers.get(path)
            if source is None and (self.vault / path).is_file():
                source = Source((self.vault / path).read_text("utf-8"))
            for match in _PLACE.finditer(source.text) if source is not None else ():
                at = source.position(match.end(), Encoding.UTF16) if source is not None else None
                if at is not None:
                    found.append((path, {"line": at.line, "character": at.column}))
        return Random(len(found)).sample(found, min(len(found), self.setting.places))


def _plain(items: list[Json]) -> list[Json]:
    return sorted(
        ({**item, "codeDescription": None} for item in items), key=lambda item: json.dumps(item, sort_keys=True)
    )


def differences(one: dict[str, Json], other: dict[str, Json]) -> list[str]:
    """What two servers say differently, in words: first what the first says."""
    return [
        f"{what}:\n    says  {json.dumps(one.get(what))}\n    right {json.dumps(other.get(what))}"
        for what in sorted({*one, *other})
        if one.get(what) != other.get(what)
    ]
