import RoostJobs

/// The feed of ends.
extension SQLiteTransaction {
    func keepEnds(_ isOn: Bool) throws(SQLiteFailure) {
        change.isFeeding = isOn
        isFeeding = isOn
        try connection.statement(isOn ? .beginFeed : .endFeed).run()
        if !isOn {
            fed = []
            // Without a condition: SQLite then lets go of the pages and looks at no row.
            try connection.statement(.forgetAllFed).run()
            change.figures.fed = 0
        }
    }

    /// Writes what ended in this transaction into the feed, and lets the oldest ends go that are too many.
    func writeEnds() throws(SQLiteFailure) {
        guard !fed.isEmpty else { return }
        for (id, state) in fed {
            let feed = try connection.statement(.feedEnd)
            feed.bind(1, nextSequence())
            feed.bind(2, id)
            feed.bind(3, state)
            try feed.run()
        }
        change.figures.fed += fed.count
        wakes.insert(.ends)
        let surplus = change.figures.fed - JobEnd.mostKept
        guard surplus > 0 else { return }
        let drop = try connection.statement(.dropFed)
        drop.bind(1, surplus)
        try drop.run()
        change.figures.fed -= connection.changes
    }

    func forgetEnds(through number: Int64) throws(SQLiteFailure) {
        let forget = try connection.statement(.forgetFed)
        forget.bind(1, number)
        try forget.run()
        change.figures.fed -= connection.changes
    }
}
