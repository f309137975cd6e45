"""Vault: the verbs about the vault as a whole: check, index, doctor, schema and SQL."""
