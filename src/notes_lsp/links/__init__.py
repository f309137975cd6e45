"""Links: names, anchors, slugs, attachments and broken links, as values; no index and no disk."""
