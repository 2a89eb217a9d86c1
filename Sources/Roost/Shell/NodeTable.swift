import RoostCluster
import RoostJobs

/// Members in columns.
enum NodeTable {
    static let header = ["NAME", "STATE", "LINK", "BEAT", "PEERS", "RTT", "LOAD", "VERSION"]

    /// The document of `GET /nodes`, which is also what a member sees itself.
    static func text(_ document: [UInt8]) throws(Failure) -> String {
        align([header] + (try JSONArray.objects(document)).filter { !isGuestGone($0) }.map(row))
    }

    /// A shell that said goodbye is nobody's loss.
    private static func isGuestGone(_ node: JSONObject) -> Bool {
        node["role"]?.string == MemberRole.shell.rawValue && node["state"]?.string == "left"
    }

    private static func row(_ node: JSONObject) -> [String] {
        let slots = node["slots"]?.int ?? 0
        return [
            JobText.field(node, "name"), JobText.field(node, "state"), JobText.field(node, "link"),
            node["heartbeat_age"]?.double.map { "\(tenths($0)) s" } ?? "-", JobText.field(node, "peers"),
            node["round_trip_ms"]?.double.map { MeshText.milliseconds(.seconds(min(max(0, $0), 1e9) / 1000)) } ?? "-",
            slots > 0 ? "\(node["busy"]?.int ?? 0)/\(slots)" : "-", JobText.field(node, "version"),
        ]
    }

    private static func tenths(_ seconds: Double) -> String {
        let tenths = Int(min(max(0, seconds), 1e9) * 10)
        return "\(tenths / 10).\(tenths % 10)"
    }

    /// Columns as wide as they need to be.
    static func align(_ rows: [[String]]) -> String {
        var widths: [Int] = []
        for row in rows {
            for (place, cell) in row.enumerated() {
                if place == widths.count { widths.append(0) }
                widths[place] = max(widths[place], cell.count)
            }
        }
        return rows.map { row in
            row.enumerated().map { place, cell in
                place == row.count - 1 ? cell : JobText.pad(cell, widths[place])
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
