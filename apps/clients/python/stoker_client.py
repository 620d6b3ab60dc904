"""A client of Stoker, the cache warmer, in one file and with nothing but the standard library (Python 3.9 or newer).

    from stoker_client import Stoker

    stoker = Stoker()                                # http://127.0.0.1:8003, or what STOKER_SERVER says
    stoker.track("/products/17", "hit", cache="pages", subject="session 4711")
    report = stoker.warm(cache="pages", strategy="popular", limit=1000)
    print(report["warmed"], "of", report["selected"])

``track`` costs the caller a few microseconds: accesses wait in a bounded queue, from which a thread of the client's own
sends them in batches. When the queue is full, or the server stays away for long, accesses are dropped and counted
(``stoker.tracking``); the caller is never held up and never sees an error for it. Everything else is a question to the
server: it blocks, has a deadline, and raises one of the exceptions below.

Where the server is: ``http://HOST:PORT``, ``https://HOST:PORT`` or ``unix:PATH``. The token that changes need: the
argument ``token``, a file named by ``token_file``, or the environment's STOKER_TOKEN. A Unix socket needs none; its file
permissions are the authentication. Nor does a client with a certificate that the server takes (``cert_file``,
``key_file``); ``ca_file`` holds the authorities that a server may have its own from.

Answers are the server's JSON as dictionaries, field by field as ``GET /openapi.json`` describes them: times are RFC 3339
strings or None, durations are seconds in fields that end in ``_s``, and what is not known is None. A key may be ``str``
or ``bytes``; one that is not UTF-8 comes back as ``key_base64``.

Threads: every method may be called from any thread. Processes: after a fork, the child starts with an empty queue and a
thread of its own, and the parent's queue stays the parent's.
"""

from __future__ import annotations

import atexit
import base64
import collections
import http.client
import json
import logging
import os
import socket
import ssl
import threading
import time
import weakref
from dataclasses import dataclass
from typing import Any, Callable, Deque, Dict, Iterable, List, Mapping, Optional, Sequence, Union
from urllib.parse import quote, urlencode, urlsplit

__version__ = "0.1.0"
__all__ = [
    "Stoker", "Tracking", "StokerError", "Unreachable", "TimedOut", "Unauthorized", "NotFound", "Busy", "Refused",
    "RunFailed",
]

Key = Union[str, bytes]
Json = Dict[str, Any]

DEFAULT_SERVER = "http://127.0.0.1:8003"
OUTCOMES = ("hit", "miss", "first_use", "late")
MAX_KEY_BYTES = 64 * 1024

# The server closes a connection on which nothing was asked for five seconds.
_IDLE_S = 3.0
_MAX_ANSWER_BYTES = 256 << 20
# A request is refused beyond 4 MiB, or 10,000 accesses.
_MAX_BATCH_BYTES = 2 << 20
_MAX_BATCH = 10_000
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 5.0

_log = logging.getLogger("stoker")


class StokerError(Exception):
    """Whatever went wrong between this client and a Stoker server. Its text says what, and what to do."""


class Unreachable(StokerError):
    """No server answers there: it is not running, or listens elsewhere."""


class TimedOut(StokerError):
    """The server, or a run, took longer than the deadline. A run goes on all the same."""


class Refused(StokerError):
    """The server did not take the request.

    ``status`` is that of HTTP, ``code`` is for programs ("no_such_strategy"), and for a request that can't be taken
    ``field`` and ``expected`` say which part of it, and what it should have been.
    """

    def __init__(self, text: str, problem: Mapping[str, Any]) -> None:
        super().__init__(text)
        self.status: int = int(problem.get("status") or 0)
        self.code: str = str(problem.get("code") or "")
        self.field: str = str(problem.get("field") or "")
        self.expected: str = str(problem.get("expected") or "")


class Unauthorized(Refused):
    """The token is missing or wrong, or this server lets nobody do this from here."""


