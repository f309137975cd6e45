"""Dialects: the programs that notes are written for, what each leaves in its folder, and what follows for links.

One row for each program. A folder may hold folders of several programs: that of the nearest folder above a note counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple


class Dialect(NamedTuple):
    """One program, and what it makes of links."""

    name: str
    title: str
    """How the program calls itself."""
    markers: tuple[tuple[str, ...], ...]
    """What it leaves in its folder: in one of these rows every path is there, relative to that folder."""
    profile: str = ""
    """The profile of links that a folder has for it; empty where it asks for none."""
    makes_pages: bool = False
    """It makes a site with addresses that no file shows: lists of tags, permalinks, languages, pages of plugins."""
    makes_labels: bool = False
    """``[text][name]`` may mean a place of any page, or of code that pages are made of."""
    on_demand: bool = False
    """A wiki link is all that a page needs: one without a file is as good as any."""
    hidden: tuple[str, ...] = ()
    """What it keeps in its folder that is no note, as lines of gitignore(5)."""


_SCRIPTS = ("js", "mjs", "cjs", "ts", "mts")


def _configs(stem: str) -> tuple[tuple[str, ...], ...]:
    return tuple((f"{stem}.{extension}",) for extension in _SCRIPTS)


DIALECTS = (
    Dialect("obsidian", "Obsidian", ((".obsidian",),), profile="obsidian"),
    Dialect("zk", "zk", ((".zk/config.toml",),), profile="zk"),
    Dialect("marksman", "marksman", ((".marksman.toml",),), profile="marksman"),
    Dialect("dendron", "Dendron", (("dendron.yml",),), profile="github"),
    Dialect(
        "logseq", "Logseq", (("logseq/config.edn",),), on_demand=True, hidden=("/logseq/bak/", "/logseq/.recycle/")
    ),
    Dialect("wiki", "GitHub or GitLab wiki", (("Home.md", "_Sidebar.md"), ("Home.md", "_Footer.md")), profile="github"),
    Dialect("zola", "Zola", (("config.toml", "content", "templates"), ("zola.toml",)), makes_pages=True),
    Dialect(
        "hugo",
        "Hugo",
        (
            ("hugo.toml",),
            ("hugo.yaml",),
            ("hugo.yml",),
            ("hugo.json",),
            ("config/_default",),
            *((f"config.{extension}", "content") for extension in ("toml", "yaml", "yml", "json")),
        ),
        makes_pages=True,
    ),
    Dialect("jekyll", "Jekyll or Hexo", (("_config.yml",), ("_config.yaml",), ("_config.toml",)), makes_pages=True),
    Dialect(
        "mkdocs", "MkDocs", (("mkdocs.yml",), ("mkdocs.yaml",), ("zensical.toml",)), makes_pages=True, makes_labels=True
    ),
    Dialect("quarto", "Quarto", (("_quarto.yml",), ("_quarto.yaml",), ("_bookdown.yml",)), makes_pages=True),
    Dialect("mdbook", "mdBook or GitBook", (("book.toml",), (".gitbook.yaml",), ("book.json",)), makes_pages=True),
    Dialect(
        "docusaurus",
        "Docusaurus",
        # The notes of a site may be beside its folder.
        (*_configs("docusaurus.config"), *_configs("website/docusaurus.config")),
        makes_pages=True,
    ),
    Dialect("vitepress", "VitePress or VuePress", ((".vitepress",), (".vuepress",)), makes_pages=True),
    Dialect("astro", "Astro", _configs("astro.config"), makes_pages=True),
    Dialect("eleventy", "Eleventy", ((".eleventy.js",), *_configs("eleventy.config")), makes_pages=True),
    Dialect("quartz", "Quartz", _configs("quartz.config"), makes_pages=True),
    Dialect("gatsby", "Gatsby", _configs("gatsby-config"), makes_pages=True),
    Dialect("next", "Next.js or Nuxt", (*_configs("next.config"), *_configs("nuxt.config")), makes_pages=True),
    Dialect("svelte", "SvelteKit", _configs("svelte.config"), makes_pages=True),
    Dialect(
        "sphinx",
        "Sphinx or MyST",
        (("conf.py", "index.md"), ("conf.py", "index.rst"), ("myst.yml",), ("_toc.yml", "_config.yml")),
        makes_pages=True,
    ),
    Dialect("docsify", "docsify", (("index.html", "_sidebar.md"),), makes_pages=True),
)
"""Every program that is known by what it leaves, the first of which counts where several left something."""

ROOTS = ("", "static", "public", "assets", "docs", "src", "content", "source", "_posts")
"""Where below its folder a program has what ``/`` leads to."""


class Seen(NamedTuple):
    """A program that left something in a folder."""

    dialect: Dialect
    evidence: str
    """The path of what it left, relative to the vault's root."""


def seen_in(folder: str, exists: Callable[[str], bool]) -> Iterator[Seen]:
    """The programs that left something in a folder, in the order of the table.

    ``exists`` says whether a path, relative to the vault's root, is there on disk, ignored or not.
    """
    for dialect in DIALECTS:
        for marker in dialect.markers:
            paths = [f"{folder}/{path}" if folder else path for path in marker]
            if all(map(exists, paths)):
                yield Seen(dialect, paths[0])
                break


def folders_above(path: str) -> Iterator[str]:
    """The folder of a note and those above it, up to the vault's root and the folder that holds it."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path
    yield ""
    yield ".."


def seen_above(path: str, exists: Callable[[str], bool]) -> Seen | None:
    """The program that the note at ``path`` is written for: that of the nearest folder where one left something."""
    for folder in folders_above(path):
        found = next(seen_in(folder, exists), None)
        if found is not None:
            return found
    return None
