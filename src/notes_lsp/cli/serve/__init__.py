"""Serving: the verbs that serve an editor, a language model and a shell's completion."""
