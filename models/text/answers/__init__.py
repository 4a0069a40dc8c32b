"""Parts of `text.answer`."""
