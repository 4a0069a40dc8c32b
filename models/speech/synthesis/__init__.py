"""From text to speech: sentences with their languages, phonemes, voices, and what makes one sound of them."""
