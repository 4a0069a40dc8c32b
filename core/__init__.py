"""Ground floor: what every capability and every page stands on. Nothing here imports `models` or `pages`."""
