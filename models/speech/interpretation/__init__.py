"""From speech in one language to speech in another."""
