"""Jobs in the console: found, looked at, cancelled, retried, deleted, one or many; queues paused; all by keyboard too."""

import unittest

from case import Case
from cluster import API, Proxy, connections, eventually


class Jobs(Case):
    def pause(self, queue):
        self.api.call("POST", f"/queues/{queue}/pause")

    def test_search_is_in_the_address_and_back_goes_back(self):
        self.api.enqueue("alpha", queue="search")
        self.api.enqueue("beta", queue="search")
        self.go("jobs?q=queue%3Asearch")
        self.page.says("alpha")
        self.page.says("beta")
        self.page.type("main input[type=search]", "queue:search type:beta")
        self.page.press("Enter")
        self.page.gone("alpha")
        self.page.says("beta")
        self.assertIn("type%3Abeta", self.path())
        self.page.run("history.back()")
        self.page.says("alpha")
        self.page.run("history.forward()")
        self.page.gone("alpha")
        # A word without a name is a type; what the server cannot read it says in its words.
        self.page.type("main input[type=search]", "alpha queue:search")
        self.page.press("Enter")
        self.page.says("alpha")
        self.page.gone("beta")
        self.page.type("main input[type=search]", "state:nonsense")
        self.page.press("Enter")
        self.page.says("must be one of", ".fault")

    def test_states_are_tabs_and_pages_have_cursors(self):
        self.pause("many")
        for _ in range(60):
            self.api.enqueue("noop", queue="many")
        self.go("jobs?q=queue%3Amany&state=queued")
        self.page.until("fifty rows", "return document.querySelectorAll('tr.row').length === 50")
        first = self.page.run("return document.querySelector('tr.row').dataset.key")
        self.page.click(".pager .button", "Older")
        self.page.until("ten rows", "return document.querySelectorAll('tr.row').length === 10")
        self.page.run("history.back()")
        self.page.until("the first page", "return document.querySelector('tr.row')?.dataset.key === arguments[0]", first)
        self.page.click(".tab", "failed")
        self.page.says("No job matches")
        self.assertIn("state=failed", self.path())

    def test_a_running_job_is_cancelled_after_a_question(self):
        job = self.api.enqueue("sleep", {"seconds": 60})
        self.go(f"jobs/{job}")
        self.page.says("running")
        self.page.click(".actions .button", "Cancel")
        self.page.says("Cancel this job?", "dialog")
        self.page.click("dialog .button", "Back")
        self.assertEqual(self.api.get(f"/jobs/{job}")["status"], "running")
        self.page.click(".actions .button", "Cancel")
        self.page.click("dialog .button", "Cancel the job")
        self.page.says("cancelled", ".title")
        self.assertEqual(self.api.get(f"/jobs/{job}")["status"], "cancelled")
        self.page.click(".actions .button", "Retry")
        self.page.says("running", ".title")
        self.page.click(".actions .button", "Cancel")
        self.page.click("dialog .button", "Cancel the job")
        self.page.says("cancelled", ".title")
        self.page.click(".actions .button", "Delete")
        self.page.click("dialog .button", "Delete 1 job")
        self.page.until("the list", "return location.hash.startsWith('#/jobs') && location.hash.length < 8")
        self.assertEqual(self.api.call("GET", f"/jobs/{job}")[0], 404)

    def test_dead_letters_are_replayed_all_at_once_after_their_count_was_said(self):
        jobs = [self.api.enqueue("fail", {"message": f"no {n}"}, queue="bad", max_attempts=1) for n in range(7)]
        for job in jobs:
            self.api.reaches(job, "failed")
        self.pause("bad")
        self.go("dead?q=queue%3Abad")
        self.page.until("seven rows", "return document.querySelectorAll('tr.row').length === 7")
        self.page.click(".bulk .button", "Replay all that match…")
        self.page.says("Replay 7 jobs?", "dialog")
        self.page.click("dialog .button", "Replay 7")
        self.page.says("7 jobs queued again", "#notices")
        self.page.says("No job matches")
        for job in jobs:
            self.assertEqual(self.api.get(f"/jobs/{job}")["status"], "queued")

    def test_one_bad_deploy_is_one_row_of_errors(self):
        jobs = [self.api.enqueue("fail", {"message": f"host h{n} refused mail"}, queue="err", max_attempts=1) for n in range(5)]
        for job in jobs:
            self.api.reaches(job, "failed")
        self.pause("err")
        self.go("errors")
        self.page.says("host # refused mail")
        row = self.page.run("return [...document.querySelectorAll('tr.row')].find((row) => row.innerText.includes('refused mail')).innerText")
        self.assertIn("5", row.split())
        self.page.run("[...document.querySelectorAll('tr.row')].find((row) => row.innerText.includes('refused mail')).querySelector('[data-act=replay]').click()")
        self.page.says("Replay 5 jobs?", "dialog")
        self.page.click("dialog .button", "Replay 5")
        self.page.gone("host # refused mail")

    def test_ticked_jobs_are_cancelled_and_their_number_is_said(self):
        self.pause("ticks")
        jobs = [self.api.enqueue("noop", queue="ticks") for _ in range(3)]
        self.go("jobs?q=queue%3Aticks")
        self.page.until("three rows", "return document.querySelectorAll('tr.row').length === 3")
        self.page.click(f"tr[data-key='{jobs[0]}'] input")
        self.page.click(f"tr[data-key='{jobs[1]}'] input")
        self.page.says("2 jobs ticked", ".bulk")
        self.page.click(".bulk .button", "Cancel")
        self.page.says("Cancel 2 jobs?", "dialog")
        self.page.click("dialog .button", "Cancel 2 jobs")
        self.page.says("2 jobs cancelled", "#notices")
        states = [self.api.get(f"/jobs/{job}")["status"] for job in jobs]
        self.assertEqual(states, ["cancelled", "cancelled", "queued"])
        self.page.click(".bulk .button", "Cancel all that match…")
        self.page.says("Cancel 1 job?", "dialog")
        self.page.press("Escape")
        self.assertEqual(self.api.get(f"/jobs/{jobs[2]}")["status"], "queued")

    def test_a_queue_is_paused_limited_and_resumed(self):
        self.api.enqueue("noop", queue="valve")
        self.go("queues?q=valve")
        self.page.click("tr[data-key=valve] .button", "Pause")
        self.page.click("dialog .button", "Pause")
        self.page.says("paused", "tr[data-key=valve]")
        job = self.api.enqueue("noop", queue="valve")
        self.go(f"jobs/{job}")
        self.page.says("Queue valve is paused")
        self.go("queues?q=valve")
        self.page.click("tr[data-key=valve] .button", "Limits")
        self.page.type("dialog [name=concurrency]", "3")
        self.page.type("dialog [name=rate]", "nonsense")
        self.page.click("dialog .button", "Set")
        self.page.says("no rate like 30/m", "dialog")
        self.page.type("dialog [name=rate]", "30/m")
        self.page.click("dialog .button", "Set")
        self.page.says("30/m", "tr[data-key=valve]")
        self.assertEqual(self.api.get("/queues/valve")["concurrency"], 3)
        self.page.click("tr[data-key=valve] .button", "Resume")
        self.page.gone("paused", "tr[data-key=valve]")
        self.api.reaches(job, "done")

    def test_a_job_is_followed_live_with_its_log_and_exact_payload(self):
        big = '{"steps": 40, "seconds": 4, "big": 123456789012345678901234567890, "text": "ü<b>"}'
        status, reply = self.api.call("POST", "/jobs", f'{{"type":"progress","payload":{big}}}')
        self.assertEqual(status, 202)
        self.go(f"jobs/{reply['job_id']}")
        self.page.says("Log")
        self.page.until("progress", "return Number(document.querySelector('progress')?.value) > 0.2")
        self.page.says("123456789012345678901234567890", ".data-card")
        self.page.says("steps", ".data.is-line")
        self.page.says("bytes")
        self.page.says("Done", ".timeline")
        lines = self.page.run("return document.querySelectorAll('.joblog li').length")
        self.assertGreater(lines, 30)

    def test_periodic_jobs_are_made_paused_run_and_deleted(self):
        self.go("cron")
        self.page.click(".title .button", "New")
        self.page.type("dialog [name=name]", "nightly")
        self.page.type("dialog [name=schedule]", "61 * * * *")
        self.page.type("dialog [name=job]", '{"type":"noop","payload":{"n":12345678901234567890123}}')
        self.page.click("dialog .button", "Make")
        self.page.says("minute", "#notices")
        self.page.click(".title .button", "New")
        self.page.type("dialog [name=name]", "nightly")
        self.page.type("dialog [name=schedule]", "0 3 * * *")
        self.page.type("dialog [name=job]", '{"type":"noop","payload":{"n":12345678901234567890123}}')
        self.page.click("dialog .button", "Make")
        self.page.says("0 3 * * *", "tr[data-key=nightly]")
        self.page.click("tr[data-key=nightly] .button", "Pause")
        self.page.says("paused", "tr[data-key=nightly]")
        self.page.click("tr[data-key=nightly] .button", "Run now")
        self.page.says("a job was given", "#notices")
        self.page.click("tr[data-key=nightly] .button", "Delete")
        self.page.click("dialog .button", "Delete 1 periodic job")
        self.page.until("no row", "return document.querySelectorAll('tr.row').length === 0")
        self.assertEqual(self.api.get("/cron"), [])

    def test_the_row_one_is_in_is_never_under_the_bar(self):
        self.pause("many")
        for _ in range(50):
            self.api.enqueue("noop", queue="many")
        self.go("jobs?q=queue%3Amany&state=queued")
        self.page.until("fifty rows", "return document.querySelectorAll('tr.row').length === 50")
        for keys in ("j" * 50, "k" * 49):
            self.page.press(*keys)
            top, bottom, bar, height = self.page.run(
                "const row = document.activeElement.getBoundingClientRect(); return [row.top, row.bottom, "
                "document.querySelector('.bar').getBoundingClientRect().bottom, innerHeight]")
            # Half a pixel is rounding.
            self.assertGreaterEqual(top, bar - 0.5)
            self.assertLessEqual(bottom, height + 0.5)

    def test_everything_can_be_reached_by_keyboard(self):
        self.pause("keys")
        jobs = [self.api.enqueue("noop", queue="keys") for _ in range(2)]
        self.go()
        self.live()
        for key, title in (("n", "Nodes"), ("q", "Queues"), ("d", "Dead letters"), ("c", "Cron"), ("j", "Jobs")):
            self.page.press("g", key)
            self.page.until(title, "return document.querySelector('#h-page')?.innerText === arguments[0]", title)
        self.page.press("/")
        self.page.until("the search", "return document.activeElement === document.querySelector('main input[type=search]')")
        self.page.press(*"queue:keys", "Enter")
        self.page.until("two rows", "return document.querySelectorAll('tr.row').length === 2")
        self.page.press("Escape")
        self.page.press("j", "j", "x")
        self.page.says("1 job ticked", ".bulk")
        self.page.press("k", "Enter")
        self.page.until("the newest job", "return location.hash.endsWith(arguments[0])", max(jobs))
        self.page.press("?")
        self.page.says("Keyboard", "dialog")
        self.page.press("Escape")
        self.page.until("no dialog", "return document.querySelector('dialog') === null")
        before = self.page.run("return document.documentElement.dataset.theme ?? ''")
        self.page.press("t")
        self.page.until("another theme", "return (document.documentElement.dataset.theme ?? '') !== arguments[0]", before)
        # Every control has a name that can be read out, and so has every table.
        self.go("queues")
        nameless = self.page.run(
            "return [...document.querySelectorAll('button, a, input, select, table')].filter((each) => each.checkVisibility() "
            "&& !(each.innerText?.trim() || each.getAttribute('aria-label') || each.title || each.labels?.length "
            "|| each.caption)).map((each) => each.outerHTML)")
        self.assertEqual(nameless, [])

    def test_a_page_that_is_reloaded_goes_on_where_it_was(self):
        self.go("jobs?state=done")
        self.live()
        for _ in range(8):
            self.page.call("POST", "/refresh", {})
            self.page.until("the page", "return document.querySelector('#h-page') !== null")
            self.live()
        self.assertEqual(self.path(), "#/jobs?state=done")
        # Each load had a stream; those that are gone hold nothing on the server.
        eventually("as many connections as one browser has", lambda: connections(self.console) <= 6)

    def test_who_does_not_look_has_no_stream(self):
        self.go()
        self.live()
        console = API(self.console)
        self.page.call("POST", "/window/minimize", {})
        self.page.until("a hidden page", "return document.hidden")
        shown = self.page.text("#clock")
        first = console.get("/snapshot")["sequence"]
        eventually("three more snapshots", lambda: console.get("/snapshot")["sequence"] >= first + 3)
        self.assertEqual(self.page.text("#clock"), shown, "nothing is drawn while nobody looks")
        self.page.call("POST", "/window/rect", {"width": 1200, "height": 800})
        self.page.until("a page that is seen", "return !document.hidden")
        self.page.until("the clock to go on", "return document.querySelector('#clock').innerText !== arguments[0]", shown)
        self.live()

    def test_it_pauses_and_goes_on(self):
        self.go()
        self.live()
        self.page.click("#live")
        self.page.says("Paused", "#live")
        self.page.click("#live")
        self.live()

    def test_a_proxy_may_have_it_under_a_prefix(self):
        proxy = Proxy(self.console, "/tools/roost/")
        self.addCleanup(proxy.close)
        self.pause("behind")
        job = self.api.enqueue("noop", queue="behind")
        self.page.open(proxy.url)
        self.live()
        self.page.open(f"{proxy.url}#/jobs/{job}")
        self.page.says("queued", ".title")
        self.page.says(f"{proxy.url}api/jobs", ".data.is-line")
        self.page.click(".actions .button", "Cancel")
        self.page.click("dialog .button", "Cancel the job")
        self.page.says("cancelled", ".title")
        self.assertEqual(self.api.get(f"/jobs/{job}")["status"], "cancelled")

    def test_it_fits_a_phone(self):
        page = self.driver.page(360, 780)
        self.addCleanup(page.close)
        for address in ("", "nodes", "queues", "jobs", "errors", "dead", "cron", "store", "settings"):
            page.open(f"{self.console}/#/{address}")
            page.until("the page", "return document.querySelector('#h-page') !== null")
            page.says("Live", "#live")
            wide = page.run("return document.documentElement.scrollWidth")
            self.assertLessEqual(wide, 360, address)


if __name__ == "__main__":
    unittest.main()
