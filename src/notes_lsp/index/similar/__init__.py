"""Similar notes: candidates, term weights and the ranking of related notes."""
