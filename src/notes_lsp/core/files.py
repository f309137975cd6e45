"""Files: what a target that nothing answers to was meant as, by its extension alone."""

from __future__ import annotations

ATTACHMENT_EXTENSIONS = frozenset(
    "png jpg jpeg gif bmp svg webp avif tif tiff ico heic pdf epub djvu doc docx xls xlsx ppt pptx odt ods odp rtf txt "
    "csv tsv json jsonl yaml yml toml xml html htm css js ts py rb rs go c h cpp sh lua el tex bib ipynb mp3 wav ogg "
    "flac m4a opus aac 3gp mp4 webm mov mkv avi ogv zip gz tar tgz xz bz2 7z rar canvas base excalidraw org sql log "
    "ics vcf psd ai key pages numbers".split()
)
"""Extensions of files that are not notes. A note called ``Node.js`` is found before anybody asks."""


def is_attachment(target: str) -> bool:
    """Whether a target has an extension of files rather than of notes."""
    bare, dot, extension = target.rsplit("/", 1)[-1].rpartition(".")
    return bool(bare and dot) and extension.lower() in ATTACHMENT_EXTENSIONS
