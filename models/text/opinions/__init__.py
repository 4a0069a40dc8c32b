"""The parts of `text.sentiment`: who answers, how it changes over time, which words and aspects stand behind it."""
