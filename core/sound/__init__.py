"""Sounds as results: encoded, kept, drawn; transcripts as files."""
