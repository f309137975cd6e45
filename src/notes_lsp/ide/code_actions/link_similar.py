"""Linking: to link the notes that are similar to a note from the list that it keeps of such links."""

from __future__ import annotations

import re

from notes_lsp.config.settings import Config, LinkStyle
from notes_lsp.facts import Heading
from notes_lsp.ide.values import Action
from notes_lsp.index.links import spelling
from notes_lsp.index.similar.find import find_similar
from notes_lsp.index.vault.title_area import title_area
from notes_lsp.index.vault.vault import Note, Vault
from notes_lsp.links.names import strip_extension
from notes_lsp.markdown.parse import parse
from notes_lsp.text.source import Edit, Span, apply_edits

LINK_SIMILAR_KIND = "refactor.rewrite"
_SENSE = re.compile(
    r"see also|further reading|(?:related|similar|linked|connected)(?: (?:notes|pages|topics|ideas|links))?"
    r"|siehe auch|verwandt\w*(?: \w+)?|ähnlich\w*(?: \w+)?|voir aussi|articles connexes|notes liées"
    r"|véase también|ver también|(?:notas )?relacionad[oa]s?|vedi anche|ver também|zie ook|gerelateerd\w*(?: \w+)?"
    r"|se också|se også|zobacz też|powiązane(?: \w+)?|см\. также|смотри также|связанные заметки"
    r"|関連(?:ノート|項目)?|参照|相关(?:笔记)?|参见|參見|관련 ?(?:노트|문서)|같이 보기",
    re.IGNORECASE,
)
_ITEM = re.compile(r"([ \t]*)(?:([-*+])|(\d{1,9})([.)]))[ \t]")


def similar_actions(vault: Vault, note: Note, within: Span, config: Config) -> list[Action]:
    """In the head of a note: to link each of the similar notes that it is not linked with yet.

    The link becomes the last item of the list below the first heading that says "See also" in one of some languages,
    or that the settings name. Where there is none, such a heading is added at the end.
    """
    if not config.similar.enabled or vault.root is None or title_area(vault, note, within.start) is None:
        return []
    place = _place(vault, note, config)
    # As many as the hover asks for, which is counted already where somebody hovers first.
    found = find_similar(vault, note, config.similar.limit + 1)[: config.similar.limit]
    new = [one.note for one in found if not one.is_linked]
    edits = [(other, _edit(vault, note, other, place, config)) for other in new]
    if edits and not _is_sound(vault, note, edits[0][1]):
        return []
    return [
        Action(f"Link to similar note “{other.title}”", None, within, (edit,), kind=LINK_SIMILAR_KIND)
        for other, edit in edits
    ]


def _place(vault: Vault, note: Note, config: Config) -> tuple[int, str]:
    """Where an item is added, and what stands between that and the text before, bullet included."""
    text = vault.text(note) or ""
    end = "\r\n" if "\r\n" in text else "\n"
    headings = vault.facts(Heading, note)
    for number, heading in enumerate(headings):
        if heading.title_span != note.title_span and _is_meant(heading.title, config):
            following = headings[number + 1].span.start if number + 1 < len(headings) else len(text)
            kept = text[heading.span.end : following]
            at = heading.span.end + len(kept.rstrip())
            bullet = _bullet(kept)
            return at, f"{end}{bullet}" if bullet else f"{end}{end}- "
    at = len(text.rstrip())
    title = config.similar.heading.strip()
    level = min((heading.level for heading in headings if heading.level > 1), default=2)
    return at, f"{end}{end}{'#' * level} {title}{end}{end}- " if title else f"{end}{end}- "


def _is_meant(title: str, config: Config) -> bool:
    said = title.strip(" \t:：*_")
    return bool(_SENSE.fullmatch(said)) or (said.casefold() == config.similar.heading.strip().casefold() != "")


def _bullet(kept: str) -> str:
    """What the next item of the list that a text ends with begins with; empty where it ends with something else."""
    lines = kept.rstrip().splitlines()
    paragraph_ended = False
    items: list[re.Match[str]] = []
    for line in reversed(lines):
        item = _ITEM.match(line)
        if item is not None:
            items.append(item)
        elif not line.strip():
            paragraph_ended = True
        elif not line.startswith((" ", "\t")) and (paragraph_ended or not items):
            break
    if not items:
        return ""
    outermost = min(items, key=lambda item: len(item[1].expandtabs(4)))
    if outermost[2]:
        return f"{outermost[1]}{outermost[2]} "
    return f"{outermost[1]}{int(outermost[3]) + 1}{outermost[4]} "


def _edit(vault: Vault, note: Note, other: Note, place: tuple[int, str], config: Config) -> Edit:
    at, before = place
    text = vault.text(note) or ""
    ended = "" if text[at:].startswith(("\n", "\r")) else "\r\n" if "\r\n" in text else "\n"
    return Edit(Span(at, at), f"{before}{_link(vault, note, other, config)}{ended}")


def _link(vault: Vault, note: Note, other: Note, config: Config) -> str:
    links = config.links
    if links.style is LinkStyle.WIKI:
        written = spelling.wiki(vault, note.path, other, links.path)
        return f"[[{written}.md]]" if links.extension and other.path.endswith(f"{written}.md") else f"[[{written}]]"
    style = "root" if links.path == "root" else "relative"
    target = spelling.markdown_destination(note.path, other, style)
    label = re.sub(r"([\\\[\]`*_<])", r"\\\1", other.title)
    return f"[{label}]({target if links.markdown_extension else strip_extension(target)})"


def _is_sound(vault: Vault, note: Note, edit: Edit) -> bool:
    """Whether what is added is read as one more link: behind an open fence it would be code."""
    text = vault.text(note) or ""
    before = len(vault.whole(note).links)
    return len(parse(note.path, apply_edits(text, [edit])).links) == before + 1
