import Testing

@testable import RoostCluster

@Suite("A service's mailbox")
struct ServiceMailboxTests {
    /// Handles "wait" until it is cancelled, and gives back anything else.
    private static func mailbox() -> ServiceMailbox {
        ServiceMailbox(name: "wait", maximumMessages: 8, maximumBytes: 1024) { message in
            guard message.body == Array("wait".utf8) else { return message.body }
            while !Task.isCancelled { await Task.yield() }
            return nil
        }
    }

    private static func delivery(
        _ number: UInt64, _ body: String, reply: @escaping @Sendable (Result<[UInt8], MeshError>) -> Void
    ) throws -> Delivery {
        let sender = try Fixture.member("api@127.0.0.1:1").id
        return Delivery(
            MeshMessage(
                sender: sender, roles: [.worker], service: "wait", body: Array(body.utf8), isCall: true),
            call: Delivery.CallKey(connection: 1, number: number), reply: reply)
    }

    @Test("a call given up while its worker wakes up is cancelled, and the next one is not")
    func givenUpAtOnce() async throws {
        let mailbox = Self.mailbox()
        async let running: Void = mailbox.run()
        for round in 0..<500 {
            let number = UInt64(round) * 2
            let given = try Self.delivery(number, "wait") { _ in Issue.record("answered what nobody waits for") }
            #expect(mailbox.deliver(given))
            #expect(mailbox.cancel(given.call ?? .init(connection: 0, number: 0)))
            let answer = await withCheckedContinuation { waiter in
                do {
                    let next = try Self.delivery(number + 1, "next") { waiter.resume(returning: $0) }
                    if !mailbox.deliver(next) { waiter.resume(returning: .failure(.overloaded)) }
                } catch {
                    waiter.resume(returning: .failure(.cancelled))
                }
            }
            #expect(answer == .success(Array("next".utf8)))
        }
        mailbox.finish()
        await running
    }

    @Test("a handler may use its own mailbox while it is being cancelled")
    func usedFromCancellation() async throws {
        let (holder, said) = AsyncStream.makeStream(of: ServiceMailbox.self)
        let (began, beginning) = AsyncStream.makeStream(of: Void.self)
        let mailbox = ServiceMailbox(name: "wait", maximumMessages: 8, maximumBytes: 1024) { message in
            guard message.isCall, message.body == Array("wait".utf8) else { return nil }
            var holders = holder.makeAsyncIterator()
            guard let own = await holders.next() else { return nil }
            let note = try Self.delivery(2, "note") { _ in }
            beginning.yield()
            await withTaskCancellationHandler {
                while !Task.isCancelled { await Task.yield() }
            } onCancel: {
                _ = own.deliver(note)
            }
            return nil
        }
        said.yield(mailbox)
        async let running: Void = mailbox.run()
        let call = try Self.delivery(1, "wait") { _ in Issue.record("answered what nobody waits for") }
        #expect(mailbox.deliver(call))
        var beginnings = began.makeAsyncIterator()
        _ = await beginnings.next()
        #expect(mailbox.cancel(call.call ?? .init(connection: 0, number: 0)))
        mailbox.finish()
        await running
    }
}
