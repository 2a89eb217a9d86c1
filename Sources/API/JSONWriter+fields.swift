import RoostJobs

extension JSONWriter {
    /// A member that is a string or null.
    mutating func field(_ name: String, _ text: String?) {
        key(name)
        if let text { string(text) } else { null() }
    }

    /// A member that is a whole number.
    mutating func field(_ name: String, _ number: Int) {
        key(name)
        int(number)
    }

    /// A member that is true or false.
    mutating func field(_ name: String, _ flag: Bool) {
        key(name)
        bool(flag)
    }

    /// A member that is a moment in RFC 3339 or null.
    mutating func field(_ name: String, _ moment: Timestamp?) { field(name, moment?.rfc3339) }

    /// A member that is a number of seconds.
    mutating func field(_ name: String, seconds duration: Duration) {
        key(name)
        seconds(duration)
    }

    /// A number of seconds.
    mutating func seconds(_ duration: Duration) {
        let microseconds = duration.clampedMicroseconds
        if microseconds % 1_000_000 == 0 { return int(microseconds / 1_000_000) }
        raw(Array("\(duration.inSeconds)".utf8))
    }

    /// A member that is JSON already; nothing is null.
    mutating func field(_ name: String, json: [UInt8]?) {
        key(name)
        if let json, !json.isEmpty { raw(json) } else { null() }
    }
}

extension JSONWriter {
    /// An array of what is wrong with a job.
    mutating func write(issues: [NewJob.Issue]) {
        array { json in
            for issue in issues {
                json.object { json in
                    json.field("path", issue.path)
                    json.field("message", issue.message)
                }
            }
        }
    }
}
