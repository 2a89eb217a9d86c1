import RoostJobs

extension SQLiteTransaction {
    /// What holds for a queue after the change; nil when too many queues have settings.
    func setQueue(_ name: String, _ queueChange: QueueChange) throws(SQLiteFailure) -> QueueSettings? {
        let known = settings(name)
        if known == nil, queuesWithSettings.count >= JobLimits.queues { return nil }
        let changed = queueChange.applied(to: known ?? QueueSettings())
        if changed.isEmpty {
            let delete = try connection.statement(.deleteQueue)
            delete.bind(1, name)
            try delete.run()
        } else {
            let save = try connection.statement(.saveQueue)
            changed.bind(to: save, name: name)
            try save.run()
        }
        change.settings[name] = changed.isEmpty ? .some(nil) : changed
        wakes.insert(.claims)
        return changed
    }

    /// False when there are too many.
    func putCron(_ cron: CronEntry, next: Timestamp) throws(SQLiteFailure) -> Bool {
        var count = (all: 0, named: 0)
        let query = try connection.statement(.countCrons)
        query.bind(1, cron.name)
        try query.eachRow { row in count = (row.count(0), row.count(1)) }
        if count.named == 0, count.all >= JobLimits.crons { return false }
        let save = try connection.statement(.saveCron)
        CronStatus(entry: cron, next: next, last: nil).bind(to: save)
        try save.run()
        wakes.insert(.crons)
        return true
    }

    func deleteCron(_ name: String) throws(SQLiteFailure) -> Bool {
        let delete = try connection.statement(.deleteCron)
        delete.bind(1, name)
        try delete.run()
        return connection.changes > 0
    }

    func fireCron(
        _ name: String, slot: Timestamp, next: Timestamp?, jobs: [NewJob]
    ) throws(SQLiteFailure) -> Bool {
        let advance = try connection.statement(.advanceCron)
        advance.bind(1, name)
        advance.bind(2, slot)
        advance.bind(3, next)
        try advance.run()
        guard connection.changes > 0 else { return false }
        for job in jobs { _ = try enqueue(job, hasQuota: false) }
        wakes.insert(.crons)
        return true
    }
}
