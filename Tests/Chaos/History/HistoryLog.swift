import FoundationEssentials
import RoostJobs
import Synchronization

/// The history as it grows: added to from everywhere, read at the end.
final class HistoryLog: Sendable {
    private let events = Mutex<[HistoryEvent]>([])

    func add(_ event: HistoryEvent) { events.withLock { $0.append(event) } }

    var all: [HistoryEvent] { events.withLock { $0 } }

    /// Now, on the clock of the history.
    static var now: Moment { Timestamp.now().microseconds }

    /// Writes it as JSON, a line an event.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        var text = Data()
        for event in all {
            text += try encoder.encode(event)
            text.append(0x0A)
        }
        try text.write(to: URL(filePath: path))
    }
}
