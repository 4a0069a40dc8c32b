"""The field of finance."""
