"""The parts of following: trackers, lines and zones, rules and alarms, measuring, what is shown."""
