#!/usr/bin/env python3
"""A Roost worker that needs nothing but Python: ROOST_API=http://127.0.0.1:4000 ROOST_TOKEN=… Examples/worker.py"""
import json, os, signal, threading, time, traceback, urllib.error, urllib.request

API, LEASE = os.environ.get("ROOST_API", "http://127.0.0.1:4000"), float(os.environ.get("ROOST_LEASE", "30"))
WANTED = {"lease": LEASE, "wait": 5, "worker": f"python-{os.getpid()}"}
stopping = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stopping.set())

def call(path, body, patience=10):
    headers = {"Authorization": "Bearer " + os.environ["ROOST_TOKEN"]} if "ROOST_TOKEN" in os.environ else {}
    request = urllib.request.Request(API + path, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=patience) as reply:
        return json.loads(reply.read() or "{}")

def count_words(job, is_cancelled):  # What each type of job does; what it returns is the job's result.
    time.sleep(job["payload"].get("seconds", 0))
    return {"words": len(job["payload"]["text"].split())}

HANDLERS = {"count-words": count_words}

def work(lease):
    path, done, cancelled = "/leases/" + lease["lease_id"], threading.Event(), threading.Event()
    def heartbeat():
        while not done.wait(LEASE / 3):
            try:
                if call(path + "/extend", {})["cancel"]: cancelled.set()
            except urllib.error.HTTPError as error:
                if error.code == 409: return cancelled.set()  # The lease is lost: another has the job.
            except OSError: pass  # The lease holds for a while; the next beat may get through.
    threading.Thread(target=heartbeat, daemon=True).start()
    try: report = "/complete", {"result": HANDLERS[lease["job"]["type"]](lease["job"], cancelled.is_set)}
    except Exception: report = "/fail", {"error": traceback.format_exc(limit=-1)}
    finally: done.set()
    call(path + report[0], report[1], 30)

while not stopping.is_set():
    try:
        for lease in call("/leases", {"types": list(HANDLERS), **WANTED})["leases"]: work(lease)
    except OSError as error: print(f"trying again: {error}", flush=True) or stopping.wait(1)
