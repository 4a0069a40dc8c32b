"""The job centre: what works, what has ended, and the runs that came of it."""

from core.ui import job_centre

job_centre.show()