class NotFound(Refused):
    """There is no such cache, strategy, run or plan."""


class Busy(Refused):
    """Not now: too many requests, a run of the cache is under way, or the engine can't answer. Try again later."""

    def __init__(self, text: str, problem: Mapping[str, Any], retry_after_s: float) -> None:
        super().__init__(text, problem)
        self.retry_after_s = retry_after_s


class RunFailed(Refused):
    """A run that the server had begun could not be made."""


@dataclass(frozen=True)
class Tracking:
    """What became of accesses so far. ``recorded == sent + dropped + refused + waiting``, in any moment of rest."""

    recorded: int  # given to track()
    sent: int  # taken by the server
    dropped: int  # lost: the queue was full, or the client was closed before they could be sent
    refused: int  # not taken by the server, such as accesses of a cache that it does not have
    waiting: int  # in the queue, or on their way
    last_error: str  # why sending failed last; empty when it works


class Stoker:
    """A connection to one server; see the module's text.

    ``timeout`` is the deadline of each question in seconds. ``batch`` and ``interval`` bound how long accesses wait: a
    batch is sent when so many wait, or after so many seconds. ``queue`` is how many may wait at once.
    """

    def __init__(
        self,
        server: Optional[str] = None,
        token: Optional[str] = None,
        *,
        token_file: Optional[str] = None,
        timeout: float = 10.0,
        ca_file: Optional[str] = None,
        cert_file: Optional[str] = None,
        key_file: Optional[str] = None,
        batch: int = 500,
        interval: float = 0.25,
        queue: int = 20_000,
    ) -> None:
        if not 1 <= batch <= _MAX_BATCH:
            raise ValueError(f"batch must be from 1 to {_MAX_BATCH}, and is {batch}")
        if queue < 1 or interval <= 0 or timeout <= 0:
            raise ValueError("queue, interval and timeout must be greater than 0")
        self.server = server or os.environ.get("STOKER_SERVER") or DEFAULT_SERVER
        self._wire = _Wire(self.server, _token_of(token, token_file), timeout, ca_file, cert_file, key_file)
        self._tracker = _Tracker(self._wire, batch, interval, queue)

    def __enter__(self) -> "Stoker":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Accesses.

    def track(
        self,
        key: Key,
        outcome: str = "miss",
        *,
        cache: Optional[str] = None,
        size: Optional[int] = None,
        cost_s: Optional[float] = None,
        subject: Optional[str] = None,
        kind: Optional[str] = None,
        with_keys: Sequence[Key] = (),
        tags: Optional[Iterable[str]] = None,
        attributes: Optional[Mapping[str, float]] = None,
        immediate: bool = False,
    ) -> None:
        """Tell that a user asked for ``key``, and whether the host's cache had it ("hit") or not ("miss").

        ``size`` is that of the value in bytes and ``cost_s`` how long a miss took to load. ``subject`` is the user,
        session or tenant whose accesses belong together, ``kind`` what the key is to it. ``with_keys`` were used
        together with this one. ``tags`` and ``attributes`` describe the key, and replace what was said of it before.

        With ``immediate`` it is sent now, and errors are raised; else it is queued. Raises ValueError for an access
        that no server could take.
        """
        access = _access(key, outcome, cache, size, cost_s, subject, kind, with_keys, tags, attributes)
        if immediate:
            self._wire.ask("POST", "/track", body=access)
        else:
            self._tracker.add(access)

    def flush(self, timeout: float = 5.0) -> bool:
        """Send what waits. True when nothing waits any more; False when the server did not take it in time."""
        return self._tracker.flush(timeout)

    @property
    def tracking(self) -> Tracking:
        """What became of the accesses given to track()."""
        return self._tracker.counts()

    def close(self, timeout: float = 2.0) -> None:
        """Send what waits, for so long at most; the rest is dropped and counted. Called at exit by itself."""
        self._tracker.close(timeout)
        self._wire.close()

    # What is.

    def status(self) -> Json:
        """The state of the whole engine: caches, warmers, schedules, origins, memory, history."""
        return self._wire.ask("GET", "/warming/status")

    def stats(self, cache: Optional[str] = None) -> Json:
        """Statistics of caches and their warmers, of all or of one."""
        return self._wire.ask("GET", "/warming/stats", {"cache": cache})

    def patterns(self, cache: Optional[str] = None) -> Json:
        """Patterns of use over all keys: totals, accesses by UTC hour, top and trending keys."""
        return self._wire.ask("GET", "/warming/patterns", {"cache": cache})

    def top(
        self,
        by: str = "popular",
        *,
        cache: Optional[str] = None,
        limit: int = 100,
        window_s: Optional[float] = None,
        hour: Optional[int] = None,
        tag: Optional[str] = None,
        match: Sequence[str] = (),
    ) -> List[Json]:
        """Keys by a ranking, first ones first: "popular", "recent", "trending", "hour_of_day", "due".

        ``window_s``: how far back (trending) or ahead (due). ``hour``: which, UTC. ``match``: globs, any of them.
        """
        query = {"by": by, "cache": cache, "limit": limit, "window_s": window_s, "hour": hour, "tag": tag, "match": list(match)}
        return self._wire.ask("GET", "/warming/top", query)["keys"]

    def strategies(self, cache: Optional[str] = None) -> List[Json]:
        """What a cache can be warmed by, with parameters."""
        return self._wire.ask("GET", "/warming/strategies", {"cache": cache})["strategies"]

    def report(self, cache: Optional[str] = None, run: int = 0) -> Json:
        """What a run came to, with what has come of it since; 0: the latest."""
        return self._wire.ask("GET", "/warming/report", {"cache": cache, "run": run})

    def health(self) -> Json:
        """Part by part: is it well?"""
        return self._wire.ask("GET", "/warming/health")

    def ready(self) -> bool:
        """Is every cache warm, or the deadline for it past? For readiness probes of the host."""
        status, _, _ = self._wire.exchange("GET", "/readyz", b"", {}, self._wire.timeout)
        return status == 200

    # What is to be done.

    def plan(
        self,
        *,
        cache: Optional[str] = None,
        strategy: Union[str, Sequence[str], None] = None,
        limit: int = 0,
        policy: Optional[str] = None,
        budget_mb: Optional[float] = None,
        parameters: Optional[Mapping[str, Union[str, float, bool]]] = None,
        save: bool = False,
        items: Optional[int] = None,
    ) -> Json:
        """What ``warm`` with the same arguments would do, and why; nothing is loaded.

        ``save`` keeps the plan at the server; its ``id`` can be given to ``warm``. ``items`` bounds what is listed.
        """
        body = _run_request(cache, strategy, limit, policy, budget_mb, parameters)
        if save:
            body["save"] = True
        return self._wire.ask("POST", "/warming/plan", {"items": items}, body)

    def warm(
        self,
        *,
        cache: Optional[str] = None,
        strategy: Union[str, Sequence[str], None] = None,
        limit: int = 0,
        policy: Optional[str] = None,
        budget_mb: Optional[float] = None,
        parameters: Optional[Mapping[str, Union[str, float, bool]]] = None,
        plan: Optional[str] = None,
        reason: str = "python client",
        wait: bool = True,
        timeout: float = 3600.0,
        progress: Optional[Callable[[Json], None]] = None,
    ) -> Json:
        """Warm a cache, by a strategy or several, or run a plan that was kept (``plan``, its id).

        ``limit``: keys at most; 0: what the budget takes. ``policy``: "balanced", "conservative", "aggressive",
        "adaptive" or "priority". With ``wait``, the report of the run; ``progress`` is called now and then with
        ``{"done", "total", "phase", "phases", "bytes"}``. Without, the run's state: ``location`` says where to look.
        Raises TimedOut when the run is not over in time; it goes on, and ``report`` will tell of it.
        """
        body = {"plan": plan} if plan else {**_run_request(cache, strategy, limit, policy, budget_mb, parameters), "reason": reason}
        return self._run("/warming/warm", body, wait, timeout, progress)

    def warm_user(self, user: str, *, cache: Optional[str] = None, force: bool = False, wait: bool = True, timeout: float = 60.0) -> Json:
        """Warm the recent keys of a user or session; once in five minutes, unless forced."""
        body = _without_none({"id": user, "cache": cache, "force": force})
        return self._run("/warming/warm_user", body, wait, timeout, None)

    def start(self, *, interval_s: Optional[float] = None, caches: Sequence[str] = (), strategy: Optional[str] = None, adaptive: bool = False) -> Json:
        """Start background warming; replaces what was started before. The schedules that are kept from now on."""
        body = _without_none({"interval_s": interval_s, "caches": list(caches) or None, "strategy": strategy, "adaptive": adaptive or None})
        return self._wire.ask("POST", "/warming/start", body=body)

    def stop(self, patience_s: float = 0.0) -> Json:
        """Begin no more runs; wait so long for those under way."""
        return self._wire.ask("POST", "/warming/stop", body={"patience_s": patience_s}, extra_s=patience_s)

    def rollback(self, cache: Optional[str] = None, run: int = 0) -> Json:
        """Remove what a run put in and nobody used or changed since; 0: the latest run."""
        return self._wire.ask("POST", "/warming/rollback", body=_without_none({"cache": cache, "run": run}))

    def invalidate(self, keys: Iterable[Key] = (), *, tags: Iterable[str] = (), cache: Optional[str] = None) -> Json:
        """Drop entries by key or tag, wherever the cache stands; fills that are under way lose to it."""
        body = _without_none({"cache": cache, "keys": [_key_name(key) for key in keys] or None, "tags": list(tags) or None})
        return self._wire.ask("POST", "/warming/invalidate", body=body)

    def _run(self, path: str, body: Json, wait: bool, timeout: float, progress: Optional[Callable[[Json], None]]) -> Json:
        deadline = time.monotonic() + timeout
        # With progress to tell of, the state is asked for from the start.
        patience = {"wait": False} if not wait or progress else {"wait_s": min(timeout, self._wire.timeout / 2)}
        answer = self._wire.ask("POST", path, body={**body, **patience})
        pause = 0.05
        while wait and "state" in answer:
            if answer["state"] == "completed":
                return answer["report"]
            if answer["state"] == "failed":
                problem = answer.get("problem") or {}
                raise RunFailed(str(problem.get("detail") or "the run failed"), problem)
            if progress and answer.get("progress"):
                progress(answer["progress"])
            if time.monotonic() >= deadline:
                raise TimedOut(f"the run is not over after {timeout:g} s; it goes on: GET {answer['location']} tells how far it is")
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(pause * 1.5, 1.0)
            answer = self._wire.ask("GET", answer["location"])
        return answer


