import Testing

@testable import RoostAPI

@Suite("so many wait at a time")
struct RequestGateTests {
    @Test("a place is taken once and given back once")
    func places() {
        let gate = RequestGate()
        let first = gate.enter(limit: 2)
        var second = gate.enter(limit: 2)
        #expect(first != nil && second != nil && gate.enter(limit: 2) == nil && gate.count == 2)
        first?.leave()
        first?.leave()
        #expect(gate.count == 1)
        // One that is forgotten has left.
        second = nil
        #expect(second == nil && gate.count == 0)
        #expect(gate.enter(limit: 0) != nil)
    }
}
