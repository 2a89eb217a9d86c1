import RoostJobs

extension FieldReader {
    /// `{"count":30,"period":60}` or `"30/m"`.
    mutating func rate(_ value: JSONSlice, _ path: String) -> RateLimit? {
        if let text = value.string {
            return take(RateLimit(text: text), path, "must be a count and a time as 30/m, 5/10s or 1000/h")
        }
        guard let object = take(value.object, path, "must be an object or a text as 30/m") else { return nil }
        var count: Int?
        var period: Duration?
        for (key, value) in object.members {
            switch key {
            case "count": count = int(value, "\(path).count")
            case "period": period = seconds(value, "\(path).period")
            default: add("\(path).\(key)", "is not a field of a rate")
            }
        }
        for key in ["count", "period"] where object[key] == nil { add("\(path).\(key)", "is missing") }
        guard let count, let period else { return nil }
        return RateLimit(count: count, period: period)
    }
}
