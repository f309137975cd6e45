"""URLs: the canonical form of a web address, so that two spellings of one resource are equal."""
