"""Pictures and videos as results: encoded, drawn on, written as films. Pages, API and command line share it."""
