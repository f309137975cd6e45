"""Configuration: the settings as values, and how they are read from TOML, JSON and an editor."""
