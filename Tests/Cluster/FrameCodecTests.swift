import NIOCore
import RoostTestKit
import Testing

@testable import RoostCluster

@Suite("Frame codec")
struct FrameCodecTests {
    private func bytes(_ frames: Frame...) -> ByteBuffer {
        var buffer = ByteBuffer()
        for frame in frames { frame.encode(into: &buffer) }
        return buffer
    }

    private func frame(_ size: Int, correlation: UInt64 = 7) -> Frame {
        Frame(.call, flags: .optional, correlation: correlation, payload: ByteBuffer(repeating: 0xAB, count: size))
    }

    @Test("the layout is length, type, flags, reserved, correlation, payload, big endian")
    func layout() {
        let encoded = bytes(Frame(.ping, flags: .optional, correlation: 0x0102, payload: ByteBuffer(bytes: [9])))
        #expect(Array(encoded.readableBytesView) == [0, 0, 0, 13, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 9])
    }

    @Test(
        "every size up to the limit passes, one more is refused", arguments: [0, 1, 11, 12, 13, 255, 256, 4095, 4096])
    func boundaries(size: Int) throws {
        var decoder = FrameDecoder(limit: size)
        decoder.append(bytes(frame(size)))
        #expect(try decoder.next() == frame(size))
        #expect(try decoder.next() == nil)
        #expect(decoder.pendingBytes == 0)
        decoder.append(bytes(frame(size + 1)))
        #expect(throws: FrameFault.tooLarge(length: UInt32(12 + size + 1))) { try decoder.next() }
    }

    @Test("frames that dribble in byte by byte come out whole and in order")
    func dribble() throws {
        let frames = [frame(0, correlation: 1), frame(300, correlation: 2), frame(1, correlation: 3)]
        var decoder = FrameDecoder(limit: 300)
        var seen: [Frame] = []
        for byte in bytes(frames[0], frames[1], frames[2]).readableBytesView {
            decoder.append(ByteBuffer(bytes: [byte]))
            while let next = try decoder.next() { seen.append(next) }
        }
        #expect(seen == frames)
    }

    @Test("a length of 0xFFFFFFFF is refused from its four bytes alone", arguments: [0, 4096, Int.max])
    func hugeLength(limit: Int) {
        var decoder = FrameDecoder(limit: limit)
        decoder.append(ByteBuffer(bytes: [0xFF, 0xFF, 0xFF, 0xFF]))
        #expect(throws: FrameFault.tooLarge(length: .max)) { try decoder.next() }
        #expect(decoder.pendingBytes == 4)
    }

    @Test("no configuration passes the hard limit")
    func hardLimit() {
        #expect(FrameDecoder(limit: .max).limit == 16 * 1024 * 1024)
        #expect(FrameDecoder(limit: -1).limit == 0)
    }

    @Test("a length that does not cover the header is refused", arguments: UInt32(0)..<12)
    func shortLength(length: UInt32) {
        var decoder = FrameDecoder(limit: 100)
        decoder.append(ByteBuffer(integer: length))
        #expect(throws: FrameFault.tooShort(length: length)) { try decoder.next() }
    }

    @Test("the limit can grow between two frames")
    func growingLimit() throws {
        var decoder = FrameDecoder(limit: 10)
        decoder.append(bytes(frame(10), frame(1000)))
        #expect(try decoder.next() != nil)
        decoder.limit = 1000
        #expect(try decoder.next() == frame(1000))
    }

    @Test("random bytes never crash it and never make it hold more than was sent", arguments: UInt64(1)...40)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var decoder = FrameDecoder(limit: 512)
        var sent = 0
        for _ in 0..<500 {
            let chunk = (0..<Int.random(in: 0...64, using: &generator)).map { _ in
                UInt8.random(in: 0...(Bool.random(using: &generator) ? 1 : 255), using: &generator)
            }
            sent += chunk.count
            decoder.append(ByteBuffer(bytes: chunk))
            do {
                while try decoder.next() != nil {}
            } catch {
                return
            }
            #expect(decoder.pendingBytes <= sent)
        }
    }

    @Test("random payloads never crash the readers of what is in a frame", arguments: UInt64(1)...40)
    func randomPayloads(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let size = Int.random(in: 0...200, using: &generator)
            var payload = ByteBuffer(bytes: (0..<size).map { _ in UInt8.random(in: 0...255, using: &generator) })
            _ = MessageBody(decoding: payload)
            _ = MeshError(errorFrame: payload)
            _ = try? Hello(decoding: payload)
            payload.setInteger(Hello.magic, at: 0)
            _ = try? Hello(decoding: payload)
        }
    }
}
