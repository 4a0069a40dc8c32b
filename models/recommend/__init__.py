"""The field of recommending."""
