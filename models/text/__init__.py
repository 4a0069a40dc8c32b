"""The field `text`: Chinese and English."""