# Requests.


def _without_none(fields: Mapping[str, Any]) -> Json:
    return {name: value for name, value in fields.items() if value is not None}


def _run_request(cache, strategy, limit, policy, budget_mb, parameters) -> Json:
    strategies = [strategy] if isinstance(strategy, str) else list(strategy or [])
    return _without_none({
        "cache": cache,
        "strategies": strategies or None,
        "limit": limit or None,
        "policy": policy,
        "budget_bytes": int(budget_mb * (1 << 20)) if budget_mb else None,
        "parameters": dict(parameters) if parameters else None,
    })


def _key_name(key: Key) -> Union[str, Json]:
    if isinstance(key, str):
        return key
    try:
        return key.decode("utf-8")
    except UnicodeDecodeError:
        return {"key_base64": base64.b64encode(key).decode("ascii")}


def _key_fields(key: Key) -> Json:
    if not isinstance(key, (str, bytes)):
        raise ValueError(f"a key must be str or bytes, and is {type(key).__name__}")
    size = len(key.encode("utf-8", "surrogatepass") if isinstance(key, str) else key)
    if not 1 <= size <= MAX_KEY_BYTES:
        raise ValueError(f"a key must have 1 to {MAX_KEY_BYTES} bytes, and has {size}")
    name = _key_name(key)
    return {"key": name} if isinstance(name, str) else dict(name)


