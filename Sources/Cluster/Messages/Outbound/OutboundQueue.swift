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

    /// By number. The first is the control lane's and stays; the others come and go with what is sent.
    var lines = [OutboundLine(lane: .control)]
    /// Of the lanes in use, but for the control lane.
    var numbers: [OutboundLane: Int] = [:]
    /// Of lines that are not in use.
    var spares: [Int] = []
    var turns = CircularBuffer<Int>()
    /// Empty, for the next line that is taken at once.
    var room: CircularBuffer<OutboundEntry>?
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

    mutating func append(_ entry: OutboundEntry, lane: OutboundLane = .control) -> Admission {
        let number = number(of: lane)
        // Who waits for room in the lane was first.
        guard fits(entry.size, lane, number), !waiting.contains(where: { $0.lane == lane }) else { return .full }
        return keep(entry, number ?? use(lane))
    }

    /// Puts an entry at the end of its line, gives the line its place when it is ready, and says whether a write must be
    /// scheduled.
    mutating func keep(_ entry: OutboundEntry, _ number: Int) -> Admission {
        count(number, frames: 1, bytes: entry.size)
        lines[number].append(entry)
        return takeTurn(number)
    }

    private mutating func takeTurn(_ number: Int) -> Admission {
        guard lines[number].isReady else { return .queued }
        if !lines[number].isInTurn {
            lines[number].isInTurn = true
            turns.append(number)
        }
        if isScheduled { return .queued }
        isScheduled = true
        return .schedule
    }

    mutating func count(_ number: Int, frames: Int, bytes: Int) {
        lines[number].bytes += bytes
        if lines[number].lane.isData {
            data.frames += frames
            data.bytes += bytes
        } else {
            control.frames += frames
            control.bytes += bytes
        }
    }

    /// The peer's service has handled so much: `schedule` when there is something to send now.
    mutating func grant(_ service: String, _ grant: Credit) -> Admission {
        guard let number = numbers[.service(service)], lines[number].credit != nil else { return .queued }
        lines[number].credit?.restore(grant)
        if lines[number].isSpare, !lines[number].isInTurn {
            spare(number)
            return .queued
        }
        return takeTurn(number)
    }

    mutating func removeAll() {
        lines = [OutboundLine(lane: .control)]
        numbers = [:]
        spares = []
        turns.removeAll()
        waiting = []
        data = Budget()
        control = Budget()
        started = 0
    }
}
