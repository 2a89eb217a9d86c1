import NIOCore
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("Failure detection frames")
struct DetectorFrameTests {
    @Test("each frame reads as it was written, and is optional")
    func roundTrips() throws {
        let (one, other) = (try Fixture.member("worker@a:1", incarnation: 7), try Fixture.member("api@[::1]:2"))
        let frames: [DetectorFrame] = [
            .peers([one, other]), .peers([]), .witness(one.id), .probe(other.id, number: .max),
            .acknowledge(one.id, number: 1), .goodbye, .fenced(incarnation: .max),
        ]
        for frame in frames {
            let encoded = frame.encode()
            #expect(encoded.flags == .optional)
            #expect(DetectorFrame(encoded) == frame)
        }
    }

    @Test("PEERS names no more than fit")
    func limit() throws {
        let members = try (1...2000).map { try Fixture.member("worker@host-of-some-length:\($0)") }
        let small = DetectorFrame.peers(members).encode(limit: 4096)
        #expect(small.payload.readableBytes <= 4096)
        guard case .peers(let read) = DetectorFrame(small) else {
            Issue.record("not read")
            return
        }
        #expect(read == Array(members.prefix(read.count)) && read.count > 20)
        guard case .peers(let most) = DetectorFrame(DetectorFrame.peers(members).encode()) else {
            Issue.record("not read")
            return
        }
        #expect(most.count == DetectorFrame.maximumPeers)
    }

    @Test("noise and cut frames are refused")
    func noise() throws {
        var random = SeededGenerator(seed: 3)
        let members = [try Fixture.member("worker@a:1"), try Fixture.member("api@b:2")]
        let whole = DetectorFrame.peers(members).encode()
        for size in 0..<whole.payload.readableBytes {
            var cut = whole
            cut.payload = whole.payload.getSlice(at: whole.payload.readerIndex, length: size) ?? ByteBuffer()
            #expect(DetectorFrame(cut) == nil)
        }
        for _ in 0..<20_000 {
            let size = Int.random(in: 0...80, using: &random)
            let bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            let type = UInt8.random(in: 20...25, using: &random)
            // Must not trap; what is read reads again.
            let frame = Frame(rawType: type, flags: [], correlation: 0, payload: ByteBuffer(bytes: bytes))
            if let read = DetectorFrame(frame) { #expect(DetectorFrame(read.encode()) == read) }
        }
    }
}
