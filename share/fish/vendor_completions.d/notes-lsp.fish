# fish completion for notes-lsp; the program writes what fits the version that is installed.
notes-lsp completions fish | source
