import RoostJobs

/// The queued jobs of one queue and priority in their places in line, merged from the lanes of the types asked for.
///
/// A lane is read in small pieces from the index, so a long lane of another type costs nothing.
struct ReadyLine {
    private struct Lane {
        let type: String
        var places: ArraySlice<Place> = []
        var last: Int64 = 0
        var isExhausted = false
    }

    private struct Place {
        let sequence: Int64
        let id: JobID
    }

    /// Lanes one claim looks at; with more types than that each claim begins at another one.
    private static let width = 256

    private let band: SQLiteLedger.Band
    private let piece: Int
    private var lanes: [Lane]

    init(_ band: SQLiteLedger.Band, types: Set<String>?, limit: Int, of transaction: SQLiteTransaction) {
        self.band = band
        var types = transaction.lanes(band, types: types)
        if types.count > Self.width {
            types.sort()
            let start = Int(transaction.change.figures.sequence) % types.count
            types = Array((types[start...] + types[..<start]).prefix(Self.width))
        }
        piece = types.count == 1 ? limit : limit / max(1, types.count) + 4
        lanes = types.map { Lane(type: $0) }
    }

    /// Takes out the job that has waited longest.
    mutating func next(_ transaction: SQLiteTransaction) throws(SQLiteFailure) -> JobID? {
        var best: (index: Int, place: Place)?
        for index in lanes.indices {
            if lanes[index].places.isEmpty, !lanes[index].isExhausted { try fill(index, transaction) }
            guard let place = lanes[index].places.first, place.sequence < best?.place.sequence ?? .max else { continue }
            best = (index, place)
        }
        guard let best else { return nil }
        lanes[best.index].places.removeFirst()
        return best.place.id
    }

    private mutating func fill(_ index: Int, _ transaction: SQLiteTransaction) throws(SQLiteFailure) {
        var places: [Place] = []
        let ready = try transaction.connection.statement(.ready)
        ready.bind(1, band.queue)
        ready.bind(2, band.priority)
        ready.bind(3, lanes[index].type)
        ready.bind(4, lanes[index].last)
        ready.bind(5, piece)
        try ready.eachRow { row throws(SQLiteFailure) in
            places.append(Place(sequence: row.integer(0), id: try row.id(1)))
        }
        lanes[index].places = places[...]
        lanes[index].last = places.last?.sequence ?? .max
        lanes[index].isExhausted = places.count < piece
    }
}
