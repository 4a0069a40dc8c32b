"""The field of speech."""
