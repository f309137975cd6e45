"""Templates: the templates of a vault, and the rules that name them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from notes_lsp.config.read import ConfigProblem, Layer, client_tables
from notes_lsp.frontmatter.formats.toml_recovery import recover_toml
from notes_lsp.templates.rules import NewRule, NewRules, TemplateMissingError, parse_new_rules
from notes_lsp.text.source import decode
from notes_lsp.workspace.disk.open import TooLargeError, read_file

if TYPE_CHECKING:
    from notes_lsp.frontmatter.formats.write import HeaderValue

MAX_TEMPLATE_BYTES = 1_048_576
"""Of a template."""

_EXTENSIONS = ("", ".md", ".markdown")


def read_new_rules(
    root: Path | None, folder: str, vault: str | None, user: str | None, client: object
) -> tuple[NewRules, tuple[ConfigProblem, ...]]:
    """The rules for new notes of three layers, the vault's before the user's before the client's; and what is wrong.

    ``root`` is the vault's folder, ``folder`` that of its templates, ``vault`` and ``user`` the texts of the two files,
    ``client`` what the client sent. Templates are read when a note is made from them; that those of the vault's own
    rules are there is seen to now.
    """
    templates = Templates(root, folder)
    rules: dict[str, NewRule] = {}
    properties: dict[str, HeaderValue] = {}
    told: list[ConfigProblem] = []
    for layer, text in ((Layer.VAULT, vault), (Layer.USER, user)):
        if text is None or "new" not in text:
            continue
        read = recover_toml(text)
        found, defaults, wrong = parse_new_rules(read.document.get("new"))
        problems = [(one.path, one.message) for one in wrong]
        if layer is Layer.VAULT:
            problems += _without_template(found, templates)
        told += (ConfigProblem(layer, read.span(path), *_said(path, message)) for path, message in problems)
        _add(rules, properties, found, defaults)
    found, defaults, wrong = parse_new_rules(_without_nulls(client_tables(client).get("new")))
    told += (ConfigProblem(Layer.CLIENT, None, *_said(one.path, one.message)) for one in wrong)
    _add(rules, properties, found, defaults)
    return NewRules(tuple(rules.values()), properties, templates.load), tuple(told)


def _add(
    rules: dict[str, NewRule],
    properties: dict[str, HeaderValue],
    found: Iterable[NewRule],
    defaults: Mapping[str, HeaderValue],
) -> None:
    """Add what a weaker layer says behind what the stronger ones have said."""
    for rule in found:
        rules.setdefault(rule.name.casefold(), rule)
    for key, value in defaults.items():
        properties.setdefault(key, value)


def _without_nulls(table: object) -> object:
    """What a client leaves unset is nothing."""
    if not isinstance(table, Mapping):
        return table
    entries = cast("Mapping[object, object]", table).items()
    return {key: _without_nulls(value) for key, value in entries if isinstance(key, str) and value is not None}


def _without_template(rules: Iterable[NewRule], templates: Templates) -> Iterator[tuple[tuple[str, ...], str]]:
    for rule in rules:
        if rule.template:
            try:
                templates.load(rule.template)
            except TemplateMissingError as error:
                yield ("new", rule.name, "template"), str(error)


def _said(path: tuple[str, ...], message: str) -> tuple[str, str]:
    return ".".join(path), f"[{'.'.join(path[:-1])}] {path[-1]}: {message}"


@dataclass(frozen=True, slots=True)
class Templates:
    """The templates of a vault, read anew whenever one is asked for."""

    root: Path | None
    folder: str
    """Below the root."""

    def load(self, name: str) -> str:
        """The template of a name: a file in the folder of templates, else at that path of the vault.

        Raises:
            TemplateMissingError: there is none, it is outside the vault, too large, or cannot be read.
        """
        for base in dict.fromkeys((self.folder.strip("/"), "")):
            for extension in _EXTENSIONS:
                found = self._file(f"{base}/{name}{extension}".lstrip("/"))
                if found is not None:
                    return _read(found, name)
        known = self.names()
        hint = (
            f"; there are {', '.join(known[:8])}" if known else f"; templates are files in {self.folder or 'the root'}"
        )
        raise TemplateMissingError(f"there is no template “{name}”{hint}")

    def names(self) -> list[str]:
        """The names of the templates in their folder, in order."""
        base = self.root / self.folder if self.root is not None else None
        try:
            if base is None or not base.is_dir() or not self._is_inside(base):
                return []
            found = (path for path in sorted(base.rglob("*")) if path.suffix in _EXTENSIONS[1:])
            return [path.relative_to(base).with_suffix("").as_posix() for path in found]
        except OSError:
            return []

    def _file(self, path: str) -> Path | None:
        if self.root is None or ".." in path.split("/"):
            return None
        file = self.root / path
        try:
            return file if file.is_file() and self._is_inside(file) else None
        except (OSError, ValueError):
            return None

    def _is_inside(self, file: Path) -> bool:
        """Whether a file is in the vault wherever links on the way lead."""
        return self.root is not None and file.resolve().is_relative_to(self.root.resolve())


def _read(file: Path, name: str) -> str:
    try:
        return decode(read_file(file, MAX_TEMPLATE_BYTES))[0]
    except TooLargeError:
        raise TemplateMissingError(f"the template “{name}” is too large") from None
    except OSError as error:
        raise TemplateMissingError(f"the template “{name}” cannot be read: {error.strerror}") from None
