#!/usr/bin/env python3
"""The algorithm of a much copied tutorial, kept with its faults: what the checker must catch.

Its consumer group starts at the stream's end, its stream is trimmed whatever is in it, a failed job is acknowledged,
slept on in memory and added again, entries that are pending for long are taken from whoever works on them, and nobody
is told apart by name. Writes the same notebook as the handler `record` does.

usage: seed-worker.py PORT NOTEBOOK RECLAIM_SECONDS
"""
import json
import os
import sys
import threading
import time

import redis

port, notebook, reclaim_after = int(sys.argv[1]), sys.argv[2], float(sys.argv[3])
stream, group, consumer, most, max_attempts, max_length = "jobs:work", "workers", os.uname().nodename, 8, 10, 200
os.makedirs(notebook + ".effects", exist_ok=True)
client = redis.Redis(host="127.0.0.1", port=port, decode_responses=True, socket_timeout=5)
active = set()


def note(event, job, attempt, **more):
    row = {"event": event, "job": job, "op": job, "attempt": attempt, "pid": os.getpid()}
    row |= {"at": time.time_ns() // 1000} | more
    file = os.open(notebook, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(file, (json.dumps(row) + "\n").encode())
    os.close(file)


def execute(job, payload, attempt):
    note("start", job, attempt)
    half = payload.get("seconds", 0) / 2
    time.sleep(half)
    try:
        file = os.open(f"{notebook}.effects/{job}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, job.encode())
        os.close(file)
    except FileExistsError:
        pass
    time.sleep(half)
    if attempt < payload.get("until_attempt", 0):
        note("end", job, attempt, outcome="error")
        raise RuntimeError("fails as asked")
    note("end", job, attempt, outcome="ok", result={"op": job})


def add_again(fields, delay):
    time.sleep(delay)
    client.xadd(stream, fields, maxlen=max_length, approximate=True)


def process(entry, fields):
    attempts = int(fields.get("attempts") or 0)
    try:
        try:
            execute(fields["id"], json.loads(fields["payload"]), attempts + 1)
            client.xack(stream, group, entry)
        except RuntimeError as error:
            if attempts + 1 >= max_attempts:
                client.xadd("jobs:dead", {"original_id": fields["id"], "reason": str(error)})
                client.xack(stream, group, entry)
            else:
                client.xack(stream, group, entry)
                again = fields | {"attempts": str(attempts + 1)}
                threading.Thread(target=add_again, args=(again, 1.0), daemon=True).start()
    except redis.RedisError:
        pass
    finally:
        active.discard(threading.current_thread())


def dispatch(entries):
    for entry, fields in entries:
        if fields:
            thread = threading.Thread(target=process, args=(entry, fields), daemon=True)
            active.add(thread)
            thread.start()


while True:
    try:
        client.xgroup_create(stream, group, id="$", mkstream=True)
        break
    except redis.ResponseError:
        break
    except redis.RedisError:
        time.sleep(0.1)
print("ready", flush=True)
reclaimed = time.monotonic()
while True:
    try:
        if time.monotonic() - reclaimed > reclaim_after:
            reclaimed = time.monotonic()
            dispatch(client.xautoclaim(stream, group, consumer, int(reclaim_after * 1000), "0-0", count=100)[1])
        if len(active) < most:
            for _, entries in client.xreadgroup(group, consumer, {stream: ">"}, count=most, block=200) or []:
                dispatch(entries)
        else:
            time.sleep(0.02)
    except redis.RedisError:
        time.sleep(0.1)
