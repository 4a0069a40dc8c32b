"""Pictures and videos as results: encoded, drawn on, written as films. No interface in here; pages, API and command line share it."""
