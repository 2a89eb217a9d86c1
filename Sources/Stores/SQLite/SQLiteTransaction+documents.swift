import RoostJobs

extension SQLiteTransaction {
    /// What became of the write of a document.
    enum Written: Sendable {
        case version(Int)
        /// Its newest version is another.
        case other
        /// The collection has no room.
        case full
    }

    func putDocument(
        _ name: String, in collection: String, body: [UInt8], replacing version: Int
    ) throws(SQLiteFailure) -> Written {
        var newest = 0
        let query = try connection.statement(.documentVersion)
        query.bind(1, collection)
        query.bind(2, name)
        try query.eachRow { row in newest = row.count(0) }
        guard newest == version, newest < Int.max else { return .other }
        if newest == 0 {
            var count = 0
            let query = try connection.statement(.countDocuments)
            query.bind(1, collection)
            try query.eachRow { row in count = row.count(0) }
            guard count < Document.mostInCollection else { return .full }
        }
        let save = try connection.statement(.saveDocument)
        save.bind(1, collection)
        save.bind(2, name)
        save.bind(3, newest + 1)
        save.bind(4, body)
        try save.run()
        return .version(newest + 1)
    }

    func removeDocument(_ name: String, in collection: String) throws(SQLiteFailure) -> Bool {
        let remove = try connection.statement(.removeDocument)
        remove.bind(1, collection)
        remove.bind(2, name)
        try remove.run()
        return connection.changes > 0
    }

    func append(_ entry: [UInt8], to log: String, keeping: Int) throws(SQLiteFailure) {
        var position: Int64 = 1
        let query = try connection.statement(.newestEntry)
        query.bind(1, log)
        try query.eachRow { row in position = row.integer(0) &+ 1 }
        let add = try connection.statement(.addEntry)
        add.bind(1, log)
        add.bind(2, position)
        add.bind(3, now)
        add.bind(4, entry)
        try add.run()
        guard position > keeping else { return }
        let drop = try connection.statement(.dropEntries)
        drop.bind(1, log)
        drop.bind(2, position - Int64(keeping))
        try drop.run()
    }

    func spend(_ spending: Spending, of meter: String) throws(SQLiteFailure) -> Allowance {
        var known: MeterWindow?
        let query = try connection.statement(.meter)
        query.bind(1, meter)
        query.bind(2, spending.period)
        try query.eachRow { row in known = MeterWindow(start: row.integer(0), used: row.count(1)) }
        var window = known ?? MeterWindow()
        let allowance = window.spend(spending, now: now)
        // A refusal, and a question, changes nothing: it costs no write.
        guard allowance.isGranted, spending.amount > 0 else { return allowance }
        if known == nil {
            let drop = try connection.statement(.dropMeters)
            drop.bind(1, now)
            try drop.run()
        }
        let save = try connection.statement(.saveMeter)
        save.bind(1, meter)
        save.bind(2, spending.period)
        save.bind(3, window.start)
        save.bind(4, window.used)
        save.bind(5, window.end(spending))
        try save.run()
        return allowance
    }
}
