"""SQL for users: read-only views, the authorizer, functions and error messages."""
