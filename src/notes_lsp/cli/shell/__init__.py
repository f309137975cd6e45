"""Shell: what the verbs share: output, formats, filters, arguments, fzf and editors."""
