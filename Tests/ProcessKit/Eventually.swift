import Glibc

/// Asks again until there is an answer, for at most 30 s: the one place here that waits by looking.
@discardableResult
public func eventually<Answer>(
    _ what: String, seconds: Int = 30, _ ask: () throws -> Answer?
) throws -> Answer {
    let deadline = ContinuousClock.now + .seconds(seconds)
    while true {
        if let answer = try ask() { return answer }
        guard ContinuousClock.now < deadline else { throw Surprise("waited \(seconds) s for \(what)") }
        usleep(20_000)
    }
}
