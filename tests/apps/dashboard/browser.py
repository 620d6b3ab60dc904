"""A headless Chromium, driven over WebDriver with nothing but the standard library."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
patience_s = 30
KEYS = {"Tab": "\ue004", "Enter": "\ue006", "Escape": "\ue00c", "Space": " "}


def missing():
    """What is not installed of that which is needed; empty: nothing."""
    return [program for program in ("chromium", "chromedriver") if not shutil.which(program)]


class Browser:
    """One window of a profile of its own. `phone`: narrow, touched, and dense."""

    def __init__(self, theme="light", phone=False):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.root = f"http://127.0.0.1:{self._start()}"
        try:
            self.session = ""
            self.session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": self._wanted(phone)}})["sessionId"]
            self.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])
        except BaseException:
            self.close()
            raise

    def _start(self):
        """The port of a new driver. One whose port somebody else takes at the same moment ends: the next has another."""
        for _ in range(3):
            self.driver = subprocess.Popen(
                ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                env={**os.environ, "HOME": self.folder.name})
            port = self._port()
            if port:
                return port
            self.driver.wait()
            self.driver.stdout.close()
        self.folder.cleanup()
        raise RuntimeError("chromedriver ended three times before it told its port")

    def _port(self):
        for line in self.driver.stdout:
            found = re.search(r"on port (\d+)", line)
            if found and found.group(1) != "0":
                return int(found.group(1))
        return 0

    def _wanted(self, phone):
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
                     "--window-size=1440,900", f"--user-data-dir={self.folder.name}/profile"]
        options = {"args": arguments, "binary": shutil.which("chromium")}
        if phone:
            options["mobileEmulation"] = {"deviceMetrics": {"width": 390, "height": 844, "pixelRatio": 2.0, "touch": True}}
        return {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.root + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as failure:
            raise RuntimeError(json.load(failure)["value"]["message"]) from failure

    def ask(self, method, path, body=None):
        return self._ask(method, f"/session/{self.session}{path}", body)

    def command(self, name, **parameters):
        return self.ask("POST", "/goog/cdp/execute", {"cmd": name, "params": parameters})

    def open(self, url):
        self.ask("POST", "/url", {"url": url})

    def run(self, script, *arguments):
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def until(self, what, script, *arguments):
        """Asks the page until the script gives something true, and gives that."""
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            found = self.run(script, *arguments)
            if found:
                return found
            time.sleep(0.05)
        raise AssertionError(f"not within {patience_s} s: {what}\n{self.text()[:3000]}")

    def text(self):
        return self.run("return document.body.innerText")

    def until_text(self, text):
        return self.until(f"the page says {text!r}", "return document.body.innerText.includes(arguments[0])", text)

    def click(self, name, within="body"):
        """The button or link of this name, as a user would: it must be there, enabled and in reach."""
        script = """
            const named = (element) => element.getAttribute("aria-label") ?? element.innerText.trim();
            return [...document.querySelectorAll(`${arguments[1]} :is(a, button, summary)`)]
              .find((element) => named(element).startsWith(arguments[0]) && !element.disabled && element.offsetParent !== null)"""
        element = self.until(f"there is a button {name!r}", script, name, within)
        self.run("arguments[0].scrollIntoView({block: 'center'})", element)
        self.ask("POST", f"/element/{element[ELEMENT]}/click", {})

    def type(self, selector, text):
        element = self.until(f"there is {selector}", "return document.querySelector(arguments[0])", selector)
        self.ask("POST", f"/element/{element[ELEMENT]}/value", {"text": text})

    def press(self, key):
        value = KEYS.get(key, key)
        actions = [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def picture(self, path):
        size = self.run("return [innerWidth, Math.min(document.documentElement.scrollHeight, 3000)]")
        clip = {"x": 0, "y": 0, "width": size[0], "height": size[1], "scale": 1}
        data = self.command("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)["data"]
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def complaints(self):
        """What the console holds of errors and warnings; each is told once."""
        return [f"{entry['level']} {entry['message']}" for entry in self.ask("POST", "/se/log", {"type": "browser"})
                if entry["level"] in ("SEVERE", "WARNING")]

    def close(self):
        try:
            if getattr(self, "session", ""):
                self.ask("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait(timeout=30)
            self.driver.stdout.close()
            self.folder.cleanup()
