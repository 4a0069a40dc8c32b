"""Parts of `vision.read`: the engine leased, lines in reading order, tables, and the trial with known texts."""
