"""Structure: symbols, folding ranges, selection ranges, semantic tokens and inlay hints."""
