"""Parts of `speech.enhance`: noise, methods, measures, several microphones, a network to train."""
