"""SQLite: the schema, facts in, questions out, full text. The only place with SQL."""
