"""Dates: days, weeks and ranges in names, formats and natural language."""
