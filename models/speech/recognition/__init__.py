"""Parts of the recognition of speech."""
