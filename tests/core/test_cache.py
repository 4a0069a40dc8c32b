"""The lease: loaded once, used by one, evicted when idle. Each promise is checked with and without the lock."""

import threading
import time
from collections.abc import Callable

import pytest

from core import cache
from core.cache import Shelf
from core.contracts import BusyError

CALLERS = 50


class NoLock:
    """A lock that does not lock."""

    def acquire(self, timeout: float = -1) -> bool:
        return True

    def release(self) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


class SlowDict(dict):
    """Widens the gap between looking and putting, so that a missing lock shows every time."""

    def get(self, key, default=None):
        found = super().get(key, default)
        time.sleep(0.001)
        return found


class Model:
    """Counts how many use it at once."""

    def __init__(self) -> None:
        self.now = self.most = 0
        self.closed = False
        self._count = threading.Lock()

    def work(self, seconds: float = 0.001) -> None:
        with self._count:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(seconds)
        with self._count:
            self.now -= 1

    def close(self) -> None:
        self.closed = True


def at_once(count: int, work: Callable[[], object]) -> list[object]:
    """Runs `work` in `count` threads that start together; returns what each returned or raised."""
    barrier, answers = threading.Barrier(count), []

    def one() -> None:
        barrier.wait()
        try:
            answers.append(work())
        except Exception as error:
            answers.append(error)

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def storm(shelf: Shelf, concurrent: bool = False) -> tuple[int, int]:
    """Fifty first callers: how often was it loaded, and how many used one model at once?"""
    shelf._entries, made = SlowDict(), []

    def loader() -> Model:
        time.sleep(0.02)
        made.append(Model())
        return made[-1]

    def use() -> None:
        with shelf.lease("m", loader, concurrent=concurrent) as model:
            model.work()

    assert at_once(CALLERS, use) == [None] * CALLERS
    return len(made), max(m.most for m in made)


def test_fifty_first_callers_load_once_and_take_turns():
    assert storm(Shelf()) == (1, 1)


def test_without_the_lock_on_the_shelf_it_is_seen_to_load_more_than_once():
    shelf = Shelf()
    shelf._lock = NoLock()
    assert storm(shelf)[0] > 1


def test_without_the_lock_on_the_model_it_is_seen_to_be_shared(monkeypatch):
    shelf = Shelf()
    monkeypatch.setattr(cache, "Lock", NoLock)
    loads, together = storm(shelf)
    assert loads == 1
    assert together > 1


def test_concurrent_leases_load_once_and_overlap():
    loads, together = storm(Shelf(), concurrent=True)
    assert loads == 1
    assert together > 1


def test_a_failed_load_reaches_all_who_wait_and_can_be_tried_again():
    shelf, tries = Shelf(), []

    def broken() -> Model:
        tries.append(1)
        time.sleep(0.1)
        raise OSError("disk")

    def use() -> None:
        with shelf.lease("m", broken):
            pass

    answers = at_once(8, use)
    assert [type(a) for a in answers] == [OSError] * 8
    assert len(tries) == 1
    with shelf.lease("m", Model) as model:
        assert isinstance(model, Model)


def test_a_loader_that_times_out_by_itself_is_not_called_busy():
    def slow_disk() -> Model:
        raise TimeoutError("disk")

    with pytest.raises(TimeoutError), Shelf().lease("m", slow_disk):
        pass


def test_a_session_that_is_stopped_while_loading_does_not_stop_the_others():
    class Stopped(BaseException):
        pass

    shelf, first = Shelf(), threading.Event()

    def loader() -> Model:
        if not first.is_set():
            first.set()
            time.sleep(0.1)
            raise Stopped
        return Model()

    def use() -> str:
        try:
            with shelf.lease("m", loader):
                return "used"
        except Stopped:
            return "stopped"

    assert sorted(at_once(5, use)) == ["stopped"] + ["used"] * 4


def test_busy_after_the_timeout_while_another_holds_it():
    shelf, held, done = Shelf(), threading.Event(), threading.Event()

    def hold() -> None:
        with shelf.lease("m", Model):
            held.set()
            done.wait(10)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(10)
    with pytest.raises(BusyError), shelf.lease("m", Model, timeout=0.05):
        pass
    done.set()
    thread.join(10)
    with shelf.lease("m", Model, timeout=0.05):
        assert shelf.loaded()[0].users == 1


def test_busy_while_another_still_loads():
    shelf, start, finish = Shelf(), threading.Event(), threading.Event()

    def loader() -> Model:
        start.set()
        finish.wait(10)
        return Model()

    def use() -> None:
        with shelf.lease("m", loader):
            pass

    thread = threading.Thread(target=use)
    thread.start()
    start.wait(10)
    with pytest.raises(BusyError), shelf.lease("m", loader, timeout=0.05):
        pass
    finish.set()
    thread.join(10)
    assert [(m.key, m.users) for m in shelf.loaded()] == [("m", 0)]


def test_least_recently_used_goes_first_and_is_closed():
    shelf, models = Shelf(budget=250), {name: Model() for name in "abc"}
    for name in "aba":
        with shelf.lease(name, lambda n=name: models[n], size=100):
            pass
    with shelf.lease("c", lambda: models["c"], size=100):
        pass
    assert {m.key for m in shelf.loaded()} == {"a", "c"}
    assert [models[n].closed for n in "abc"] == [False, True, False]


def test_what_is_leased_is_never_evicted():
    shelf, held, other = Shelf(budget=10), Model(), Model()
    with shelf.lease("held", lambda: held, size=100):
        with shelf.lease("other", lambda: other, size=100):
            pass
        assert not held.closed
        assert "held" in {m.key for m in shelf.loaded()}
    assert held.closed != other.closed  # the last used stays, though it alone is above the budget


def test_an_unstated_size_is_measured():
    shelf = Shelf()
    with shelf.lease("big", lambda: bytearray(b"x" * 80_000_000)):
        assert 60_000_000 < shelf.loaded()[0].size < 120_000_000


def test_the_budget_can_be_set_from_outside(monkeypatch):
    monkeypatch.setenv("PANORAMA_MODEL_MEMORY_MB", "3")
    assert Shelf().budget == 3 * 2**20
    monkeypatch.delenv("PANORAMA_MODEL_MEMORY_MB")
    assert Shelf().budget > 2**28


def test_forget_closes_idle_at_once_and_leased_when_free():
    shelf, idle, leased = Shelf(), Model(), Model()
    with shelf.lease("idle", lambda: idle):
        pass
    shelf.forget("idle")
    assert idle.closed
    with shelf.lease("leased", lambda: leased):
        shelf.forget("leased")
        assert not leased.closed
        with shelf.lease("leased", Model, timeout=0.1) as fresh:
            assert fresh is not leased
    assert leased.closed
    shelf.forget("never there")


def test_a_close_that_fails_harms_nobody():
    class Stubborn:
        def close(self) -> None:
            raise RuntimeError("no")

    shelf = Shelf()
    with shelf.lease("m", Stubborn):
        pass
    shelf.forget("m")
    assert shelf.loaded() == []