def _access(key, outcome, cache, size, cost_s, subject, kind, with_keys, tags, attributes) -> Json:
    if outcome not in OUTCOMES:
        raise ValueError(f"outcome must be one of {', '.join(OUTCOMES)}, and is {outcome!r}")
    access = _key_fields(key)
    access["outcome"] = outcome
    if cache is not None:
        access["cache"] = cache
    if size:
        access["bytes"] = min(int(size), 0xFFFFFFFF)
    if cost_s:
        access["cost_us"] = min(int(cost_s * 1e6), 0xFFFFFFFF)
    if subject is not None:
        access["subject"] = subject
    if kind is not None:
        access["kind"] = kind
    if with_keys:
        access["co_accessed"] = [_key_name(other) for other in with_keys]
    if tags is not None:
        access["tags"] = list(tags)
    if attributes is not None:
        access["attributes"] = dict(attributes)
    return access


# The wire.


def _token_of(token: Optional[str], token_file: Optional[str]) -> str:
    if token is not None:
        return token
    if token_file is not None:
        try:
            with open(token_file, encoding="utf-8") as file:
                return file.read().strip()
        except OSError as failure:
            raise StokerError(f"the token can't be read from {token_file}: {failure.strerror}; "
                              "run as a user who may read it, or give the token itself") from failure
    return os.environ.get("STOKER_TOKEN", "")


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


