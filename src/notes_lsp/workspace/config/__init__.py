"""Configuration on disk: settings, schemas, templates and queries, read and watched."""
