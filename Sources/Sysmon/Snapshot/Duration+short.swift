import RoostJobs

extension Duration {
    /// One number and a unit, at most four or five characters: `0.4s`, `12s`, `3m`, `2h`, `5d`.
    var short: String {
        let tenths = max(0, clampedMilliseconds / 100)
        let seconds = tenths / 10
        switch seconds {
        case ..<10: return "\(seconds).\(tenths % 10)s"
        case ..<100: return "\(seconds)s"
        case ..<6000: return "\(seconds / 60)m"
        case ..<172_800: return "\(seconds / 3600)h"
        default: return "\(seconds / 86_400)d"
        }
    }

    /// The same from a number of seconds that may be anything.
    static func short(seconds: Double?) -> String {
        guard let seconds, seconds.isFinite else { return "-" }
        return Duration.milliseconds(Int64(min(max(0, seconds), 1e12) * 1000)).short
    }
}
