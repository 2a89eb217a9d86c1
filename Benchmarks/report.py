"""Tables of what was measured: medians, and the ratios of each round's pair."""
import statistics

# Clients, commands each has in flight, how many a second to expect.
CEILING = [("single", 1, 1, 20_000), ("concurrent", 64, 1, 80_000), ("bulk", 4, 64, 500_000)]
# Roost's drain beside theirs, at least.
GOALS = {"sidekiq6": 8, "saq": 35}


def get(row, path):
    for key in path.split("."):
        row = row.get(key) if isinstance(row, dict) else None
    return row


def median(rows, path):
    values = [value for value in (get(row, path) for row in rows) if value is not None]
    return statistics.median(values) if values else None


def ratio(ours, theirs, path, is_cost):
    """The median of the rounds' ratios, more than 1 where Roost is better."""
    pairs = [(get(a, path), get(b, path)) for a, b in zip(ours, theirs) if a and b]
    values = [(b / a if is_cost else a / b) for a, b in pairs if a and b]
    return statistics.median(values) if values else None


def spread(rows):
    """Between the slowest and the fastest drain, in % of the median."""
    rates = [get(row, "drain.rate") for row in rows]
    return f", {100 * (max(rates) - min(rates)) / statistics.median(rates):.0f} %" if len(rates) > 1 else ""


def cell(value):
    if value is None:
        return "–"
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(title, heads, lines):
    print(f"\n### {title}\n\n| " + " | ".join(heads) + " |\n|---|" + "--:|" * (len(heads) - 1))
    for line in lines:
        print("| " + " | ".join(line) + " |")


COMPARED = [("one by one", "single.rate", False), ("64 at once", "concurrent.rate", False),
            ("bulk", "bulk.rate", False), ("drain", "drain.rate", False), ("p50", "latency.p50_ms", True),
            ("p99", "latency.p99_ms", True),
            ("worker CPU", "drain.worker_us", True), ("Redis CPU of a drain", "drain.server_us", True),
            ("RSS", "drain.rss", True)]


def ratios(rows, systems):
    found = {}
    for name in rows:
        if name.startswith("roost") or name == "ceiling":
            continue
        ours = "roost-sqlite" if systems[name]["kind"] == "sqlite" else "roost"
        if ours in rows:
            found[name] = {head: ratio(rows[ours], rows[name], path, cost) for head, path, cost in COMPARED}
    return found


SPEED = ["single.rate", "concurrent.rate", "bulk.rate"]
COSTS = [
    ("client one by one", "single.client_us"), ("client bulk", "bulk.client_us"), ("worker", "drain.worker_us"),
    ("Redis one by one", "single.server_us"), ("Redis 64", "concurrent.server_us"), ("Redis bulk", "bulk.server_us"),
    ("Redis drain", "drain.server_us"), ("commands one by one", "single.calls"), ("commands bulk", "bulk.calls"),
    ("commands drain", "drain.calls"), ("bytes", "single.bytes"), ("RSS idle", "latency.idle_rss"),
    ("RSS drain", "drain.rss"), ("idle cores", "latency.idle_cores")]


def speed(name, rows, what):
    """A line of the first table."""
    drain, concurrency = cell(median(rows, "drain.rate")), get(rows[-1], "drain.concurrency") or "300"
    return [name, *(cell(median(rows, path)) for path in SPEED), f"{drain} ({concurrency}{spread(rows)})",
            *(cell(median(rows, path)) for path in ("latency.p50_ms", "latency.p99_ms")), what["results"],
            what["guarantee"], rows[0]["durability"]]


def report(rows, systems):
    ran = {name: [row for row in rows[name] if row] for name in rows if any(rows[name])}
    names = [name for name in ran if name != "ceiling"]
    table("How fast: jobs a second, and ms from the call to the handler's start when idle",
          ["system", "one by one", "64 at once", "bulk", "drain (concurrency, spread)", "p50", "p99", "results kept",
           "guarantee", "durability"],
          [speed(name, ran[name], systems[name]) for name in names])
    table("What it costs: processor time in ms per 1,000 jobs (µs a job), Redis commands a job (those of scripts "
          "too), bytes a queued job, MB", ["system", *(head for head, _ in COSTS)],
          [[name, *(cell(median(ran[name], path)) for _, path in COSTS)] for name in names])
    found = ratios({name: rows[name] for name in ran}, systems)
    if found:
        table("Roost is so many times as good as (SQLite beside SQLite)",
              ["system", *(head for head, _, _ in COMPARED), "goal"],
              [[name, *map(cell, found[name].values()), f"drain at least {GOALS[name]}" if name in GOALS else ""]
               for name in found])
    if "ceiling" in ran:
        tops, keys = ran["ceiling"], [key for key, *_ in CEILING]
        table("The ceiling: SETs of 100 bytes by redis-benchmark (1 client; 64 clients; 4 clients with 64 in flight)",
              ["", "one by one", "64 at once", "bulk"],
              [["SET/s", *(cell(median(tops, f"{key}.rate")) for key in keys)],
               ["Redis µs", *(cell(median(tops, f"{key}.server_us")) for key in keys)],
               ["Roost's jobs of it",
                *(cell(ratio(rows.get("roost", []), rows["ceiling"], f"{key}.rate", False)) for key in keys)]])
    return found
