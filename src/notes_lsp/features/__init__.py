"""One file, one question, asked at a place in a vault; plain data back."""
