"""Navigation: definition, references, highlights, document links, hierarchies and code lenses."""
