import Glibc

/// Reads a file line by line, as much of it as is needed.
struct LineReader: ~Copyable {
    /// What one line may have: more than any job.
    private static let longest = 4 << 20

    private let descriptor: Int32
    private let path: String
    private var buffer: [UInt8] = []
    /// Where the next line starts in the buffer.
    private var start = 0
    private var isAtEnd = false

    /// Opens a file; `-` is standard input.
    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = path == "-" ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
        if descriptor < 0 { throw Failure(.badInput, "cannot read \(path)") }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next line without its end; nil after the last.
    mutating func next() throws(Failure) -> [UInt8]? {
        // Where the search for the line's end goes on.
        var from = start
        while true {
            if let end = buffer[from...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            if isAtEnd {
                defer { start = buffer.count }
                return start < buffer.count ? Array(buffer[start...]) : nil
            }
            buffer.removeFirst(start)
            start = 0
            from = buffer.count
            guard buffer.count <= Self.longest else {
                throw Failure(.badInput, "\(path): a line has more than \(Self.longest) bytes")
            }
            try fill()
        }
    }

    private mutating func fill() throws(Failure) {
        let chunk = [UInt8](unsafeUninitializedCapacity: 64 << 10) { bytes, count in
            count = 0
            while true {
                let read = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                if read < 0, errno == EINTR { continue }
                count = max(0, read)
                return
            }
        }
        buffer += chunk
        isAtEnd = chunk.isEmpty
    }
}
