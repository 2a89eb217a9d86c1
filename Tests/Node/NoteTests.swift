import RoostJobs
import RoostTestKit
import Testing

@testable import RoostNode

@Suite("progress and logs of jobs", .timeLimit(.minutes(2)))
struct NoteTests {
    private func progress(_ store: any JobStore, _ id: JobID) async throws -> String? {
        try await store.notes(id)?.progress.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("what a handler tells is in the store while it runs")
    func whileItRuns() async throws {
        let store = MemoryStore()
        let (told, gate) = (Gate(), Gate())
        let handlers = try handlers { _, context in
            context.progress(0.5, "half")
            context.log("hello")
            told.open()
            await gate.pass()
            return null
        }
        try await withNode(store, handlers: handlers) { _ in
            let id = try await store.submit()
            await told.pass()
            try await eventually("it is there") {
                try await progress(store, id) == #"{"fraction":0.5,"message":"half"}"#
            }
            #expect(try await store.record(id).state == .running)
            #expect(try await store.notes(id)?.log.map(\.text) == ["hello"])
            gate.open()
            #expect(try await store.ended(id).state == .done)
        }
    }

    @Test("the last lines are there when the job's end is", arguments: ["done", "fails", "is cancelled", "hangs"])
    func beforeTheEnd(_ end: String) async throws {
        let store = MemoryStore()
        let (told, gate) = (Gate(), Gate())
        defer { gate.open() }
        let handlers = try handlers { _, context in
            for index in 1...100 { context.log("line \(index)") }
            context.progress(1)
            told.open()
            if end == "fails" { throw JobOutcome.discard("no") }
            if end == "is cancelled" { try await Task.sleep(for: .seconds(3600)) }
            if end == "hangs" { await gate.pass() }
            return null
        }
        var configuration = quick()
        configuration.cancelGrace = end == "hangs" ? .zero : .seconds(60)
        try await withNode(store, configuration, handlers: handlers) { node in
            let id = try await store.submit()
            await told.pass()
            if end == "is cancelled" || end == "hangs" { node.cancel(id, reason: "enough") }
            _ = try await store.ended(id)
            let notes = try #require(try await store.notes(id))
            #expect(notes.log.map(\.text) == (1...100).map { "line \($0)" })
            #expect(notes.log.allSatisfy { $0.attempt == 1 })
            #expect(try await progress(store, id) == #"{"fraction":1.0}"#)
            #expect(node.status.counters.linesDropped == 0)
        }
    }

    @Test("jobs that tell nothing cost the store no call, and those that tell much only a few")
    func calls() async throws {
        let store = FaultyStore()
        let handlers = try handlers { payload, context in
            for index in 0..<Int(payload.count) { context.progress(Double(index)) }
            return null
        }
        try await withNode(store, handlers: handlers) { _ in
            for _ in 0..<50 { _ = try await store.enqueue([NewJob(type: "t", payload: [])]) }
            try await eventually("all are done") { try await store.counts()[.done] == 50 }
            #expect(store.count(.note) == 0)
            let busy = NewJob(type: "t", payload: [UInt8](repeating: 0, count: 100_000))
            _ = try await store.enqueue([busy])
            #expect(try await store.ended(busy.id).state == .done)
            // At most the ones that time allows, and the last.
            #expect(store.count(.note) < 100)
        }
    }

    @Test("a store that takes no notes does not fail the job; its lines are counted as dropped")
    func outage() async throws {
        let store = FaultyStore()
        store.fail(.note, .unavailable)
        let handlers = try handlers { _, context in
            context.log("one")
            context.log("two")
            context.progress(1)
            return null
        }
        try await withNode(store, handlers: handlers) { node in
            #expect(try await store.ended(store.submit()).state == .done)
            try await eventually("they are counted") { node.status.counters.linesDropped == 2 }
            #expect(store.count(.note) >= 1)
        }
    }

    @Test("lines told during a short outage arrive after it, in order")
    func shortOutage() async throws {
        let store = FaultyStore()
        store.fail(.note, .unavailable)
        let (told, more, gate) = (Gate(), Gate(), Gate())
        let handlers = try handlers { _, context in
            context.log("one")
            told.open()
            await more.pass()
            context.log("two")
            await gate.pass()
            return null
        }
        try await withNode(store, handlers: handlers) { _ in
            let id = try await store.submit()
            await told.pass()
            try await eventually("a send failed") { store.count(.note) >= 1 }
            more.open()
            store.fail(.note, nil)
            try await eventually("both are there") {
                try await store.notes(id)?.log.map(\.text) == ["one", "two"]
            }
            gate.open()
            #expect(try await store.ended(id).state == .done)
        }
    }

    @Test("notes stop when the lease is lost, and the other attempt's stay")
    func leaseLost() async throws {
        let store = FaultyStore()
        store.fail(.extend, .unavailable)
        let (started, lost, second) = (Gate(), Gate(), Gate())
        let handlers = try handlers { _, context in
            if context.attempt == 1 {
                started.open()
                await lost.pass()
                context.log("from the first")
                return null
            }
            context.log("from the second")
            second.open()
            return null
        }
        try await withNode(store, quick(lease: .milliseconds(100)), handlers: handlers) { node in
            let id = try await store.submit()
            await started.pass()
            try await eventually("the lease runs out") {
                try await store.base.reclaim(limit: 1, maxCrashes: 9).requeued == [id]
            }
            await second.pass()
            #expect(try await store.ended(id).state == .done)
            lost.open()
            try await eventually("the first has ended") { node.status.counters.leaseLost == 1 }
            #expect(try await store.notes(id)?.log.map(\.text) == ["from the second"])
            try await eventually("its line is counted") { node.status.counters.linesDropped == 1 }
        }
    }

    @Test("a handler is given the results of the jobs it waited for")
    func parents() async throws {
        let store = MemoryStore()
        var handlers = try handlers("part") { payload, _ in payload }
        try handlers.register(raw: "sum") { _, context in
            let numbers = try await context.parents().compactMap { try $0.result(as: Int.self) }
            return Array("\(numbers.reduce(0, &+))".utf8)
        }
        let parts = (1...3).map { NewJob(type: "part", payload: Array("\($0)".utf8)) }
        var sum = NewJob(type: "sum", payload: [])
        sum.parents = parts.map(\.id)
        _ = try await store.enqueue(parts + [sum])
        try await withNode(store, handlers: handlers) { _ in
            let job = try await store.ended(sum.id)
            #expect(job.resultText == "6")
        }
    }
}
