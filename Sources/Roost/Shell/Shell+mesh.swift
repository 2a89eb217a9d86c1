import RoostCluster
import RoostJobs
import Synchronization

/// Speaking with other members.
extension Shell {
    private func member(_ text: String) throws(Failure) -> MemberName {
        try NodeNames.resolve(text, in: station.snapshot)
    }

    func nodes() throws(Failure) {
        say(try NodeTable.text(NodesDocument.json(station.snapshot)))
    }

    func peers() {
        say(
            NodeTable.align(
                station.mesh.peers.map { peer in
                    let state = peer.isConnected ? "connected" : "not connected"
                    return [
                        peer.member.name.description, state, peer.roundTrip.map(MeshText.milliseconds) ?? "-",
                    ]
                }))
    }

    func ping(_ node: String?) async throws {
        let all = station.snapshot.up.map(\.member.name).filter { $0 != station.me.name }
        for name in try node.map({ [try member($0)] }) ?? all {
            do throws(MeshError) {
                let time = try await station.mesh.ping(name)
                say("\(name)  \(MeshText.milliseconds(time))")
            } catch {
                say("\(name)  \(MeshText.sentence(error))")
            }
        }
    }

    func call(_ node: String, _ service: String, _ body: [UInt8]) async throws {
        say(ShellText.text(try await station.mesh.call(try member(node), service, body)))
    }

    func send(_ node: String, _ service: String, _ body: [UInt8]) async throws {
        try await station.mesh.send(try member(node), service, body)
        say("sent")
    }

    func multicall(_ service: String, _ body: [UInt8]) async {
        let answers = await station.mesh.multicall(service, body)
        if answers.isEmpty { say("nobody else is here") }
        for (member, answer) in answers.sorted(by: { $0.key < $1.key }) {
            switch answer {
            case .success(let reply): say("\(member.name)  \(ShellText.text(reply))")
            case .failure(let error): say("\(member.name)  \(MeshText.sentence(error))")
            }
        }
    }

    /// Whom a message for many was queued for.
    func tell(_ outcome: MeshBroadcast) {
        say("sent to \(outcome.reached.count)")
        for (member, error) in outcome.unreached.sorted(by: { $0.key < $1.key }) {
            say("not to \(member.name): \(MeshText.sentence(error))")
        }
    }

    /// Shows a task's progress until it has ended; cancelled with it.
    func spawn(_ node: String, _ task: String, _ arguments: [UInt8]) async throws {
        let name = try member(node)
        let task = try await station.mesh.spawn(name, task, arguments)
        say("started as task \(task.id.number) at \(name)")
        do throws(MeshError) {
            for await step in task.progress { say("  \(ShellText.text(step))") }
            say(ShellText.text(try await task.result()))
        } catch {
            if error == .cancelled { task.cancel() }
            throw error
        }
    }

    func groups() {
        let names = station.mesh.groupNames
        if names.isEmpty { say("no groups") }
        for name in names {
            say("\(name)  \(station.mesh.members(of: name).map(\.name.description).joined(separator: " "))")
        }
    }

    func join(_ group: String) throws {
        guard !subscriptions.withLock({ $0.keys.contains(group) }) else { return say("joined already") }
        let subscription = try station.mesh.join(group) { [weak self] message in
            self?.say("[\(group)] \(message.sender.name)  \(ShellText.text(message.body))")
        }
        subscriptions.withLock { $0[group] = subscription }
        say("joined")
    }

    func leave(_ group: String) throws(Failure) {
        guard let subscription = subscriptions.withLock({ $0.removeValue(forKey: group) }) else {
            throw Failure(.notFound, "not in \(group)")
        }
        subscription.leave()
        say("left")
    }
}
