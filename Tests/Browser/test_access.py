"""Tokens: the page asks for one, and what a role may not do the server refuses."""

import unittest

from case import Case
from cluster import API, eventually

ADMIN = "test-admin-token-0123456789-abcdefghijk"


class Access(Case):
    @classmethod
    def begin(cls):
        cls.up = cls.place.start("up", "--demo", "--store", "memory:", "--auth", "required", ROOST_ADMIN_TOKEN=ADMIN)
        parts = cls.up.ready()
        cls.console, cls.api = parts["console"], API(parts["http"], ADMIN)
        cls.tokens = {role: cls.api.call("POST", "/tokens", {"name": f"a-{role}", "role": role})[1]["token"] for role in ("viewer", "operator")}

    def log_in(self, token):
        self.page.open(self.console + "/")
        self.page.find("#token")
        self.page.type("#token", token)
        self.page.press("Enter")

    def test_without_a_token_there_is_a_login_and_nothing_else(self):
        self.page.open(self.console + "/#/jobs")
        self.page.find("#token")
        self.assertFalse(self.page.run("return document.querySelector('#nav').checkVisibility()"))
        for path in ("/events", "/snapshot", "/links", "/times", "/api/jobs", "/api/nodes"):
            status = self.page.run("return fetch(arguments[0].slice(1)).then((reply) => reply.status)", path)
            self.assertEqual(status, 401, path)
        self.page.type("#token", "wrong")
        self.page.press("Enter")
        self.page.says("not known here", ".fault")

    def test_an_administrator_comes_in_where_the_address_led_and_goes_out(self):
        self.page.open(self.console + "/#/queues")
        self.page.type("#token", ADMIN)
        self.page.press("Enter")
        self.page.says("Queues", "#h-page")
        self.live()
        self.assertEqual(self.page.run("return document.cookie"), "", "no script can read the session")
        self.page.click("#nav a[href='#/audit']")
        self.page.says("Audit", "#h-page")
        self.page.call("POST", "/refresh", {})
        self.page.says("Audit", "#h-page")
        self.page.click("#who")
        self.page.find("#token")
        status = self.page.run("return fetch('snapshot').then((reply) => reply.status)")
        self.assertEqual(status, 401)

    def test_a_viewer_sees_and_is_refused_by_the_server(self):
        self.api.call("POST", "/queues/quiet/pause")
        job = self.api.enqueue("noop", queue="quiet")
        self.log_in(self.tokens["viewer"])
        self.live()
        self.assertFalse(self.page.run("return [...document.querySelectorAll('#nav a')].some((each) => each.hash === '#/audit')"))
        self.page.open(f"{self.console}/#/jobs/{job}")
        self.page.says("queued", ".title")
        self.assertEqual(self.page.run("return document.querySelectorAll('.actions button').length"), 0)
        # Who makes the button anew is refused all the same.
        for method, path in (
            ("POST", f"api/jobs/{job}/cancel"), ("DELETE", f"api/jobs/{job}"), ("POST", "api/queues/quiet/resume"),
            ("POST", "api/jobs/actions"), ("GET", "api/audit"), ("GET", "api/tokens"), ("POST", "api/tokens")):
            status = self.page.run("return fetch(arguments[1], { method: arguments[0], body: arguments[0] === 'GET' ? undefined : '{}' }).then((reply) => reply.status)", method, path)
            self.assertEqual(status, 403, path)
        self.assertEqual(self.api.get(f"/jobs/{job}")["status"], "queued")

    def test_a_viewer_drains_no_node_and_an_operator_does_after_a_question_and_it_is_on_record(self):
        name = self.api.get("/nodes")[0]["name"]
        def orders():
            return [(entry["action"], entry["who"]) for entry in self.api.get("/audit") if entry["target"] == name]
        self.log_in(self.tokens["viewer"])
        self.live()
        self.page.open(f"{self.console}/#/nodes/{name}")
        self.page.says("Slots", ".facts")
        self.assertEqual(self.page.run("return document.querySelectorAll('.actions button').length"), 0)
        status = self.page.run("return fetch(`api/nodes/${arguments[0]}/drain`, { method: 'POST' }).then((reply) => reply.status)", name)
        self.assertEqual(status, 403)
        self.page.click("#who")
        self.page.find("#token")
        self.page.type("#token", self.tokens["operator"])
        self.page.press("Enter")
        self.page.click(".actions .button", "Drain")
        self.page.says(name, "dialog h2")
        self.page.click("dialog .button", "Back")
        self.page.until("no question", "return document.querySelector('dialog') === null")
        self.assertEqual(orders(), [])
        self.page.click(".actions .button", "Drain")
        self.page.click("dialog .button", "Drain 1 node")
        self.page.says("draining", ".facts")
        self.page.click(".actions .button", "Take work again")
        self.page.says("up", ".facts")
        eventually("both to be on record", lambda: orders() == [("undrainNode", "a-operator"), ("drainNode", "a-operator")])

    def test_an_operator_acts_but_makes_no_tokens(self):
        self.api.call("POST", "/queues/quiet/pause")
        job = self.api.enqueue("noop", queue="quiet")
        self.log_in(self.tokens["operator"])
        self.live()
        self.page.open(f"{self.console}/#/jobs/{job}")
        self.page.click(".actions .button", "Cancel")
        self.page.click("dialog .button", "Cancel the job")
        self.page.says("cancelled", ".title")
        self.page.open(f"{self.console}/#/settings")
        self.page.says("This browser")
        self.page.gone("Tokens")
        self.assertEqual(self.page.run("return fetch('api/tokens').then((reply) => reply.status)"), 403)

    def test_a_token_is_made_shown_once_and_revoked_and_its_session_ends(self):
        self.page.open(self.console + "/#/settings")
        self.page.type("#token", ADMIN)
        self.page.press("Enter")
        self.page.click("section[aria-label=Tokens] .button", "New")
        self.page.type("dialog [name=name]", "guest")
        self.page.click("dialog .button", "Make")
        token = self.page.until("the token", "return document.querySelector('.secret code')?.innerText")
        self.page.click("dialog .button", "Done")
        self.page.says("guest", "section[aria-label=Tokens]")
        guest = self.driver.page()
        self.addCleanup(guest.close)
        guest.open(self.console + "/")
        guest.type("#token", token)
        guest.press("Enter")
        guest.says("Live", "#live")
        self.page.run("[...document.querySelectorAll('section[aria-label=Tokens] tr.row')].find((row) => row.innerText.includes('guest')).querySelector('[data-act=revoke]').click()")
        self.page.click("dialog .button", "Revoke 1 token")
        self.page.gone("guest", "section[aria-label=Tokens] tbody")
        guest.run("location.hash = '#/jobs'")
        guest.find("#token", seconds=60)

    def test_pages_of_other_sites_change_nothing(self):
        self.log_in(ADMIN)
        self.live()
        cookie = self.page.call("GET", "/cookie")[0]
        self.assertTrue(cookie["httpOnly"])
        self.assertEqual(cookie["sameSite"], "Strict")
        browser = API(self.console)
        session = {"Cookie": f"{cookie['name']}={cookie['value']}"}
        for site in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
            self.assertEqual(browser.call("POST", "/api/queues/quiet/pause", {}, **session, **site)[0], 403)
        # Without either header nobody says that it is this page.
        self.assertEqual(browser.call("GET", "/api/whoami", None, **session)[0], 200)
        self.assertEqual(browser.call("GET", "/events", None, **{"Sec-Fetch-Site": "cross-site"}, **session)[0], 403)


if __name__ == "__main__":
    unittest.main()
