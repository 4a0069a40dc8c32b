"""The field of vision: pictures and videos."""
