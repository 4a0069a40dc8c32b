"""The parts of `speech.commands`: clips to learn from, changed copies, two small networks, the report, the trial."""
