"""A spoken question and a spoken answer."""
