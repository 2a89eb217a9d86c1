import FoundationEssentials
import RoostJobs

/// Handlers for trying things out and for tests: `--demo`.
public enum DemoHandlers {
    /// Registers `echo`, `noop`, `progress`, `sleep`, `spin`, `fail`, `crash`, `work`, and a fallback for any other type.
    /// - Parameter workSeconds: how long `work` pauses; clamped to a day.
    /// - Throws: nothing in practice; the names are valid.
    public static func register(
        in handlers: inout HandlerRegistry, workSeconds: Double = 2
    ) throws(HandlerRegistryError) {
        try handlers.register(raw: "echo") { payload, _ in payload }
        try handlers.register(raw: "noop") { _, _ in Array("null".utf8) }
        try handlers.register(DemoProgress.self)
        try handlers.register(DemoSleep.self)
        try handlers.register(DemoSpin.self)
        try handlers.register(DemoFail.self)
        try handlers.register(raw: "crash") { _, _ in DemoCrash.now() }
        let pause = DemoSleep.duration(seconds: workSeconds)
        try handlers.register(raw: "work") { payload, _ in
            try await Task.sleep(for: pause)
            return DemoWork.result(of: payload)
        }
        if let notebook = DemoNotebook.fromEnvironment {
            try handlers.register(raw: DemoRecord.type) { payload, context in
                try await JSONDecoder().decode(DemoRecord.self, from: Data(payload)).run(context, into: notebook)
            }
        }
        handlers.fallback { _, context in
            let time = Timestamp.now().rfc3339
            return Array(#"{"status":"completed","job_id":"\#(context.id)","processed_at":"\#(time)"}"#.utf8)
        }
    }
}
