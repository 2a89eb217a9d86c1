import NIOCore
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("Outbound queue")
struct OutboundQueueTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

    private func queue(frames: Int = 1000, bytes: Int = 1 << 20, parts: Bool = true, credit: Bool = true)
        -> OutboundQueue
    {
        var queue = OutboundQueue(maximumFrames: frames, maximumBytes: bytes)
        queue.usesParts = parts
        queue.usesCredit = credit
        return queue
    }

    private func frame(_ size: Int, _ number: UInt64 = 0, _ type: FrameType = .cast) -> Frame {
        Frame(type, correlation: number, payload: ByteBuffer(repeating: 0, count: size))
    }

    /// Everything that can be sent, as the peer's decoder sees it.
    private func take(_ queue: inout OutboundQueue, now: NIODeadline? = nil) throws -> [Frame] {
        var decoder = FrameDecoder(limit: .max)
        var frames: [Frame] = []
        var batch = OutboundBatch()
        while queue.take(&batch, now: now ?? start) {
            decoder.append(batch.encode(now: now ?? start))
            while let frame = try decoder.next() { frames.append(frame) }
        }
        return frames
    }

    @Test("what is small goes between the parts of what is large, and each lane keeps its order")
    func interleaving() throws {
        var queue = queue()
        _ = queue.append(frame(400_000, 1), lane: .service("a"))
        _ = queue.append(frame(1, 2), lane: .service("a"))
        _ = queue.append(frame(1, 3), lane: .service("b"))
        _ = queue.append(frame(1, 4))
        var order = try take(&queue).map(\.correlation)
        // The large one took more than the service's window.
        _ = queue.grant("a", .window)
        _ = queue.grant("a", .window)
        order += try take(&queue).map(\.correlation)
        #expect(order.filter { $0 == 1 }.count == 7)
        #expect(order.prefix(3).contains(3) && order.prefix(3).contains(4))
        #expect(order.last == 2)
        #expect(queue.isEmpty && queue.started == 0)
    }

    @Test("to a peer that knows no parts a large payload goes whole")
    func whole() throws {
        var queue = queue(parts: false)
        _ = queue.append(frame(400_000, 1), lane: .service("a"))
        #expect(try take(&queue) == [frame(400_000, 1)])
    }

    @Test("the parts put together are what was sent", arguments: [65_536, 65_537, 131_072, 400_001])
    func assembling(size: Int) throws {
        var queue = queue()
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let sent = Frame(.call, flags: .optional, correlation: 9, payload: ByteBuffer(bytes: bytes))
        _ = queue.append(sent, lane: .service("a"))
        var assembler = PartAssembler(limit: size)
        let outcomes = try take(&queue).map { assembler.add($0) }
        #expect(outcomes.last == .whole(sent))
        #expect(outcomes.dropLast().allSatisfy { $0 == .part })
        #expect(assembler.pendingBytes == 0)
    }

    @Test("a service that does not keep up holds up neither the others nor more than half of the room")
    func stalled() throws {
        var queue = queue(frames: 4000, bytes: 1 << 24)
        var kept = 0
        for number in 0..<10_000 where queue.append(frame(10, UInt64(number)), lane: .service("slow")) != .full {
            kept += 1
            if number == Credit.window.messages - 1 { #expect(try take(&queue).count == Credit.window.messages) }
        }
        #expect(kept == Credit.window.messages + 2000)
        #expect(try take(&queue).isEmpty)
        #expect(queue.append(frame(10, 1), lane: .service("quick")) == .schedule)
        #expect(try take(&queue).count == 1)
        #expect(queue.grant("slow", Credit(messages: 100, bytes: 100_000)) == .schedule)
        let released = try take(&queue).map(\.correlation)
        #expect(released == (0..<100).map { UInt64(Credit.window.messages + $0) })
    }

    @Test("several services that do not keep up leave a quarter of the room to the rest")
    func manyStalled() throws {
        var queue = queue(frames: 4000, bytes: 1 << 24)
        for service in 0..<10 {
            for number in 0..<10_000 {
                let refused = queue.append(frame(10), lane: .service("slow\(service)")) == .full
                if number == Credit.window.messages - 1 { _ = try take(&queue) }
                if refused { break }
            }
        }
        #expect(queue.data.frames <= 3000 + Credit.window.messages)
        #expect(queue.append(frame(10), lane: .service("quick")) == .schedule)
    }

    @Test("a grant never lifts a service above its window, whatever the peer says")
    func grants() throws {
        var queue = queue(frames: 10_000)
        _ = queue.append(frame(10), lane: .service("a"))
        _ = try take(&queue)
        _ = queue.grant("a", Credit(messages: .max, bytes: .max))
        _ = queue.grant("a", Credit(messages: -5, bytes: -5))
        _ = queue.grant("unknown", Credit(messages: 1, bytes: 1))
        #expect(queue.numbers.isEmpty)
        for _ in 0..<5000 { _ = queue.append(frame(10), lane: .service("a")) }
        #expect(try take(&queue).count == Credit.window.messages)
    }

    @Test("answers and messages have rooms of their own")
    func budgets() throws {
        var queue = queue(frames: 10)
        for _ in 0..<10 { #expect(queue.append(frame(1), lane: .publications) != .full) }
        #expect(queue.append(frame(1), lane: .publications) == .full)
        #expect(queue.append(frame(1), lane: .service("a")) == .full)
        for _ in 0..<10 { #expect(queue.append(frame(1)) != .full) }
        #expect(queue.append(frame(1)) == .full)
        #expect(try take(&queue).count == 20)
        #expect(queue.append(frame(1), lane: .service("a")) == .schedule)
    }

    @Test("who waits for room is let in in order, and nobody overtakes")
    func waiting() throws {
        var queue = queue(frames: 2)
        for number in 1...2 { _ = queue.append(frame(1, UInt64(number)), lane: .service("a")) }
        for number in UInt64(3)...4 {
            #expect(queue.wait(frame(1, number), lane: .service("a"), number: number) == true)
        }
        #expect(queue.wait(frame(1), lane: .service("a"), number: 5) == false)
        #expect(queue.admitWaiting().numbers.isEmpty)
        #expect(try take(&queue).map(\.correlation) == [1, 2])
        #expect(queue.append(frame(1, 9), lane: .service("a")) == .full)
        #expect(queue.stopWaiting(3) == true)
        #expect(queue.admitWaiting().numbers == [4])
        #expect(queue.stopWaiting(4) == false)
        #expect(try take(&queue).map(\.correlation) == [4])
    }

    @Test("a call tells how long its caller still waits, and is not sent when nobody does")
    func patience() throws {
        var queue = queue()
        for seconds in [1, 10] {
            let body = MessageBody(patience: UInt32(seconds * 1000), service: "a", body: []).encode()
            _ = queue.append(
                Frame(.call, correlation: UInt64(seconds), payload: body), lane: .service("a"),
                expires: start + .seconds(Int64(seconds)))
        }
        let sent = try take(&queue, now: start + .seconds(3))
        #expect(sent.map(\.correlation) == [10])
        #expect(sent.compactMap { MessageBody(decoding: $0.payload)?.patience } == [7000])
        #expect(queue.isEmpty)
    }

    @Test("a call given up is not sent, or followed by a CANCEL")
    func abandoning() throws {
        var queue = queue()
        _ = queue.append(frame(200_000, 1, .call), lane: .service("a"))
        _ = queue.append(frame(1, 2, .call), lane: .service("a"))
        var batch = OutboundBatch()
        let isTaken = queue.take(&batch, now: start)
        #expect(isTaken && batch.frames == 1)
        let told = [queue.abandon(call: 2, service: "a"), queue.abandon(call: 1, service: "a")]
        #expect(told == [false, false])
        let rest = try take(&queue)
        #expect(rest.map(\.type).suffix(2) == [FrameType.call.rawValue, FrameType.cancel.rawValue])
        #expect(rest.allSatisfy { $0.correlation == 1 })
        #expect(queue.abandon(call: 1, service: "a") == true)
        #expect(queue.isEmpty)
    }

    @Test("random use keeps the books: everything kept is sent once, in order, within the limits", arguments: 1...20)
    func random(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var queue = queue(frames: 200, bytes: 2_000_000, parts: seed % 2 == 0, credit: seed % 3 != 0)
        var assembler = PartAssembler(limit: 1 << 20)
        var inbound = InboundCredit()
        var kept: [String: [UInt64]] = [:]
        var received: [String: [UInt64]] = [:]
        var decoder = FrameDecoder(limit: .max)
        var batch = OutboundBatch()
        for number in UInt64(1)...600 {
            let service = "s\(Int.random(in: 0..<5, using: &generator))"
            let size = Bool.random(using: &generator) ? 10 : Int.random(in: 0...200_000, using: &generator)
            let body = MessageBody(patience: 0, service: service, body: Array(repeating: 0, count: size)).encode()
            if queue.append(Frame(.cast, correlation: number, payload: body), lane: .service(service)) != .full {
                kept[service, default: []].append(number)
            }
            #expect(queue.data.frames <= 200 && queue.data.bytes <= 2_000_000)
            let rounds = number == 600 ? 10_000 : Int.random(in: 0...2, using: &generator)
            for _ in 0..<rounds {
                guard queue.take(&batch, now: start) else { break }
                decoder.append(batch.encode(now: start))
                while let frame = try decoder.next() {
                    guard case .whole(let whole) = assembler.add(frame) else { continue }
                    let name = try Fixture.required(MessageBody(decoding: whole.payload)).service
                    received[name, default: []].append(whole.correlation)
                    let isAllowed = inbound.arrived(name, whole.payload.readableBytes)
                    #expect(isAllowed || !queue.usesCredit)
                    if let grant = inbound.handled(name, whole.payload.readableBytes) { _ = queue.grant(name, grant) }
                }
            }
        }
        #expect(received == kept)
        #expect(queue.isEmpty && queue.started == 0 && queue.data == .init())
    }
}

extension OutboundQueue {
    fileprivate mutating func append(
        _ frame: Frame, lane: OutboundLane = .control, expires: NIODeadline? = nil
    ) -> Admission {
        append(OutboundEntry(frame, expires: expires), lane: lane)
    }

    fileprivate mutating func wait(_ frame: Frame, lane: OutboundLane, number: UInt64) -> Bool {
        wait(OutboundEntry(frame), lane: lane, number: number)
    }
}
