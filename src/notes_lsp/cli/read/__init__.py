"""Reading: the verbs that show, open and export notes."""
