import RoostJobs

extension PrometheusText {
    mutating func write(_ store: StoreReading) {
        single("roost_store_up", .gauge, "1 when the store answers.", store.health.isReachable ? 1 : 0)
        family("roost_store_latency_seconds", .gauge, "How long the store took in this scrape, by call.") { family in
            for (operation, time) in store.times { family.sample(["op": operation], time.inSeconds) }
        }
    }

    /// Jobs by queue and state, and sums since the store was made.
    mutating func write(_ counts: StoreCounts) {
        let kept = Set(counts.queues.keys.filter { $0 != "other" }.sorted().prefix(MetricsRoutes.maximumQueues))
        var shown: [String: [JobState: Int]] = [:]
        for (name, states) in counts.queues {
            shown[kept.contains(name) ? name : "other", default: [:]].merge(states) { $0 + $1 }
        }
        family("roost_jobs", .gauge, "Jobs in the store now.") { family in
            for (name, states) in shown.sorted(by: { $0.key < $1.key }) {
                for state in JobState.allCases {
                    family.sample(["queue": name, "state": state.rawValue], states[state] ?? 0)
                }
            }
        }
        let totals = counts.totals
        family("roost_jobs_total", .counter, "What has happened to jobs since the store was made.") { family in
            family.sample(["event": "enqueued"], totals.enqueued)
            family.sample(["event": "started"], totals.started)
            family.sample(["event": "done"], totals.done)
            family.sample(["event": "retried"], totals.retried)
            family.sample(["event": "failed"], totals.failed)
            family.sample(["event": "reclaimed"], totals.reclaimed)
        }
    }

    /// How long queues have waited and which are paused; of those beyond the limit the worst.
    mutating func write(_ queues: [QueueStatus], now: Timestamp) {
        let kept = Set(
            queues.map(\.name).filter { $0 != "other" && $0 != QueueSettings.all }.sorted().prefix(
                MetricsRoutes.maximumQueues))
        var ages: [String: Double] = [:]
        var paused: [String: Bool] = [:]
        for queue in queues {
            let name = kept.contains(queue.name) || queue.name == QueueSettings.all ? queue.name : "other"
            let age = queue.oldest.map { max(.zero, now.since($0)).inSeconds } ?? 0
            if name != QueueSettings.all { ages[name] = max(ages[name] ?? 0, age) }
            paused[name] = (paused[name] ?? false) || queue.settings.isPaused
        }
        family("roost_queue_oldest_age_seconds", .gauge, "How long the first waiting job has waited; 0 when none does.")
        {
            for (name, age) in ages.sorted(by: { $0.key < $1.key }) { $0.sample(["queue": name], age) }
        }
        family("roost_queue_paused", .gauge, "1 for a paused queue; queue * stands for all.") {
            for (name, isPaused) in paused.sorted(by: { $0.key < $1.key }) {
                $0.sample(["queue": name], isPaused ? 1 : 0)
            }
        }
    }

    mutating func write(_ meter: RequestMeter) {
        let (finished, running) = meter.reading
        family("roost_http_requests_total", .counter, "Requests answered, by route and kind of status.") { family in
            for (key, durations) in finished {
                family.sample(["method": key.method, "route": key.route, "status": key.status], durations.count)
            }
        }
        var routes: [(route: String, durations: DurationHistogram)] = []
        for (key, durations) in finished {
            if routes.last?.route == key.route {
                routes[routes.count - 1].durations.add(durations)
            } else {
                routes.append((key.route, durations))
            }
        }
        family("roost_http_request_duration_seconds", .histogram, "From a request's head to its reply, by route.") {
            for (route, durations) in routes { $0.histogram(["route": route], durations) }
        }
        single("roost_http_requests_active", .gauge, "Requests being answered.", Double(running))
    }

    mutating func write(_ connections: ConnectionMeter.Reading) {
        single("roost_http_connections", .gauge, "Open connections.", Double(connections.open))
        single("roost_http_connections_total", .counter, "Connections accepted.", Double(connections.accepted))
        single(
            "roost_http_held_bytes", .gauge, "Bytes of request heads that are not whole yet.",
            Double(connections.heldBytes))
        family("roost_http_refused_total", .counter, "Connections refused before a route saw a request, by why.") {
            for fault in RequestFault.allCases {
                $0.sample(["reason": fault.rawValue], connections.refusals[fault] ?? 0)
            }
        }
    }

    /// The names every Prometheus client uses.
    mutating func write(_ process: ProcessReading) {
        func write(_ name: String, _ help: String, _ value: Double?, _ kind: Kind = .gauge) {
            if let value { single(name, kind, help, value) }
        }
        write("process_cpu_seconds_total", "User and system CPU time.", process.cpuSeconds, .counter)
        write("process_resident_memory_bytes", "Memory in RAM.", process.residentBytes)
        write("process_virtual_memory_bytes", "Address space.", process.virtualBytes)
        write("process_start_time_seconds", "Start, since the epoch.", process.startSeconds)
        write("process_open_fds", "Open file descriptors.", process.openFiles)
        write("process_max_fds", "File descriptors that may be open.", process.maximumFiles)
        write("process_threads", "Threads.", process.threads)
    }
}
