import Glibc
import RoostProcessKit
import RoostTestKit

/// Does to a cluster what is planned, and notes it in the history.
struct Nemesis: Sendable {
    let cluster: ClusterUnderTest
    let log: HistoryLog

    /// Goes on until the time is over; the system is whole afterwards.
    func run(_ plan: NemesisPlan, until end: ContinuousClock.Instant) async throws {
        var plan = plan
        while ContinuousClock.now < end, !Task.isCancelled {
            let step = plan.next()
            let left = (end - ContinuousClock.now).components.seconds
            // What would outlast the run is left out.
            if step.milliseconds > Int(left) * 1000 + 3000 {
                try await pause(50)
                continue
            }
            try await perform(step)
            try await pause(step.rest)
        }
        try await cluster.mend()
    }

    /// Does one thing and undoes it.
    func perform(_ step: NemesisStep) async throws {
        let node = cluster.nodes[step.target % cluster.nodes.count]
        let api = cluster.apis[step.target % cluster.apis.count]
        let anyone = cluster.everyone[step.target % cluster.everyone.count]
        switch step.kind {
        case .killNode: try await kill(node, step)
        case .killAPI: try await kill(api, step)
        case .killSysmon: try await kill(cluster.sysmon, step)
        case .freezeNode: try await freeze(node, step)
        case .freezeAPI: try await freeze(api, step)
        case .drainNode: try await drain(node, step)
        case .restartStorm: try await storm(step)
        case .cutRedis: try await relay(node.redis, .refuse, node, step)
        case .holdRedis: try await relay(anyone.redis, .hold, anyone, step)
        case .halfOpenRedis: try await relay(node.redis, .lose, node, step)
        case .slowRedis: try await relay(anyone.redis, .delay(milliseconds: 150), anyone, step)
        case .lostReply: try await once(anyone, step) { anyone.redis.loseReply() }
        case .cutHTTP: try await once(api, step) { api.http.cut() }
        case .holdHTTP: try await relay(api.http, .hold, api, step)
        case .lostHTTPReply: try await once(api, step) { api.http.loseReply() }
        case .cutMesh: try await once(anyone, step) { anyone.mesh.cut() }
        case .holdMesh: try await relay(anyone.mesh, .hold, anyone, step)
        case .killRedis, .hangRedis, .clientKill, .scriptFlush, .maxMemory, .readOnly: try await store(step)
        }
    }

    private func pause(_ milliseconds: Int) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }

    private func note(_ step: NemesisStep, _ pids: [Int32?], since from: Moment) {
        let fault = HistoryEvent.Fault(kind: step.kind, pids: pids.compactMap(\.self), from: from, to: HistoryLog.now)
        log.add(.fault(fault))
    }

    private func kill(_ member: Member, _ step: NemesisStep) async throws {
        let (pid, from) = (member.pid, HistoryLog.now)
        try await member.kill()
        note(step, [pid], since: from)
        try await pause(step.milliseconds / 3)
        try await member.start()
    }

    private func freeze(_ member: Member, _ step: NemesisStep) async throws {
        let from = HistoryLog.now
        member.signal(SIGSTOP)
        try await pause(step.milliseconds)
        member.signal(SIGCONT)
        note(step, [member.pid], since: from)
    }

    private func drain(_ member: Member, _ step: NemesisStep) async throws {
        let (pid, from) = (member.pid, HistoryLog.now)
        member.signal(SIGTERM)
        if step.target % 2 == 0 {
            try await pause(100)
            member.signal(SIGTERM)
        }
        try await member.ended()
        note(step, [pid], since: from)
        try await member.start()
    }

    /// Two nodes die again and again, also while they start.
    private func storm(_ step: NemesisStep) async throws {
        let victims = (0..<2).map { cluster.nodes[(step.target + $0) % cluster.nodes.count] }
        for round in 0..<3 {
            for victim in victims {
                let (pid, from) = (victim.pid, HistoryLog.now)
                try await victim.kill()
                note(step, [pid], since: from)
            }
            for victim in victims {
                let starting = Task { try await victim.start() }  // Awaited below, whatever becomes of it.
                if round < 2 {
                    try await pause(step.milliseconds / 10)
                    let (pid, from) = (victim.pid, HistoryLog.now)
                    victim.signal(SIGKILL)
                    note(step, [pid], since: from)
                }
                try await starting.value
            }
        }
    }

    private func relay(
        _ proxy: FaultProxy, _ mode: FaultProxy.Mode, _ member: Member, _ step: NemesisStep
    ) async throws {
        let from = HistoryLog.now
        proxy.set(mode)
        try await pause(step.milliseconds)
        proxy.set(.pass)
        note(step, [member.pid], since: from)
    }

    private func once(_ member: Member, _ step: NemesisStep, _ harm: () -> Void) async throws {
        let from = HistoryLog.now
        harm()
        try await pause(min(step.milliseconds, 500))
        note(step, [member.pid], since: from)
    }

    private func store(_ step: NemesisStep) async throws {
        let redis = cluster.redis
        let from = HistoryLog.now
        switch step.kind {
        case .killRedis:
            redis.kill()
            try await pause(step.milliseconds)
            try redis.restart()
        case .hangRedis:
            redis.pause()
            try await pause(step.milliseconds)
            redis.resume()
        case .clientKill:
            for type in ["normal", "pubsub"] { try RedisCommand.run(["CLIENT", "KILL", "TYPE", type], redis) }
        case .scriptFlush: try RedisCommand.run(["SCRIPT", "FLUSH"], redis)
        case .maxMemory:
            try RedisCommand.run(["CONFIG", "SET", "maxmemory", "1"], redis)
            try await pause(step.milliseconds)
            try RedisCommand.run(["CONFIG", "SET", "maxmemory", "0"], redis)
        default:
            // A replica of a server that is not there: it keeps its data and takes no writes.
            try RedisCommand.run(["REPLICAOF", "127.0.0.1", "1"], redis)
            try await pause(step.milliseconds)
            try RedisCommand.run(["REPLICAOF", "NO", "ONE"], redis)
        }
        note(step, [], since: from)
    }
}
