extension RedisKeys {
    var queues: String { base + "queues" }
    var parents: String { base + "parents:" }
    var crons: String { base + "cron" }

    /// The jobs with a word of the search index.
    func term(_ term: String) -> String { base + "t:" + term }
    var feed: String { base + "feed" }
    var ends: String { base + "ends" }

    func documents(_ collection: String) -> String { base + "docs:" + collection }

    func log(_ name: String) -> String { base + "log:" + name }
}
