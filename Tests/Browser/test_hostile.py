"""Text from outside stays text: whatever it says, wherever it is shown."""

import json
import unittest

from case import Case

CORPUS = [
    "<script>window.__xss=1</script>",
    "<img src=x onerror=\"window.__xss=1\">",
    "\"><svg onload=window.__xss=1>",
    "'><body onload='window.__xss=1'>",
    "</pre></div><iframe srcdoc=\"<script>parent.__xss=1</script>\"></iframe>",
    "<a href=\"javascript:window.__xss=1\">click</a>",
    "javascript:window.__xss=1",
    "<style>*{display:none}</style>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=window.__xss=1&gt;\">",
    "{{constructor.constructor('window.__xss=1')()}} ${window.__xss=1}",
    "&lt;script&gt;window.__xss=1&lt;/script&gt;",
    "\u202e\u001b[31m\u2028<b>bold</b>",
]


class Hostile(Case):
    def clean(self, text=None):
        """Nothing ran, nothing became an element; the text is there as it is."""
        found = self.page.run(
            "return [...document.querySelectorAll('main script, main iframe, main img, main style, main object, main embed, "
            "main b > b, dialog script, dialog img, #notices img, #banners img, [onerror], [onload], a[href^=javascript]')]"
            ".map((each) => each.outerHTML)")
        self.assertEqual(found, [])
        self.assertIsNone(self.page.run("return window.__xss ?? null"))
        self.assertIsNone(self.page.alert())
        if text is not None:
            self.assertIn(text, self.page.run("return document.querySelector('main').textContent"))

    def test_payloads_results_tags_and_types(self):
        status, _ = self.api.call("POST", "/jobs", {"type": CORPUS[0], "payload": {}})
        self.assertEqual(status, 422, "types are names")
        payload = {"items": CORPUS, CORPUS[1]: CORPUS[2]}
        job = self.api.enqueue("echo", payload, queue="hostile")
        for text in CORPUS:
            self.api.call("POST", "/jobs", {"type": "noop", "payload": {}, "queue": "hostile", "tags": [text]})
        self.api.reaches(job, "done")
        self.go(f"jobs/{job}")
        self.page.says("Result")
        for text in CORPUS[:6]:
            self.clean(json.dumps(text, ensure_ascii=False)[1:-1])
        self.go("jobs?q=queue%3Ahostile")
        self.page.says("echo")
        self.clean()

    def test_errors(self):
        jobs = [self.api.enqueue("fail", {"message": text}, queue="hostile-errors", max_attempts=1) for text in CORPUS]
        for job in jobs:
            self.api.reaches(job, "failed")
        self.go("dead?q=queue%3Ahostile-errors")
        self.page.until("the rows", "return document.querySelectorAll('tr.row').length === arguments[0]", len(CORPUS))
        self.clean(CORPUS[0])
        for job, text in list(zip(jobs, CORPUS))[:6]:
            self.go(f"jobs/{job}")
            self.page.says("Why it gave up")
            self.clean(text)
        self.go("errors")
        self.page.says("window")
        self.clean()

    def test_log_lines_progress_and_names_of_workers(self):
        self.api.enqueue("foreign", {"text": CORPUS[0]}, queue="foreign")
        lease = None
        for text in ["evil<img/src=x/onerror=window.__xss=1>", "evil"]:
            status, reply = self.api.call("POST", "/leases", {"types": ["foreign"], "worker": text, "lease": 60, "queues": ["foreign"]})
            if status == 200 and reply["leases"]:
                lease = reply["leases"][0]
                break
        self.assertIsNotNone(lease)
        path = f"/leases/{lease['lease_id']}"
        status, reply = self.api.call("POST", f"{path}/progress", {"progress": {"fraction": 0.5, "message": CORPUS[1]}, "log": CORPUS})
        self.assertIn(status, (200, 204), reply)
        self.go(f"jobs/{lease['job']['id']}")
        self.page.says("Log")
        for text in CORPUS[:6]:
            self.clean(text)
        self.page.says("onerror")
        self.api.call("POST", f"{path}/complete", {"result": CORPUS})
        self.page.says("Done", ".timeline")
        self.clean(json.dumps(CORPUS[0])[1:-1])

    def test_addresses(self):
        for text in CORPUS[:6]:
            for place in ("jobs?q=", "nodes?q=", "queues?q=", "nodes/", "jobs/", "batches/", "webhooks/", ""):
                self.page.open(f"{self.console}/")
                self.page.run("location.hash = '#/' + arguments[0] + encodeURIComponent(arguments[1])", place, text)
                self.page.until("the page", "return document.querySelector('#h-page') !== null")
                self.clean()

    def test_webhooks_and_the_audit_log(self):
        for text in CORPUS:
            self.api.call("POST", "/webhooks", {"url": "https://example.org/?" + text, "note": text})
            self.api.call("POST", "/queues/hostile/resume", None, **{"X-Forwarded-For": text.encode("ascii", "ignore").decode().replace("\x1b", "")})
        self.go("webhooks")
        self.page.says("example.org")
        self.clean()
        self.go("audit")
        self.page.says("resumeQueue")
        self.clean()


if __name__ == "__main__":
    unittest.main()
