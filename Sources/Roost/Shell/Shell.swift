import RoostCluster
import RoostJobs
import Synchronization

/// The commands of `roost shell`, on a process that is a member of the cluster. No error ends it.
final class Shell: Sendable {
    /// What a line of input comes to.
    enum Next: Sendable, Equatable {
        case goOn
        case quit
    }

    static let help = """
        nodes                         who is in the cluster
        peers                         whom this shell is connected to
        ping [NODE]                   the time to one or all nodes and back
        call NODE SERVICE [TEXT]      ask a service of a node and show its answer
        send NODE SERVICE [TEXT]      the same without an answer
        multicall SERVICE [TEXT]      ask all nodes at once
        broadcast SERVICE [TEXT]      tell all nodes
        spawn NODE TASK [JSON]        start a task at a node, show its progress and its result
        groups                        process groups and who is in them
        join GROUP, leave GROUP       show what is published in a group, or no more
        publish GROUP [TEXT]          tell all members of a group
        queues                        how many jobs are where
        jobs [STATE]                  the newest jobs
        job ID                        one job
        enqueue TYPE [JSON]           give the cluster a job
        cancel ID                     call a job off
        history, help, quit

        NODE is role@host:port, or a part of that. Every node answers echo, whoami and mesh; those started with --demo
        also demo.echo, demo.relay and the task demo.count.
        """

    let station: Station
    let store: any JobStore
    let history: @Sendable () -> [String]
    let subscriptions = Mutex<[String: MeshSubscription]>([:])

    init(station: Station, store: any JobStore, history: @escaping @Sendable () -> [String] = { [] }) {
        self.station = station
        self.store = store
        self.history = history
    }

    /// Does what a line says and shows what comes of it.
    func run(_ line: String) async -> Next {
        let line = ShellLine(line)
        guard let verb = line.verb else { return .goOn }
        if verb == "quit" || verb == "exit" { return .quit }
        do {
            try await run(verb, line)
        } catch let failure as Failure {
            say(failure.message)
        } catch let error as MeshError {
            say(MeshText.sentence(error))
        } catch let error as StoreError {
            say("the store: \(error.message)")
        } catch {
            say("\(error)")
        }
        return .goOn
    }

    func say(_ text: String) {
        if !text.isEmpty { Console.print(ShellText.printable(text)) }
    }

    private func run(_ verb: String, _ line: ShellLine) async throws {
        switch (verb, line.count) {
        case ("help", _): say(Self.help)
        case ("history", 0): say(history().enumerated().map { "\($0 + 1)  \($1)" }.joined(separator: "\n"))
        case ("nodes", 0): try nodes()
        case ("peers", 0): peers()
        case ("ping", 0): try await ping(nil)
        case ("ping", 1): try await ping(line[0])
        case ("call", 2...): try await call(line[0], line[1], line.rest(after: 2))
        case ("send", 2...): try await send(line[0], line[1], line.rest(after: 2))
        case ("multicall", 1...): await multicall(line[0], line.rest(after: 1))
        case ("broadcast", 1...): tell(station.mesh.broadcast(line[0], line.rest(after: 1)))
        case ("spawn", 2...): try await spawn(line[0], line[1], line.rest(after: 2))
        case ("groups", 0): groups()
        case ("join", 1): try join(line[0])
        case ("leave", 1): try leave(line[0])
        case ("publish", 1...): tell(station.mesh.publish(line[0], line.rest(after: 1)))
        case ("queues", 0): try await queues()
        case ("jobs", 0): try await jobs(nil)
        case ("jobs", 1): try await jobs(line[0])
        case ("job", 1): try await job(line[0])
        case ("enqueue", 1...): try await enqueue(line[0], line.rest(after: 1))
        case ("cancel", 1): try await cancel(line[0])
        default: say(Self.verbs.contains(verb) ? "\(verb): see help for what it takes" : "unknown: try help")
        }
    }

    static let verbs = [
        "broadcast", "call", "cancel", "enqueue", "exit", "groups", "help", "history", "job", "jobs", "join", "leave",
        "multicall", "nodes", "peers", "ping", "publish", "queues", "quit", "send", "spawn",
    ]

    /// What the last word typed may become: a command, then a node.
    static func complete(_ text: String, _ station: Station) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        guard let last = words.last else { return [] }
        if words.count == 1 { return verbs.filter { $0.hasPrefix(last) } }
        guard words.count == 2, ["ping", "call", "send", "spawn"].contains(String(words[0])) else { return [] }
        return station.snapshot.up.map(\.member.name.description).filter { $0.hasPrefix(last) }
    }
}
