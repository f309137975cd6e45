"""Dependencies: which notes have to be checked again after a change, as keys."""
