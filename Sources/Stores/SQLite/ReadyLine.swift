import RoostJobs
import Synchronization

/// The queued jobs of one queue and priority in their places in line, merged from the lanes of the types asked for.
///
/// A lane is read in small pieces from the index, so a long lane of another type costs nothing. The jobs with tenants of
/// one type are one lane: the head is whose turn it is.
struct ReadyLine {
    private struct Lane {
        let type: String
        let isTenanted: Bool
        var places: ArraySlice<Place> = []
        /// Where the reading goes on: a place in line, or in the tenants' order.
        var last: Int64 = 0
        var turn = 0
        var isExhausted = false
    }

    private struct Place {
        let sequence: Int64
        let id: JobID
        var tenant: String?
    }

    /// Lanes one claim looks at; with more types than that each claim begins at another one.
    private static let width = 256

    private let band: SQLiteLedger.Band
    private let piece: Int
    private var lanes: [Lane]

    /// Nil when nothing waits in the band.
    init?(_ band: SQLiteLedger.Band, types: Set<String>?, limit: Int, of transaction: SQLiteTransaction) {
        self.band = band
        let (plain, tenanted) = transaction.lanes(band, types: types)
        guard !plain.isEmpty || !tenanted.isEmpty else { return nil }
        var lanes = plain.map { Lane(type: $0, isTenanted: false) }
        lanes += tenanted.map { Lane(type: $0, isTenanted: true) }
        if lanes.count > Self.width {
            lanes.sort { ($0.type, $0.isTenanted ? 1 : 0) < ($1.type, $1.isTenanted ? 1 : 0) }
            let start = Int(transaction.change.figures.sequence) % lanes.count
            lanes = Array((lanes[start...] + lanes[..<start]).prefix(Self.width))
        }
        piece = lanes.count == 1 ? limit : limit / lanes.count + 4
        self.lanes = lanes
    }

    /// Takes out the job that has waited longest of those that may start.
    mutating func next(
        _ transaction: SQLiteTransaction, mayStart: (String) -> Bool
    ) throws(SQLiteFailure) -> JobID? {
        var best: (index: Int, place: Place)?
        for index in lanes.indices {
            // Another lane may have taken what the tenant had left.
            if let tenant = lanes[index].places.first?.tenant, !mayStart(tenant) { lanes[index].places = [] }
            if lanes[index].places.isEmpty, !lanes[index].isExhausted {
                if lanes[index].isTenanted {
                    try takeTurn(index, transaction, mayStart)
                } else {
                    try fill(index, transaction)
                }
            }
            guard let place = lanes[index].places.first, place.sequence < best?.place.sequence ?? .max else { continue }
            best = (index, place)
        }
        guard let best else { return nil }
        lanes[best.index].places.removeFirst()
        if let tenant = best.place.tenant {
            transaction.committer.turns.withLock { $0.served(lane(best.index), tenant) }
        }
        return best.place.id
    }

    private func lane(_ index: Int) -> SQLiteLedger.Lane {
        .init(queue: band.queue, priority: band.priority, type: lanes[index].type)
    }

    private mutating func fill(_ index: Int, _ transaction: SQLiteTransaction) throws(SQLiteFailure) {
        var places: [Place] = []
        let ready = try transaction.connection.statement(.ready)
        ready.bind(1, repeated: band.queue)
        ready.bind(2, band.priority)
        ready.bind(3, repeated: lanes[index].type)
        ready.bind(4, lanes[index].last)
        ready.bind(5, piece)
        try ready.eachRow { row throws(SQLiteFailure) in
            places.append(Place(sequence: row.integer(0), id: try row.id(1)))
        }
        lanes[index].places = places[...]
        lanes[index].last = places.last?.sequence ?? .max
        lanes[index].isExhausted = places.count < piece
    }

    /// The first job of the tenant whose turn it is. Tenants that may not start anything are passed over: in one claim
    /// no limit gets wider.
    private mutating func takeTurn(
        _ index: Int, _ transaction: SQLiteTransaction, _ mayStart: (String) -> Bool
    ) throws(SQLiteFailure) {
        let lane = lane(index)
        while let (tenant, place) = transaction.committer.turns.withLock({ $0.tenant(lane, from: lanes[index].turn) }) {
            lanes[index].turn = place + 1
            guard mayStart(tenant) else { continue }
            let ready = try transaction.connection.statement(.readyOfTenant)
            ready.bind(1, band.queue)
            ready.bind(2, band.priority)
            ready.bind(3, lane.type)
            ready.bind(4, tenant)
            var place: Place?
            try ready.eachRow { row throws(SQLiteFailure) in
                place = Place(sequence: row.integer(0), id: try row.id(1), tenant: tenant)
            }
            guard let place else { continue }
            lanes[index].places = [place]
            return
        }
        lanes[index].isExhausted = true
    }
}
