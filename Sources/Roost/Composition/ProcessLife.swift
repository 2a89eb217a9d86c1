import Logging
import RoostAPI
import RoostNode
import RoostSupervision
import ServiceLifecycle
import UnixSignals

/// From start to end: SIGTERM or SIGINT drains, a second one hands back at once, a third ends the process.
struct ProcessLife {
    let services: [any Service]
    /// SIGTERM and SIGINT, trapped.
    let signals: UnixSignalsSequence
    let readiness: Readiness
    let nodes: [NodeService]
    let logger: Logger

    /// Runs the services until they have ended. Throws `.tryAgain` when a second signal cut the drain short and
    /// `.software` when a duty could not be kept up.
    func run() async throws {
        let group = ServiceGroup(
            configuration: .init(
                services: services.map {
                    // One that ends, ends the process: an orchestrator starts a whole one again.
                    .init(
                        service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .cancelGroup)
                },
                gracefulShutdownSignals: [], cancellationSignals: [], logger: logger))
        let hurried = try await withThrowingTaskGroup(of: Int?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask { await self.obey(group) }
            var count = 0
            // The services' end is what is waited for; the watcher of signals only says how hurried it was.
            while let result = await tasks.nextResult() {
                switch result {
                case .success(nil):
                    tasks.cancelAll()
                case .success(let signals?): count = signals
                case .failure(let error): throw failure(error)
                }
            }
            return count > 1
        }
        if hurried { throw Failure(.tryAgain, "stopped before running jobs had ended; they were handed back") }
    }

    private func obey(_ group: ServiceGroup) async -> Int {
        var count = 0
        for await signal in signals {
            count += 1
            switch count {
            case 1:
                logger.notice("stopping", metadata: ["signal": "\(signal)"])
                readiness.drain()
                await group.triggerGracefulShutdown()
            case 2:
                logger.notice("stopping now", metadata: ["signal": "\(signal)"])
                for node in nodes { node.handBackNow() }
            default: ProcessEnd.now()
            }
        }
        return count
    }

    private func failure(_ error: any Error) -> any Error {
        switch error {
        case let failure as Failure: failure
        case let error as SupervisionError: Failure(.software, "\(error)")
        default: Failure(.software, String(describing: error))
        }
    }
}
