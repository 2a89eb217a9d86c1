import NIOCore
import Testing

@testable import RoostCluster

@Suite("Part assembler")
struct PartAssemblerTests {
    private func part(
        _ number: UInt64, more: Bool = true, size: Int = PartAssembler.partSize, _ type: FrameType = .cast
    )
        -> Frame
    {
        Frame(type, flags: more ? .more : [], correlation: number, payload: ByteBuffer(repeating: 1, count: size))
    }

    @Test("other frames pass between parts, and payloads are told apart by type and number")
    func mixed() {
        var assembler = PartAssembler(limit: 1 << 20)
        #expect(assembler.add(part(1)) == .part)
        #expect(assembler.add(part(1, .call)) == .part)
        #expect(assembler.add(Frame(.ping)) == .whole(Frame(.ping)))
        #expect(assembler.add(part(1, more: false, size: 3)) == .whole(part(1, more: false, size: 65_539)))
        #expect(assembler.pendingBytes == PartAssembler.partSize)
    }

    @Test("a payload that grows beyond the limit is refused")
    func limit() {
        var assembler = PartAssembler(limit: PartAssembler.partSize * 2)
        #expect(assembler.add(part(1)) == .part)
        #expect(assembler.add(part(1)) == .part)
        #expect(assembler.add(part(1, more: false, size: 1)) == .refused)
    }

    @Test("small parts, parts without a number, parts of what needs none, and too many at once are refused")
    func refused() {
        var assembler = PartAssembler(limit: 1 << 20)
        #expect(assembler.add(part(1, size: 1)) == .refused)
        #expect(assembler.add(part(0)) == .refused)
        #expect(assembler.add(part(1, .ping)) == .refused)
        for number in UInt64(1)...8 { #expect(assembler.add(part(number)) == .part) }
        #expect(assembler.add(part(9)) == .refused)
    }
}
