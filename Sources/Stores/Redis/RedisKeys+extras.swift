extension RedisKeys {
    var queues: String { base + "queues" }
    var parents: String { base + "parents:" }
    var crons: String { base + "cron" }
}
