internal import NIOCore

/// What waits to be sent to one peer, bounded in frames and bytes. No clock, no I/O.
///
/// Lanes take turns, so that neither a large body nor a service that does not keep up holds up the rest; what many
/// tasks sent goes out in few writes.
struct OutboundQueue: Sendable {
    struct Budget: Sendable, Equatable {
        var frames = 0
        var bytes = 0
    }

    enum Admission: Equatable {
        /// Kept; a write is on its way already.
        case queued
        /// Kept; the caller schedules a write.
        case schedule
        case full
    }

    typealias Lines = [OutboundLane: OutboundLine]

    var lines: Lines = [:]
    var turns = CircularBuffer<OutboundLane>()
    /// Messages waiting, and answers waiting.
    var data = Budget()
    var control = Budget()
    /// Entries of which some parts are out.
    var started = 0
    var isScheduled = false
    var waiting: [OutboundWaiting] = []
    let limit: Budget
    /// What the peer speaks; known once it is proved.
    var usesParts = false
    var usesCredit = false
    /// How many bytes one write gathers, and how many a lane may send in its turn.
    static let batch = 64 * 1024
    static let turn = 16 * 1024
    /// The most lanes: services named to one peer that still wait or have not been handled.
    static let maximumLanes = 4096

    init(maximumFrames: Int, maximumBytes: Int) {
        limit = Budget(frames: max(1, maximumFrames), bytes: max(1, maximumBytes))
    }

    var isEmpty: Bool { data.frames == 0 && control.frames == 0 }

    mutating func append(_ frame: Frame, lane: OutboundLane = .control, expires: NIODeadline? = nil) -> Admission {
        let entry = OutboundEntry(frame: frame, expires: expires)
        // Who waits for room in the lane was first.
        guard fits(entry.size, lane), !waiting.contains(where: { $0.lane == lane }) else { return .full }
        return keep(entry, lane)
    }

    mutating func keep(_ entry: OutboundEntry, _ lane: OutboundLane) -> Admission {
        count(lane, frames: 1, bytes: entry.size)
        // Looked up once: the name of a service is hashed each time.
        if let index = lines.index(forKey: lane) {
            lines.values[index].append(entry)
            return takeTurn(lane, at: index)
        }
        var line = OutboundLine(credit: usesCredit && lane.needsCredit ? .window : nil)
        line.append(entry)
        lines[lane] = line
        return lines.index(forKey: lane).map { takeTurn(lane, at: $0) } ?? .queued
    }

    /// Gives the lane its place when it is ready, and says whether a write must be scheduled.
    private mutating func takeTurn(_ lane: OutboundLane, at index: Lines.Index) -> Admission {
        guard lines.values[index].isReady else { return .queued }
        if !lines.values[index].isInTurn {
            lines.values[index].isInTurn = true
            turns.append(lane)
        }
        if isScheduled { return .queued }
        isScheduled = true
        return .schedule
    }

    mutating func count(_ lane: OutboundLane, frames: Int, bytes: Int) {
        if lane.isData {
            data.frames += frames
            data.bytes += bytes
        } else {
            control.frames += frames
            control.bytes += bytes
        }
    }

    /// The peer's service has handled so much: `schedule` when there is something to send now.
    mutating func grant(_ service: String, _ grant: Credit) -> Admission {
        let lane = OutboundLane.service(service)
        guard let index = lines.index(forKey: lane), lines.values[index].credit != nil else { return .queued }
        lines.values[index].credit?.restore(grant)
        if lines.values[index].isSpare {
            lines.remove(at: index)
            return .queued
        }
        return takeTurn(lane, at: index)
    }

    mutating func removeAll() {
        lines = [:]
        turns.removeAll()
        waiting = []
        data = Budget()
        control = Budget()
        started = 0
    }
}
