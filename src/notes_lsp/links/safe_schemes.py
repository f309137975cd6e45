"""Safe schemes: URL schemes that a link may open, and Markdown with all other links removed."""

from __future__ import annotations

import re
from collections.abc import Collection
from html import unescape

CLICKABLE = frozenset(
    [
        "http",
        "https",
        "ftp",
        "ftps",
        "sftp",
        "file",
        "mailto",
        "tel",
        "sms",
        "geo",
        "webcal",
        "calshow",
        "message",
        "mid",
        "news",
        "magnet",
        "irc",
        "ircs",
        "xmpp",
        "matrix",
        "sip",
        "sips",
        "doi",
        "arxiv",
        "hdl",
        "pmid",
        "isbn",
        "urn",
        "obsidian",
        "zotero",
        "logseq",
        "joplin",
        "bear",
        "things",
        "omnifocus",
        "x-devonthink-item",
        "evernote",
        "notion",
        "craftdocs",
        "hook",
        "onenote",
        "roam",
        "tana",
        "heptabase",
        "ulysses",
        "dayone",
        "todoist",
        "ticktick",
        "marginnote3app",
        "marginnote4app",
        "papers",
        "bookends",
        "mendeley",
        "skim",
        "anki",
        "spotify",
        "slack",
        "tg",
        "whatsapp",
        "msteams",
        "zoommtg",
        "facetime",
        "maps",
    ]
)
"""The web, mail and talk, and the programs that note takers link to; none of these runs what it is given."""

NEVER = frozenset({"command", "javascript", "data", "vbscript", "livescript", "blob", "shell"})
"""What is code, whoever allows it."""

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_IGNORED = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]")
"""What browsers leave out of an address before they look at its scheme, or what is not seen."""
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_DESTINATION = re.compile(
    r"""(?P<before>\]\(\s*<?|\]:\s*<?|<|\b(?:href|src|action|xlink:href)\s*=\s*["']?\s*)(?P<to>[^\s<>"')]+)""",
    re.IGNORECASE,
)


def is_clickable(address: str, more: Collection[str] = ()) -> bool:
    """Whether a click may open an address; ``more`` are schemes that the user allows. One without is relative."""
    found = _SCHEME.match(_IGNORED.sub("", address).lstrip())
    scheme = found[1].lower() if found is not None else None
    return scheme is None or scheme in CLICKABLE or (scheme in more and scheme not in NEVER)


def remove_unsafe_links(markdown: str, more: Collection[str] = ()) -> str:
    """Markdown whose links, images and raw HTML lead to no address that a click should not open."""

    def judge(found: re.Match[str]) -> str:
        before, to = found["before"], found["to"]
        if is_clickable(unescape(_ESCAPED.sub(r"\1", to)), more):
            return found[0]
        return f"&lt;{to}" if before == "<" else f"{before}#"

    return _DESTINATION.sub(judge, markdown)
