"""Templates: new notes rendered from the user's templates, in a sandbox with limits."""
