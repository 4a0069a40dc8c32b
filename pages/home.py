"""What a newcomer sees first."""

from core.ui import home

home.hero()
home.fields()
home.recent_work()
home.machine()
