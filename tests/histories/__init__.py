"""Histories: random things that happen to vaults and servers, and the law that what is told depends on how it ends."""
