"""The parts of finding objects: detectors, tiles, what is shown of what was found, training."""