class _Wire:
    """Questions and answers over HTTP, each thread over a kept connection of its own."""

    def __init__(
        self, server: str, token: str, timeout: float, ca_file: Optional[str], cert_file: Optional[str], key_file: Optional[str]
    ) -> None:
        self.server = server
        self.timeout = timeout
        self._token = token
        self._threads = threading.local()
        self._open: "weakref.WeakSet[http.client.HTTPConnection]" = weakref.WeakSet()
        self._connect = self._connector(server, ca_file, cert_file, key_file)

    @staticmethod
    def _connector(
        server: str, ca_file: Optional[str] = None, cert_file: Optional[str] = None, key_file: Optional[str] = None
    ) -> Callable[[float], http.client.HTTPConnection]:
        if server.startswith("unix:"):
            path = server[len("unix:"):]
            return lambda timeout: _UnixConnection(path, timeout)
        parts = urlsplit(server)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/"):
            raise ValueError(f"the server must be http://HOST:PORT, https://HOST:PORT or unix:PATH, and is {server!r}")
        host, port = parts.hostname, parts.port or 8003
        if parts.scheme == "http":
            return lambda timeout: http.client.HTTPConnection(host, port, timeout=timeout)
        context = ssl.create_default_context(cafile=ca_file)
        if cert_file:
            context.load_cert_chain(cert_file, key_file)
        return lambda timeout: http.client.HTTPSConnection(host, port, timeout=timeout, context=context)

    def ask(self, method: str, path: str, query: Optional[Mapping[str, Any]] = None, body: Optional[Json] = None, extra_s: float = 0.0) -> Any:
        """One question; the answer's JSON. Raises what is below StokerError."""
        given = _without_none(query or {})
        if given:
            path += "?" + urlencode(given, doseq=True, quote_via=quote)
        data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json"} if body is not None else {}
        status, retry_after, text = self.exchange(method, path, data, headers, self.timeout + extra_s)
        try:
            answer = json.loads(text) if text else {}
        except ValueError:
            answer = {"detail": text[:200].decode("utf-8", "replace")}
        if 200 <= status < 300:
            return answer
        raise self._problem(status, retry_after, answer if isinstance(answer, dict) else {})

    def exchange(self, method: str, path: str, data: bytes, headers: Mapping[str, str], timeout: float):
        """Status, Retry-After and body. A kept connection may have been closed by the server: a read is asked again."""
        for attempt in (1, 2):
            connection, kept = self._connection(timeout)
            try:
                connection.request(method, path, body=data or None, headers=self._headers(headers))
                response = connection.getresponse()
                text = response.read(_MAX_ANSWER_BYTES)
            except (OSError, http.client.HTTPException) as failure:
                self.drop()
                if attempt == 1 and kept and method == "GET" and not isinstance(failure, socket.timeout):
                    continue
                raise self._failure(failure, timeout) from failure
            self._threads.used = time.monotonic()
            if response.will_close:
                self.drop()
            return response.status, response.getheader("Retry-After"), text
        raise AssertionError("unreachable")

    def _headers(self, more: Mapping[str, str]) -> Dict[str, str]:
        headers = {"Accept": "application/json", "User-Agent": f"stoker-python/{__version__}", **more}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        return headers

    def _connection(self, timeout: float):
        held = self._threads
        fresh = getattr(held, "connection", None) is not None and held.pid == os.getpid() and time.monotonic() - held.used < _IDLE_S
        if fresh:
            held.connection.timeout = timeout
            if held.connection.sock is not None:
                held.connection.sock.settimeout(timeout)
            return held.connection, True
        self.drop()
        held.connection, held.pid, held.used = self._connect(timeout), os.getpid(), time.monotonic()
        self._open.add(held.connection)
        return held.connection, False

    def drop(self) -> None:
        """Close this thread's connection."""
        connection = getattr(self._threads, "connection", None)
        self._threads.connection = None
        if connection is not None:
            connection.close()

    def close(self) -> None:
        """Close every thread's connection. One that is needed again is made anew."""
        for connection in list(self._open):
            connection.close()

    def _failure(self, failure: Exception, timeout: float) -> StokerError:
        if isinstance(failure, socket.timeout):
            return TimedOut(f"the server at {self.server} did not answer within {timeout:g} s; is it overloaded?")
        if isinstance(failure, ssl.SSLError):
            return Unreachable(f"no trusted connection to {self.server}: {failure}; give ca_file when its authority is your own")
        if isinstance(failure, PermissionError):
            return Unreachable(f"may not open {self.server}: run as a user who may use the socket, or over http with a token")
        return Unreachable(f"no Stoker answers at {self.server} ({failure or type(failure).__name__}); "
                           "start one with `stoker serve`, or say where it is: Stoker(\"http://HOST:PORT\") or STOKER_SERVER")

    def _problem(self, status: int, retry_after: Optional[str], problem: Json) -> StokerError:
        problem = {"status": status, **problem}
        text = str(problem.get("detail") or problem.get("title") or f"the server answered {status}")
        if status in (401, 403):
            hint = "" if self._token else "; give its token: Stoker(token=...), token_file=... or STOKER_TOKEN"
            return Unauthorized(text + hint, problem)
        if status == 404:
            return NotFound(text, problem)
        if status == 504:
            return TimedOut(text)
        if status in (409, 429, 503):
            return Busy(text, problem, float(retry_after) if retry_after and retry_after.isdigit() else 1.0)
        return Refused(text, problem)


