/// What power.c wrote.
struct PowerLog {
    struct Entry {
        let kind: UInt8
        let path: String
        let offset: Int
        let data: ArraySlice<UInt8>

        /// The number of a sync.
        var number: UInt64 { data.reversed().reduce(0) { $0 << 8 | UInt64($1) } }
    }

    let bytes: [UInt8]
    private var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Entry? {
        func number(_ start: Int, _ size: Int) -> Int {
            bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        guard place + 17 <= bytes.count else { return nil }
        let path = place + 17
        let data = path + number(place + 1, 4)
        let end = data + number(place + 13, 4)
        // The last one may be cut off with its process.
        guard end <= bytes.count else { return nil }
        defer { place = end }
        return Entry(
            kind: bytes[place], path: String(decoding: bytes[path..<data], as: UTF8.self),
            offset: number(place + 5, 8), data: bytes[data..<end])
    }
}
