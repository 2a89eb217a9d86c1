import FoundationEssentials
import RoostCluster
import RoostJobs

/// The commands of `roost shell`, on a process that is a member of the cluster.
struct Shell: Sendable {
    let station: Station
    let store: any JobStore

    static let help = """
        nodes                         who is in the cluster
        peers                         whom this shell is connected to
        ping NODE                     the time there and back
        call NODE SERVICE [TEXT]      ask a service of a node and show its answer (echo, whoami)
        send NODE SERVICE [TEXT]      the same without an answer
        queues                        how many jobs are where
        jobs [STATE]                  the newest jobs
        job ID                        one job
        enqueue TYPE [JSON]           give the cluster a job
        help, quit
        """

    /// What a line of input answers; nil: leave.
    func answer(_ line: String) async -> String? {
        let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: true).map(String.init)
        guard let verb = words.first else { return "" }
        do {
            switch (verb, words.count) {
            case ("quit", _), ("exit", _): return nil
            case ("help", _): return Self.help
            case ("nodes", 1): return nodes()
            case ("peers", 1): return peers()
            case ("ping", 2): return "\(try await station.mesh.ping(name(words[1])))"
            case ("call", 3...):
                let body = Array((words.count > 3 ? words[3] : "").utf8)
                return String(decoding: try await station.mesh.call(name(words[1]), words[2], body), as: UTF8.self)
            case ("send", 3...):
                try station.mesh.cast(name(words[1]), words[2], Array((words.count > 3 ? words[3] : "").utf8))
                return "sent"
            case ("queues", 1): return try await queues()
            case ("jobs", 1), ("jobs", 2): return try await jobs(words.count > 1 ? words[1] : nil)
            case ("job", 2): return try await job(words[1])
            case ("enqueue", 2...): return try await enqueue(words[1], words.dropFirst(2).joined(separator: " "))
            default: return "unknown: try help"
            }
        } catch let failure as Failure {
            return failure.message
        } catch {
            return "\(error)"
        }
    }

    private func name(_ text: String) throws(Failure) -> MemberName {
        guard let name = MemberName(text) else { throw Failure(.usage, "\(text): a node is role@host:port") }
        return name
    }

    private func nodes() -> String {
        station.snapshot.members.map { entry in
            let load = entry.report.slots > 0 ? "\(entry.report.busy)/\(entry.report.slots) busy" : ""
            return "\(JobText.pad(entry.member.name.description, 32)) \(JobText.pad("\(entry.state)", 10)) \(load)"
        }.joined(separator: "\n")
    }

    private func peers() -> String {
        station.mesh.peers.map { peer in
            let state = peer.isConnected ? peer.roundTrip.map { "\($0)" } ?? "connected" : "not connected"
            return "\(JobText.pad(peer.member.name.description, 32)) \(state)"
        }.joined(separator: "\n")
    }

    private func queues() async throws -> String {
        let counts = try await store.counts()
        return counts.queues.sorted { $0.key < $1.key }.map { queue, states in
            JobText.pad(queue, 20) + JobState.allCases.map { " \($0) \(states[$0] ?? 0)" }.joined()
        }.joined(separator: "\n")
    }

    private func jobs(_ state: String?) async throws -> String {
        let wanted = state.flatMap { JobState(rawValue: $0) }
        if let state, wanted == nil { throw Failure(.usage, "\(state) is no state of a job") }
        let page = try await store.list(JobQuery(state: wanted, limit: 20))
        return page.jobs.map { job in
            "\(job.id)  \(JobText.pad(job.state.rawValue, 9))  \(JobText.pad(job.type, 20))  \(job.insertedAt.rfc3339)"
        }.joined(separator: "\n")
    }

    private func job(_ text: String) async throws -> String {
        guard let id = JobID(text) else { throw Failure(.usage, "\(text) is no job id") }
        guard let job = try await store.job(id) else { throw Failure(.notFound, "no such job") }
        return """
            type     \(job.type)
            queue    \(job.queue)
            state    \(job.state)
            attempt  \(job.attempt) of \(job.maxAttempts)
            payload  \(String(decoding: job.payload, as: UTF8.self))
            result   \(job.result.map { String(decoding: $0, as: UTF8.self) } ?? "-")
            error    \(job.error ?? "-")
            """
    }

    private func enqueue(_ type: String, _ payload: String) async throws -> String {
        let bytes = Array((payload.isEmpty ? "{}" : payload).utf8)
        do throws(JSONFault) {
            try JSONScanner.validate(bytes)
        } catch {
            throw Failure(.badInput, "not JSON: \(error)")
        }
        return try await store.enqueue([NewJob(type: type, payload: bytes)])[0].id.description
    }
}
