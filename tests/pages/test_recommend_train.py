"""The page of recommending: the sample is there, training starts by a click, and a trained model makes lists."""

from core import jobs
from tests.pages.test_pages import opened


def test_columns_of_the_sample_are_guessed_and_training_starts():
    app = opened("pages/recommend.py", capability="recommend.train", step="data")
    assert not app.exception and not app.error
    chosen = {box.key.split(".")[3]: box.value for box in app.selectbox if box.key.startswith("recommend.train.train.")}
    assert chosen["user"] == "user_id" and chosen["item"] == "item_id" and chosen["target"] == "rating"
    assert chosen["time"] == "timestamp" and chosen["title"] == "title"
    app.button(key="recommend.train.now").click().run()
    assert not app.exception
    job = jobs.all_jobs(1)[0]
    assert job.capability_id == "recommend.train" and job.params["method"] == "all"
    jobs.cancel(job.id)