# Accesses in the background.


class _Tracker:
    """A bounded queue, and the thread that empties it in batches, in order."""

    def __init__(self, wire: _Wire, batch: int, interval: float, queue: int) -> None:
        self._wire = wire
        self._batch = batch
        self._interval = interval
        self._room = queue
        self._begin()
        _trackers.add(self)

    def _begin(self) -> None:
        self._changed = threading.Condition()
        self._queue: Deque[Json] = collections.deque()
        self._thread: Optional[threading.Thread] = None
        self._on_the_way = 0
        self._recorded = self._sent = self._dropped = self._refused = 0
        self._last_error = ""
        self._urgent = False
        self._closing = False
        self._give_up_at = float("inf")

    def add(self, access: Json) -> None:
        with self._changed:
            self._recorded += 1
            if self._closing or len(self._queue) + self._on_the_way >= self._room:
                self._dropped += 1
                return
            self._queue.append(access)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="stoker-track", daemon=True)
                self._thread.start()
            elif len(self._queue) == self._batch:
                self._changed.notify_all()

    def counts(self) -> Tracking:
        with self._changed:
            waiting = len(self._queue) + self._on_the_way
            return Tracking(self._recorded, self._sent, self._dropped, self._refused, waiting, self._last_error)

    def flush(self, timeout: float) -> bool:
        with self._changed:
            self._urgent = True
            self._changed.notify_all()
            return self._changed.wait_for(lambda: not self._queue and self._on_the_way == 0, timeout)

    def close(self, timeout: float) -> None:
        with self._changed:
            self._closing = True
            self._give_up_at = time.monotonic() + timeout
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(timeout + self._wire.timeout)
        with self._changed:
            self._dropped += len(self._queue)
            self._queue.clear()

    def _run(self) -> None:
        pause = _FIRST_PAUSE_S
        while True:
            batch = self._next()
            if not batch:
                return self._wire.drop()
            while not self._send(batch):
                if not self._rest(pause):
                    self._settle(dropped=len(batch))
                    break
                pause = min(pause * 2, _LONGEST_PAUSE_S)
            else:
                pause = _FIRST_PAUSE_S

    def _next(self) -> List[Json]:
        """The next batch; empty: the client was closed, and nothing waits or there is no more time."""
        with self._changed:
            self._changed.wait_for(lambda: self._queue or self._closing)
            self._changed.wait_for(lambda: len(self._queue) >= self._batch or self._urgent or self._closing, self._interval)
            if time.monotonic() >= self._give_up_at:
                return []
            size, batch = 0, []
            while self._queue and len(batch) < self._batch and size < _MAX_BATCH_BYTES:
                batch.append(self._queue.popleft())
                size += 64 + len(batch[-1].get("key", "")) * 4
            self._on_the_way = len(batch)
            return batch

    def _send(self, batch: List[Json]) -> bool:
        """False: try again later."""
        try:
            self._wire.ask("POST", "/track", body={"accesses": batch})
        except (Busy, Unreachable, TimedOut, Unauthorized) as failure:
            self._note(str(failure))
            return False
        except Exception as failure:  # a thread that dies would lose everything that follows
            self._note(str(failure))
            self._settle(refused=len(batch))
            return True
        self._settle(sent=len(batch))
        return True

    def _note(self, text: str) -> None:
        with self._changed:
            news = text != self._last_error
            self._last_error = text
        if news:
            _log.warning("accesses can't be sent: %s", text)

    def _rest(self, pause: float) -> bool:
        """False: there is no time left to try again."""
        with self._changed:
            if not self._closing:
                self._changed.wait_for(lambda: self._closing, pause)
            elif time.monotonic() + pause < self._give_up_at:
                self._changed.wait(pause)
            else:
                return False
            return time.monotonic() < self._give_up_at

    def _settle(self, sent: int = 0, dropped: int = 0, refused: int = 0) -> None:
        with self._changed:
            self._sent += sent
            self._dropped += dropped
            self._refused += refused
            self._on_the_way = 0
            if sent:
                self._last_error = ""
            if not self._queue:
                self._urgent = False
            self._changed.notify_all()

    def after_fork(self) -> None:
        self._begin()


_trackers: "weakref.WeakSet[_Tracker]" = weakref.WeakSet()


def _after_fork() -> None:
    for tracker in list(_trackers):
        tracker.after_fork()


def _at_exit() -> None:
    for tracker in list(_trackers):
        tracker.close(1.0)


os.register_at_fork(after_in_child=_after_fork)
atexit.register(_at_exit)
