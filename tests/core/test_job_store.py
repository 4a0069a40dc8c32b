"""The rows of the jobs."""

from contextlib import closing

from core.jobs import store


def test_a_file_of_before_units_were_kept_opens_with_its_jobs():
    store.insert("old", "plugin.steps", "run", "", {}, {})
    with closing(store._connect()) as database:
        database.execute("ALTER TABLE jobs DROP COLUMN unit")
    assert store.find("old").unit == ""
    store.insert("new", "plugin.steps", "train", "", {}, {})
    while (claimed := store.claim(9, "local")) and claimed.id != "new":
        pass
    store.finish("new", 1, "done", {"score": 4.6, "unit": "dB", "metric": "SI-SDR"})
    assert (store.find("new").score, store.find("new").unit) == (4.6, "dB")
