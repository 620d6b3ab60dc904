"""For the tests of clients and dashboard: a host that serves the control API, started and stopped by the test."""

import os
import subprocess
import tempfile

TOKEN = "a-token-of-the-tests-alone"


class Host:
    """The program `control_host` (host.cpp). `url` and `unix` say where it serves."""

    def __init__(self, quiet=False, tls_folder=None):
        self.folder = tempfile.TemporaryDirectory()
        path = os.path.join(self.folder.name, "control.sock")
        self.unix = "unix:" + path
        command = [os.environ["STOKER_HOST"], TOKEN, path] + (["quiet"] if quiet else []) + ([tls_folder] if tls_folder else [])
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        if not self.url:
            raise RuntimeError(f"the host ended with {self.process.wait()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.stdin.close()
            self.process.wait(timeout=30)
        self.process.stdout.close()
        self.folder.cleanup()
