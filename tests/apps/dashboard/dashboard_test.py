"""The dashboard in a real browser, against a server that serves an engine: each view, on a desk and on a phone, light and
dark; what can be done from it; and that nothing of the server's becomes part of the page but text.

Pictures of every view are left in the folder that STOKER_PICTURES names.
"""

import os
import pathlib
import socket
import sys
import unittest
import urllib.parse

from browser import Browser, missing
from served import TOKEN, Host

views = ["overview", "plan", "strategies", "keys", "schedule", "system"]
pictures = pathlib.Path(os.environ.get("STOKER_PICTURES", "."))
hostile = "<img src=x onerror"

# Whatever can be used must say what it is to those who can't see it.
nameless = """
  const name = (element) => (element.getAttribute("aria-label") ?? element.innerText ?? "").trim()
    || [...(element.labels ?? [])].map((label) => label.innerText).join("") || element.title;
  return [...document.querySelectorAll("a, button, input, select, summary, canvas, [role=img]")]
    .filter((element) => !name(element)).map((element) => element.outerHTML.slice(0, 120))"""

# The contrast of text colours with what they stand on, by WCAG's formula.
contrasts = """
  const probe = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const luminance = (name) => {
    probe.fillStyle = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    probe.fillRect(0, 0, 1, 1);
    const parts = [...probe.getImageData(0, 0, 1, 1).data].slice(0, 3).map((part) => part / 255);
    const [r, g, b] = parts.map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  return arguments[0].map(([text, ground]) => {
    const [high, low] = [luminance(text), luminance(ground)].sort((a, b) => b - a);
    return [text, ground, (high + 0.05) / (low + 0.05)];
  })"""
pairs = [["--text", "--ground"], ["--text", "--surface"], ["--soft", "--ground"], ["--soft", "--surface"],
         ["--faint", "--surface"], ["--ember", "--surface"], ["--on-ember", "--ember"]]
pairs += [[f"--{tone}", f"--{tone}-wash"] for tone in ("good", "warn", "bad", "slate", "ember")]


class DashboardTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.host = Host()
        pictures.mkdir(parents=True, exist_ok=True)

    @classmethod
    def tearDownClass(cls):
        cls.host.stop()

    def browser(self, theme="light", phone=False, token=TOKEN, view="overview", host=None):
        host = host or self.host
        browser = Browser(theme, phone)
        self.addCleanup(browser.close)
        if token:
            browser.command("Page.addScriptToEvaluateOnNewDocument", source=f"sessionStorage.setItem('stoker-token', '{token}')")
        browser.open(f"{host.url}/#{view}")
        browser.until("the page is there", "return document.querySelector('#view-title')")
        return browser

    def look_at(self, browser, view, name):
        browser.run("location.hash = arguments[0]", "#" + view)
        browser.until(f"{view} is shown", "return document.title.toLowerCase().startsWith(arguments[0])", view)
        if view == "plan":
            browser.click("reports", "main")
            browser.click("Plan", "form")
            browser.until_text("Selected, in order of loading")
        if view == "keys":
            browser.click("pages", "main")
            browser.until_text(hostile)
        browser.picture(pictures / f"{name}-{view}.png")
        with self.subTest(view=view, mode=name):
            self.assertLessEqual(browser.run("return document.documentElement.scrollWidth - innerWidth"), 0, "it is wider than the window")
            self.assertEqual(browser.run(nameless), [])
            self.assertEqual(browser.run("return document.querySelectorAll('main img, main script, main iframe').length"), 0)
            self.assertNotIn("undefined", browser.run("return document.querySelector('main').innerText"))
            self.assertNotIn("NaN", browser.run("return document.querySelector('main').innerText"))

    def look_at_all(self, theme, phone):
        browser = self.browser(theme, phone)
        for view in views:
            self.look_at(browser, view, f"{'phone' if phone else 'desk'}-{theme}")
        self.assertEqual(browser.complaints(), [])
        for text, ground, contrast in browser.run(contrasts, pairs):
            self.assertGreaterEqual(contrast, 4.5, f"{text} on {ground}, {theme}")

    def test_each_view_on_a_desk_in_the_light(self):
        self.look_at_all("light", False)

    def test_each_view_on_a_desk_in_the_dark(self):
        self.look_at_all("dark", False)

    def test_each_view_on_a_phone_in_the_light(self):
        self.look_at_all("light", True)

    def test_each_view_on_a_phone_in_the_dark(self):
        self.look_at_all("dark", True)

    def test_figures_come_over_the_stream_of_events(self):
        browser = self.browser()
        browser.until_text("Live")
        lookups = "return document.querySelector('.figure:nth-child(4) .value').innerText"
        before = browser.run(lookups)
        browser.until("the number of lookups grows", f"{lookups} !== arguments[0]", before)
        self.assertEqual(browser.complaints(), [])

    def test_without_a_place_in_the_stream_the_page_asks(self):
        host = Host()
        self.addCleanup(host.stop)
        address = urllib.parse.urlsplit(host.url)
        for _ in range(8):
            stream = socket.create_connection((address.hostname, address.port))
            self.addCleanup(stream.close)
            stream.sendall(f"GET /events HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
            self.assertIn(b"200", stream.recv(64))
        browser = self.browser(host=host)
        browser.until_text("Polling")
        lookups = "return document.querySelector('.figure:nth-child(4) .value').innerText"
        before = browser.run(lookups)
        browser.until("the number of lookups grows", f"{lookups} !== arguments[0]", before)

    def test_a_server_that_goes_away_is_told_of(self):
        host = Host(quiet=True)
        self.addCleanup(host.stop)
        browser = Browser()
        self.addCleanup(browser.close)
        browser.open(host.url)
        browser.until_text("Live")
        host.process.stdin.close()
        host.process.wait(timeout=30)
        browser.until_text("Offline")

    def test_what_shows_keys_asks_for_the_token_first(self):
        browser = self.browser(token=None, view="keys")
        browser.until_text("tells only those who have its token")
        self.assertNotIn("/products/", browser.text())
        browser.click("Enter the token")
        browser.type("#token-field", TOKEN)
        browser.press("Enter")
        browser.until_text("/products/")
        self.assertEqual(browser.run("return sessionStorage.getItem('stoker-token')"), TOKEN)
        self.assertEqual(browser.run("return JSON.stringify(localStorage)"), "{}")
        self.assertEqual(browser.run("return document.cookie"), "")

    def test_a_wrong_token_is_told_of_and_asked_for_again(self):
        browser = self.browser(token=None)
        browser.click("Start", "main")
        browser.type("#token-field", "not-the-token-at-all")
        browser.press("Enter")
        browser.until_text("does not take the token")
        browser.press("Escape")
        browser.until("the question is gone", "return !document.querySelector('#dialog').open")
        browser.until_text("Background warming off")

    def test_keys_that_look_like_html_are_shown_as_text(self):
        browser = self.browser(view="keys")
        browser.until_text(hostile)
        self.assertTrue(browser.run("return document.title").startswith("Keys"))
        self.assertEqual(browser.run("return document.querySelectorAll('main img').length"), 0)

    def test_rankings_can_be_chosen_and_hours_are_shown(self):
        browser = self.browser(view="keys")
        for ranking in ("Trending", "Recent", "Due", "Popular"):
            browser.click(ranking)
            browser.until(f"{ranking} is chosen", "return document.querySelector('[aria-pressed=true]') && [...document.querySelectorAll('[aria-pressed=true]')].some((button) => button.innerText === arguments[0])", ranking)
        self.assertEqual(browser.run("return document.querySelectorAll('.heat tbody tr:first-child td').length"), 24)

    def test_a_plan_is_made_run_and_rolled_back(self):
        browser = self.browser(view="plan")
        browser.click("reports", "main")
        browser.type("#plan-limit", "5")
        browser.click("Plan", "form")
        browser.until_text("Left out, and why")
        browser.click("over the limit", "main")
        browser.click("Warm this now")
        browser.until("the overview is shown", "return location.hash === '#overview'")
        browser.click("Roll back", "main")
        browser.until_text("Roll this run back?")
        browser.click("Roll back", "#dialog")
        browser.until_text("Rolled back")
        self.assertEqual([text for text in browser.complaints() if "SEVERE" in text], [])

    def test_a_plan_is_kept_shown_and_dropped(self):
        browser = self.browser(view="plan")
        browser.click("Plan and keep")
        browser.until_text("Plan kept")
        browser.click("Show the plan", "main")
        browser.click("Drop the plan", "main")
        browser.until_text("Drop this plan?")
        browser.click("Drop it", "#dialog")
        browser.until_text("None. A plan that is kept")

    def test_background_warming_is_started_run_and_stopped(self):
        browser = self.browser(view="schedule")
        browser.click("Start", "main")
        browser.until_text("Background warming on")
        browser.until_text("The next 24 hours")
        browser.click("Run ", "main")
        browser.until_text("Begun")
        browser.click("Stop", "main")
        browser.until_text("Stop background warming?")
        browser.press("Escape")
        browser.until("the question is gone", "return !document.querySelector('#dialog').open")
        self.assertIn("Background warming on", browser.text())
        browser.click("Stop", "main")
        browser.click("Stop", "#dialog")
        browser.until_text("Background warming off")

    def test_one_cache_can_be_looked_at_alone(self):
        browser = self.browser()
        rows = "return [...document.querySelectorAll('section[aria-label=Caches] tbody tr')].map((row) => row.dataset.id).join()"
        self.assertEqual(browser.run(rows), "pages,quotes,reports")
        browser.click("quotes", "main")
        browser.until("one cache is left", f"{rows} === 'quotes'")

    def test_the_keyboard_alone_is_enough(self):
        browser = self.browser()
        focus = "return document.activeElement.innerText || document.activeElement.getAttribute('aria-label')"
        seen = []
        for _ in range(10):
            browser.press("Tab")
            seen.append(browser.run(focus).strip())
        self.assertEqual(seen[0], "Skip to the view")
        self.assertEqual(seen[2:8], ["Overview", "Plan", "Strategies", "Keys", "Schedule", "System"])
        browser.run("document.querySelector('a[href=\"#keys\"]').focus()")
        browser.press("Enter")
        browser.until("the keys are shown", "return document.title.startsWith('Keys')")
        self.assertEqual(browser.run("return document.activeElement.id"), "view")
        # What has the focus keeps it while figures change around it.
        browser.run("[...document.querySelectorAll('main button')].find((button) => button.innerText === 'Recent').focus()")
        browser.press("Enter")
        lookups = "return document.querySelector('.lede').innerText"
        before = browser.run(lookups)
        browser.until("figures have changed", f"{lookups} !== arguments[0]", before)
        self.assertEqual(browser.run(focus), "Recent")
        self.assertNotEqual(browser.run("return getComputedStyle(document.activeElement).outlineStyle"), "none")

    def test_a_chosen_theme_is_kept(self):
        browser = self.browser()
        ground = "return getComputedStyle(document.body).backgroundColor"
        light = browser.run(ground)
        browser.click("Theme")
        browser.click("Theme")
        browser.until("it is dark", f"{ground} !== arguments[0]", light)
        browser.open(self.host.url + "/?again#overview")
        self.assertNotEqual(browser.run(ground), light)


if __name__ == "__main__":
    if missing():
        print("skipped: not installed:", ", ".join(missing()))
        sys.exit(77)
    unittest.main()
