"""Whether something answers soon, asked in a thread of its own: who asks waits no longer than a moment, whatever hangs."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

PATIENCE_SECONDS = 1.5


@dataclass(slots=True)
class _Question:
    """One that was put; ``is_answered`` is what came of it once it is ``over``."""

    over: threading.Event = field(default_factory=threading.Event)
    is_answered: bool = False


@dataclass(slots=True)
class Answering:
    """Puts one question at a time with ``ask``, which raises when there is no answer. Thread-safe."""

    ask: Callable[[], object]
    patience_seconds: float = PATIENCE_SECONDS
    _present: _Question | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answers(self) -> bool:
        """Say whether there is an answer soon; one that is waited for already is not asked for again."""
        with self._lock:
            question = self._present
            if question is None or question.over.is_set():
                question = self._present = _Question()
                threading.Thread(target=self._put, args=(question,), name="asking the store", daemon=True).start()
        return question.over.wait(self.patience_seconds) and question.is_answered

    def _put(self, question: _Question) -> None:
        try:
            self.ask()
            question.is_answered = True
        except Exception:
            question.is_answered = False
        finally:
            question.over.set()
