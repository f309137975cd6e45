"""The command line, as ``python -m notes_lsp``."""

from notes_lsp.cli.main import main

if __name__ == "__main__":
    main()
