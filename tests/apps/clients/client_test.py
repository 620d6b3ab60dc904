"""The Python client, against a server that serves an engine."""

import base64
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import stoker_client
from served import TOKEN, Host
from stoker_client import Busy, NotFound, Refused, Stoker, StokerError, TimedOut, Unauthorized, Unreachable

patience_s = 20


def eventually(condition):
    """Asks again until it is true, or patience is over."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = Host(quiet=True)

    @classmethod
    def tearDownClass(cls):
        cls.host.stop()

    def setUp(self):
        self.stoker = Stoker(self.host.url, TOKEN)
        self.addCleanup(self.stoker.close)

    def accesses_of(self, key, cache="quotes"):
        # What was tracked passes through the engine's actors; a ranking may be asked a moment too early.
        return sum(item["count"] for item in self.stoker.top(cache=cache, limit=1000) if item.get("key") == key)

    def test_tracked_accesses_arrive_in_batches(self):
        for _ in range(1200):
            self.stoker.track("EUR/USD", "hit", cache="quotes", subject="desk 4", size=120)
        self.assertTrue(self.stoker.flush(patience_s))
        counts = self.stoker.tracking
        self.assertEqual((counts.recorded, counts.sent, counts.dropped, counts.waiting), (1200, 1200, 0, 0))
        self.assertTrue(eventually(lambda: self.accesses_of("EUR/USD") == 1200))

    def test_one_access_is_sent_without_waiting_for_a_batch(self):
        self.stoker.track("alone", cache="quotes")
        self.assertTrue(eventually(lambda: self.stoker.tracking.sent == 1))

    def test_an_immediate_access_is_there_when_the_call_returns(self):
        self.stoker.track("now", "miss", cache="quotes", cost_s=0.25, tags=["fx"], attributes={"depth": 3}, immediate=True)
        self.assertEqual(self.stoker.tracking.recorded, 0)
        self.assertTrue(eventually(lambda: self.accesses_of("now") == 1))
        item = next(item for item in self.stoker.top(cache="quotes", limit=1000) if item.get("key") == "now")
        self.assertEqual((item["tags"], item["cost_us"]), (["fx"], 250_000))

    def test_a_key_that_is_no_text_comes_back_as_base64(self):
        key = b"\xff\x00binary"
        self.stoker.track(key, cache="quotes", with_keys=[b"\xfe"], immediate=True)
        expected = base64.b64encode(key).decode()
        self.assertTrue(eventually(lambda: any(item.get("key_base64") == expected for item in self.stoker.top(cache="quotes", limit=1000))))

    def test_an_immediate_access_of_no_cache_is_an_error_that_says_so(self):
        with self.assertRaises(NotFound) as caught:
            self.stoker.track("a", cache="nothing", immediate=True)
        self.assertEqual((caught.exception.status, caught.exception.code), (404, "no_such_cache"))

    def test_what_the_server_does_not_take_is_counted_and_does_not_stop_the_rest(self):
        self.stoker.track("a", cache="nothing")
        self.assertTrue(self.stoker.flush(patience_s))
        self.assertEqual(self.stoker.tracking.refused, 1)
        self.assertIn("nothing", self.stoker.tracking.last_error)
        self.stoker.track("a", cache="quotes")
        self.assertTrue(self.stoker.flush(patience_s))
        self.assertEqual((self.stoker.tracking.sent, self.stoker.tracking.last_error), (1, ""))

    def test_accesses_that_no_server_could_take_are_errors_at_once(self):
        for key, outcome in (("", "hit"), ("k" * 65_537, "hit"), (17, "hit"), ("a", "found")):
            with self.subTest(outcome=outcome), self.assertRaises(ValueError):
                self.stoker.track(key, outcome)

    def test_status_tells_of_the_caches(self):
        status = self.stoker.status()
        self.assertEqual([cache["cache"] for cache in status["caches"]], ["pages", "quotes", "reports"])
        self.assertFalse(status["started"])
        self.assertTrue(status["at"].endswith("Z"))

    def test_stats_are_of_one_cache_when_asked_so(self):
        self.assertEqual([cache["cache"] for cache in self.stoker.stats("quotes")["caches"]], ["quotes"])

    def test_patterns_and_rankings_know_what_was_asked_for(self):
        self.assertTrue(eventually(lambda: self.stoker.patterns("pages")["unique_keys"] >= 1))
        self.assertEqual(len(self.stoker.patterns("pages")["hour_of_day"]), 24)
        self.assertEqual(self.stoker.top(cache="pages", match=["nothing like it*"]), [])

    def test_strategies_say_what_they_are_for(self):
        popular = next(strategy for strategy in self.stoker.strategies("pages") if strategy["name"] == "popular")
        self.assertTrue(popular["description"])

    def wanted(self, count):
        """A cache of quotes of which so many keys are known, and none is held."""
        names = [f"wanted {number}" for number in range(count)]
        for name in names:
            for _ in range(3):
                self.stoker.track(name, cache="quotes")
        self.assertTrue(self.stoker.flush(patience_s))
        self.assertTrue(eventually(lambda: self.accesses_of(names[-1]) >= 3))
        self.stoker.invalidate(names, cache="quotes")

    def test_a_plan_says_what_a_run_would_do_and_runs_nothing(self):
        self.wanted(20)
        plan = self.stoker.plan(cache="quotes", strategy="popular", limit=5)
        self.assertEqual(plan["selected"], 5)
        self.assertGreaterEqual(plan["left_out_counts"]["over_limit"], 10)
        self.assertEqual(self.stoker.plan(cache="quotes", strategy="popular", limit=5)["selected"], 5)

    def test_a_run_reports_what_it_came_to_and_can_be_taken_back(self):
        self.wanted(20)
        seen = []
        report = self.stoker.warm(cache="quotes", strategy=["popular"], limit=5, progress=seen.append)
        self.assertEqual((report["outcome"], report["selected"], report["warmed"]), ("completed", 5, 5))
        self.assertEqual(report["reason"], "python client")
        self.assertEqual(self.stoker.report("quotes", report["run"])["warmed"], 5)
        undone = self.stoker.rollback("quotes", report["run"])
        self.assertEqual(undone["removed"] + undone["kept"], 5)

    def test_a_kept_plan_is_run_by_its_id(self):
        self.wanted(8)
        plan = self.stoker.plan(cache="quotes", limit=4, budget_mb=1, policy="conservative", save=True)
        self.assertEqual(self.stoker.warm(plan=plan["id"])["selected"], 4)

    def test_a_run_that_nobody_waits_for_says_where_to_look(self):
        state = self.stoker.warm(cache="quotes", limit=1, wait=False)
        self.assertTrue(state["location"].startswith("/warming/runs/"))

    def test_an_unknown_strategy_is_an_error_that_says_so(self):
        with self.assertRaises(Refused) as caught:
            self.stoker.warm(cache="quotes", strategy="no such thing")
        self.assertIn("no such thing", str(caught.exception))

    def test_background_warming_starts_and_stops(self):
        started = self.stoker.start(interval_s=3600, caches=["quotes"])
        self.assertTrue(started["running"])
        self.assertIn("quotes", [schedule["cache"] for schedule in started["schedules"]])
        self.assertFalse(self.stoker.stop()["running"])

    def test_health_and_readiness_are_told(self):
        self.assertIn(self.stoker.health()["status"], ("ok", "degraded"))
        self.assertIn(self.stoker.ready(), (True, False))

    def test_without_the_token_reading_works_and_changing_says_what_is_missing(self):
        stranger = Stoker(self.host.url, "")
        self.addCleanup(stranger.close)
        self.assertTrue(stranger.status()["caches"])
        with self.assertRaises(Unauthorized) as caught:
            stranger.stop()
        self.assertIn("STOKER_TOKEN", str(caught.exception))
        wrong = Stoker(self.host.url, "some other token of the right length")
        self.addCleanup(wrong.close)
        with self.assertRaises(Unauthorized):
            wrong.stop()

    def test_the_unix_socket_needs_no_token(self):
        local = Stoker(self.host.unix, "")
        self.addCleanup(local.close)
        local.track("over the socket", cache="quotes", immediate=True)
        self.assertTrue(eventually(lambda: self.accesses_of("over the socket") == 1))
        self.assertFalse(local.stop()["running"])

    def test_server_and_token_come_from_the_environment(self):
        path = os.path.join(self.host.folder.name, "token")
        with open(path, "w", encoding="utf-8") as file:
            file.write(TOKEN + "\n")
        os.environ["STOKER_SERVER"] = self.host.url
        self.addCleanup(os.environ.pop, "STOKER_SERVER")
        with Stoker(token_file=path) as named:
            self.assertFalse(named.stop()["running"])
        os.environ["STOKER_TOKEN"] = TOKEN
        self.addCleanup(os.environ.pop, "STOKER_TOKEN")
        with Stoker() as named:
            self.assertFalse(named.stop()["running"])

    def test_a_token_file_that_can_not_be_read_is_named(self):
        with self.assertRaisesRegex(StokerError, "/nowhere/token"):
            Stoker(self.host.url, token_file="/nowhere/token")

    def test_a_kept_connection_that_the_server_closed_is_made_anew(self):
        self.stoker.status()
        held = self.stoker._wire._threads
        held.connection.sock.shutdown(socket.SHUT_RDWR)
        self.assertTrue(self.stoker.status()["caches"])

    def test_a_server_that_is_no_address_is_an_error(self):
        for server in ("localhost:8003", "ftp://localhost", "http://"):
            with self.subTest(server=server), self.assertRaises(ValueError):
                Stoker(server)

    def test_many_threads_may_track_at_once(self):
        threads = [threading.Thread(target=lambda: [self.stoker.track("shared", "hit", cache="quotes") for _ in range(500)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(self.stoker.flush(patience_s))
        self.assertEqual(self.stoker.tracking.sent, 2000)

    def test_a_forked_child_tracks_by_itself(self):
        self.stoker.track("parent", cache="quotes")
        self.assertTrue(self.stoker.flush(patience_s))
        child = os.fork()
        if child == 0:
            code = 1
            try:
                self.stoker.track("child", cache="quotes")
                code = 0 if self.stoker.flush(patience_s) and self.stoker.tracking.sent == 1 else 1
            finally:
                os._exit(code)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 0)
        self.assertTrue(eventually(lambda: self.accesses_of("child") == 1))


class WithoutServerTest(unittest.TestCase):
    def test_a_question_says_that_nobody_answers_and_what_to_do(self):
        with Stoker(f"http://127.0.0.1:{unused_port()}") as nobody, self.assertRaises(Unreachable) as caught:
            nobody.status()
        self.assertIn("stoker serve", str(caught.exception))

    def test_accesses_beyond_the_queue_are_dropped_and_counted_and_never_an_error(self):
        nobody = Stoker(f"http://127.0.0.1:{unused_port()}", queue=100)
        for number in range(250):
            nobody.track(f"key {number}")
        self.assertFalse(nobody.flush(0.05))
        nobody.close(0.1)
        counts = nobody.tracking
        self.assertEqual((counts.recorded, counts.sent, counts.dropped, counts.waiting), (250, 0, 250, 0))
        self.assertIn("stoker serve", counts.last_error)

    def test_what_waited_while_the_server_was_away_is_sent_when_it_comes_back(self):
        host = Host(quiet=True)
        self.addCleanup(host.stop)
        waiting = Stoker(f"http://127.0.0.1:{unused_port()}", TOKEN)
        self.addCleanup(waiting.close)
        for number in range(30):
            waiting.track(f"key {number}", cache="quotes")
        self.assertTrue(eventually(lambda: waiting.tracking.last_error))
        waiting._wire._connect = waiting._wire._connector(host.url, None)  # it has come back, there
        self.assertTrue(waiting.flush(patience_s))
        self.assertEqual(waiting.tracking.sent, 30)

    def test_a_server_that_hangs_is_waited_for_no_longer_than_said(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            with Stoker(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.2) as impatient, self.assertRaises(TimedOut):
                impatient.status()

    def test_busy_says_when_to_come_again(self):
        self.assertTrue(issubclass(Busy, Refused))
        with socket.create_server(("127.0.0.1", 0)) as server:
            def answer():
                connection, _ = server.accept()
                with connection:
                    connection.recv(65536)
                    body = b'{"title":"Too Many Requests","status":429,"detail":"slow down","code":"too_many_requests"}'
                    connection.sendall(b"HTTP/1.1 429 x\r\nRetry-After: 7\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))
            thread = threading.Thread(target=answer)
            thread.start()
            with Stoker(f"http://127.0.0.1:{server.getsockname()[1]}") as stoker, self.assertRaises(Busy) as caught:
                stoker.status()
            thread.join()
        self.assertEqual((caught.exception.retry_after_s, str(caught.exception)), (7.0, "slow down"))


class FileTest(unittest.TestCase):
    def test_nothing_but_the_standard_library_is_needed_and_python_3_9_understands_it(self):
        import ast
        with open(stoker_client.__file__, encoding="utf-8") as file:
            tree = ast.parse(file.read(), feature_version=(3, 9))
        names = {name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names}
        names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        self.assertEqual([name for name in names if name.split(".")[0] not in sys.stdlib_module_names], [])


@unittest.skipUnless(shutil.which("openssl"), "openssl is not installed")
class SecuredTest(unittest.TestCase):
    """The client and a server over TLS, with certificates of the test's own."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        for name in ("ca", "other"):
            cls.openssl("req", "-x509", *cls.fresh_key(name), "-days", "2", "-out", cls.file(name + ".pem"))
        cls.sign("server", "subjectAltName=IP:127.0.0.1")
        cls.sign("client", "subjectAltName=DNS:client.example")
        cls.host = Host(quiet=True, tls_folder=cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.host.stop()
        cls.folder.cleanup()

    @classmethod
    def file(cls, name):
        return os.path.join(cls.folder.name, name)

    @classmethod
    def fresh_key(cls, name):
        return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=" + name, "-keyout", cls.file(name + ".key"))

    @staticmethod
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def sign(cls, name, extension):
        with open(cls.file(name + ".ext"), "w") as file:
            file.write(extension)
        cls.openssl("req", *cls.fresh_key(name), "-out", cls.file(name + ".csr"))
        cls.openssl("x509", "-req", "-days", "2", "-in", cls.file(name + ".csr"), "-CA", cls.file("ca.pem"), "-CAkey", cls.file("ca.key"),
                    "-CAcreateserial", "-extfile", cls.file(name + ".ext"), "-out", cls.file(name + ".pem"))

    def test_a_token_over_tls_is_enough(self):
        with Stoker(self.host.url, TOKEN, ca_file=self.file("ca.pem")) as stoker:
            self.assertTrue(self.host.url.startswith("https://"))
            self.assertEqual(stoker.warm(cache="reports", limit=3)["warmed"], 3)

    def test_a_certificate_stands_for_the_token(self):
        with Stoker(self.host.url, ca_file=self.file("ca.pem"), cert_file=self.file("client.pem"), key_file=self.file("client.key")) as stoker:
            self.assertIn("selected", stoker.plan(cache="reports", limit=3))
        with Stoker(self.host.url, ca_file=self.file("ca.pem")) as stoker, self.assertRaises(Unauthorized):
            stoker.warm(cache="reports", limit=3)

    def test_a_server_that_is_not_trusted_is_told_nothing(self):
        with Stoker(self.host.url, TOKEN, ca_file=self.file("other.pem")) as stoker, self.assertRaises(Unreachable) as caught:
            stoker.status()
        self.assertIn("trusted", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
