"""Common keys: the frontmatter keys that many programs write, folded, by the type of their values."""

from __future__ import annotations

DATE_KEYS = frozenset(
    (
        *("date", "created", "modified", "updated", "due", "deadline", "scheduled", "lastmod", "last_modified"),
        *("created_at", "updated_at", "date_created", "date_modified", "date-created", "date-modified"),
        *("date created", "date modified", "due_date", "due-date", "duedate", "birthday"),
    )
)
"""Keys, folded, whose values are dates whatever the program."""
ALIAS_KEYS = frozenset(("aliases", "alias"))
TAG_KEYS = frozenset(("tags", "tag"))

KNOWN_KEYS = frozenset(
    (
        *(
            "abstract",
            "alias",
            "aliases",
            "author",
            "authors",
            "banner",
            "categories",
            "category",
            "class",
            "color",
            "comments",
            "cover",
        ),
        *(
            "created",
            "cssclass",
            "cssclasses",
            "date",
            "dates",
            "deadline",
            "desc",
            "description",
            "draft",
            "due",
            "excerpt",
            "icon",
            "id",
            "image",
        ),
        *(
            "keywords",
            "kind",
            "label",
            "lang",
            "language",
            "lastmod",
            "layout",
            "license",
            "link",
            "links",
            "modified",
            "name",
            "notes",
            "number",
        ),
        *(
            "order",
            "parent",
            "permalink",
            "priority",
            "project",
            "publish",
            "published",
            "rating",
            "related",
            "review",
            "series",
            "slug",
        ),
        *(
            "source",
            "sources",
            "stage",
            "start",
            "state",
            "stats",
            "status",
            "subtitle",
            "summary",
            "tag",
            "tags",
            "template",
            "theme",
            "time",
        ),
        *(
            "title",
            "titles",
            "topic",
            "topics",
            "type",
            "types",
            "up",
            "updated",
            "url",
            "urls",
            "version",
            "weight",
            "year",
        ),
    )
)
"""Keys that are words of their own, whatever they look like."""
