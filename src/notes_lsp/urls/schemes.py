"""Schemes: keys of URIs that no browser opens, and the web addresses of identifiers."""

from __future__ import annotations

import re
from base64 import b32decode

from notes_lsp.urls.encoding import IN_NAME, IN_PATH, IN_VALUE, normalize_escapes
from notes_lsp.urls.papers import doi_of

_CLONING = frozenset({"git", "ssh", "git+ssh", "git+https", "git+http"})
_CLONED = re.compile(r"//(?:git@)?((?:github|gitlab|bitbucket|codeberg)\.(?:com|org)/.+)")
_COPIED = re.compile(r"git@((?:github|gitlab|bitbucket|codeberg)\.(?:com|org)):([^/\s:]+/[^\s:]+)")
_READERS = frozenset({"feed", "webcal", "view-source"})
_PORTS = {"ftp": ":21", "ftps": ":990", "sftp": ":22", "ws": ":80", "wss": ":443", "gopher": ":70", "gemini": ":1965"}
_NOT_DIALLED = re.compile(r"[-.() ]|%20")
_TORRENT = re.compile(r"xt=urn(?::|%3A)btih(?::|%3A)([0-9a-f]{40}|[a-z2-7]{32})", re.IGNORECASE)


def web_address(scheme: str, rest: str) -> str | None:
    """The web address that an identifier, or an address meant for another program, stands for; else ``None``."""
    if scheme in _READERS:
        if rest.startswith("//"):
            return f"https:{rest}"
        return rest if rest.lower().startswith(("http://", "https://")) else None
    if scheme in _CLONING:
        cloned = _CLONED.fullmatch(rest)
        return f"https://{cloned[1]}" if cloned else None
    if scheme == "spotify" and rest.count(":") == 1:
        return f"https://open.spotify.com/{rest.replace(':', '/')}"
    if scheme in {"info", "urn"}:
        scheme, mark, inner = rest.partition("/" if scheme == "info" else ":")
        return web_address(scheme.lower(), inner) if mark and scheme.lower() in {"doi", "hdl", "pmid"} else None
    return _of_identifier(scheme, rest.strip())


def repository_url(text: str) -> str | None:
    """The web address of a repository that is copied from ``git@host:owner/name``; ``None`` for anything else."""
    found = _COPIED.fullmatch(text)
    return f"https://{found[1]}/{found[2]}" if found else None


def key_of(scheme: str, rest: str) -> str:
    """The key of what another program than a browser opens."""
    if scheme == "mailto":
        to = normalize_escapes(rest.partition("?")[0], IN_PATH).lower().strip()
        # Without somebody to write to, it is a letter, not a person.
        return f"mailto:{to}" if to else f"mailto:{rest}"
    if scheme in {"tel", "sms"}:
        # RFC 3966, section 5.1.1: what makes a number easier to read is no part of it; RFC 5724 has it so, too.
        return f"{scheme}:{_NOT_DIALLED.sub('', rest.partition('?')[0] if scheme == 'sms' else rest)}"
    if scheme == "file":
        path = rest.partition("#")[0]
        path = path.removeprefix("//localhost") if path.startswith("//localhost/") else path
        authority = "" if path.startswith("//") or not path.startswith("/") else "//"
        return f"file:{authority}{normalize_escapes(path, IN_PATH)}"
    if scheme == "magnet":
        return f"magnet:{_torrent(rest)}"
    if scheme == "obsidian":
        return f"obsidian://{_note(rest.lstrip('/'))}"
    if scheme in _PORTS and rest.startswith("//"):
        return f"{scheme}://{_at_host(rest[2:], _PORTS[scheme])}"
    if scheme == "isbn":
        return f"urn:isbn:{_isbn(rest)}"
    return f"urn:{_name(rest)}" if scheme == "urn" else f"{scheme}:{rest}"


def _of_identifier(scheme: str, rest: str) -> str | None:
    if scheme == "doi":
        bare = re.sub(r"^(?:/*|doi:)+", "", rest, flags=re.IGNORECASE)
        return f"https://doi.org/{bare}" if doi_of(f"/{bare}", is_resolver=True) else None
    if scheme == "arxiv":
        return f"https://arxiv.org/abs/{rest}"
    if scheme == "hdl" and "/" in rest.strip("/"):
        return f"https://hdl.handle.net/{rest.lstrip('/')}"
    if scheme == "pmid" and rest.isdecimal():
        return f"https://pubmed.ncbi.nlm.nih.gov/{rest}"
    return None


def _torrent(rest: str) -> str:
    """What a magnet link is of, by its hash, without its name and its trackers."""
    found = _TORRENT.findall(rest)
    if len(found) != 1:
        return rest
    number = found[0] if len(found[0]) == 40 else b32decode(found[0].upper()).hex()
    return f"?xt=urn:btih:{number.lower()}"


def _note(rest: str) -> str:
    """The action and its parameters in order; what is opened by path alone is written as the action that opens it."""
    action, _, query = rest.partition("?")
    action = normalize_escapes(action, IN_PATH)
    if action.startswith("vault/") and not query:
        vault, _, file = action[6:].partition("/")
        action, query = "open", f"vault={vault}" + (f"&file={file}" if file else "")
    params: list[str] = []
    for part in filter(None, query.split("&")):
        name, mark, value = part.partition("=")
        name, value = normalize_escapes(name, IN_NAME), normalize_escapes(value, IN_VALUE)
        if name == "file" and value.endswith(".md") and not value.endswith(".md.md"):
            value = value[:-3]
        params.append(f"{name}{mark}{value}")
    return f"{action.rstrip('/')}{'?' if params else ''}{'&'.join(sorted(params))}"


def _at_host(rest: str, port: str) -> str:
    host, slash, path = rest.partition("/")
    who, at, host = host.rpartition("@")
    host = host.lower()
    while host.endswith(port):
        host = host.removesuffix(port)
    return f"{who}{at}{host}{slash if path else ''}{normalize_escapes(path, IN_PATH)}"


def _name(rest: str) -> str:
    """A uniform resource name: the case of its kind never matters (RFC 8141, section 3.1)."""
    kind, _, name = rest.partition(":")
    kind = kind.lower()
    if kind == "isbn":
        return f"isbn:{_isbn(name)}"
    return f"{kind}:{name.lower() if kind in {'uuid', 'issn'} else name}"


def _isbn(text: str) -> str:
    """A number of a book, of ten digits as of thirteen, where it is one: its last digit is a check."""
    number = re.sub(r"[- ]|%20", "", text).lower()
    if not re.fullmatch(r"[0-9]{9}[0-9x]", number):
        return number
    digits = [10 if char == "x" else int(char) for char in number]
    if sum(digit * (10 - at) for at, digit in enumerate(digits)) % 11:
        return number
    first = f"978{number[:9]}"
    check = -sum(int(char) * (3 if at % 2 else 1) for at, char in enumerate(first)) % 10
    return f"{first}{check}"
