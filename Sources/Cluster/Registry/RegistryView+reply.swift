internal import RoostRedis

extension RegistryView {
    /// Reads the script's reply. Nil when its frame is not as the script writes it; entries in it were written by
    /// anybody, so a bad one is skipped and counted.
    init?(reply: RedisValue) {
        guard let parts = reply.elements, parts.count >= 7, parts[0].int == RegistryScript.format,
            let standing = parts[1].text.flatMap(Standing.init(rawValue:)), let clock = parts[2].int,
            let epoch = parts[3].int, let skipped = parts[4].int, let rows = parts[5].elements,
            let gone = parts[6].elements
        else { return nil }
        self.init(standing: standing, epoch: epoch, clock: clock, entries: [])
        self.skipped = Int(clamping: skipped)
        for row in stride(from: 0, to: rows.count - rows.count % 4, by: 4) {
            if let name = rows[row].bytes, let expiresIn = rows[row + 1].int, let identity = rows[row + 2].bytes,
                let report = rows[row + 3].bytes,
                let entry = RegistryEntry(
                    name: name, expiresInMilliseconds: expiresIn, identity: identity, report: report)
            {
                entries.append(entry)
            } else {
                self.skipped += 1
            }
        }
        // An older version's script does not say.
        let dead = parts.count > 7 ? parts[7].elements ?? [] : []
        for row in stride(from: 0, to: dead.count - dead.count % 2, by: 2) {
            if let id = dead[row].text.flatMap(MemberID.init), let ago = dead[row + 1].int {
                deaths[id] = .milliseconds(ago)
            } else {
                self.skipped += 1
            }
        }
        for row in stride(from: 0, to: gone.count - gone.count % 2, by: 2) {
            if let id = gone[row].text.flatMap(MemberID.init), let ago = gone[row + 1].int {
                departures[id] = .milliseconds(ago)
            } else {
                self.skipped += 1
            }
        }
    }
}
