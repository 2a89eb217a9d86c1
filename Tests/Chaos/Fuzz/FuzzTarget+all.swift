import NIOCore
import RoostJobs

@testable import RoostCluster
@testable import RoostRedis
@testable import RoostStores

extension FuzzTarget {
    /// What is parsed inside of a process.
    static let all: [FuzzTarget] = [resp, frames, json, records, crons, texts]

    private static let resp = FuzzTarget(
        "resp",
        seeds: [
            "+OK\r\n", "-ERR no\r\n", ":42\r\n", "$3\r\nfoo\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n*1\r\n:7\r\n", "*-1\r\n",
            "*3\r\n$7\r\nmessage\r\n$4\r\nwake\r\n$1\r\nq\r\n", "$0\r\n\r\n", "*0\r\n",
        ], words: ["\r\n", "*", "$", ":", "+", "-", "%2\r\n", "_\r\n", "#t\r\n", "$-1\r\n", "*1\r\n"]
    ) { bytes in
        guard let reader = try? RedisReader(limit: 1 << 20) else { return }
        // In pieces, as a socket delivers.
        for start in stride(from: 0, to: bytes.count, by: 7) {
            do {
                try bytes[start..<min(start + 7, bytes.count)].withUnsafeBytes { try reader.feed($0) }
                while try reader.next() != nil {}
            } catch {
                return
            }
        }
    }

    private static let frames: FuzzTarget = {
        var buffer = ByteBuffer()
        for frame in [
            Frame(.ping, correlation: 1),
            Frame(.cast, payload: MessageBody(patience: 50, service: "s", body: []).encode()),
            Frame(.call, correlation: 2, payload: MessageBody(patience: 9, service: "echo", body: [1, 2]).encode()),
        ] { frame.encode(into: &buffer) }
        let bytes = Array(buffer.readableBytesView)
        let seeds = String(decoding: bytes.map { $0 & 0x7F }, as: UTF8.self)
        return FuzzTarget(
            "frames", seeds: [seeds], words: ["\u{0}\u{0}\u{0}\u{10}", "echo", "\u{7F}\u{7F}\u{7F}\u{7F}"]
        ) { bytes in
            var decoder = FrameDecoder(limit: 1 << 20)
            for start in stride(from: 0, to: bytes.count, by: 5) {
                decoder.append(ByteBuffer(bytes: bytes[start..<min(start + 5, bytes.count)]))
                while let frame = try? decoder.next() { _ = MessageBody(decoding: frame.payload) }
            }
        }
    }()

    private static let json = FuzzTarget(
        "json",
        seeds: [
            #"{"type":"echo","payload":{"a":[1,2.5e3,null,true],"b":"\u00e9\ud83d\ude00"}}"#, #"[{"a":1},{"b":[]}]"#,
            "\"\"",
        ], words: ["{", "}", "[", "]", "\"", ":", ",", "null", "true", #"\u"#, #"\ud800"#, "\u{0}"]
    ) { bytes in
        if let object = try? JSONScanner.parseObject(bytes) {
            for (_, value) in object.members { _ = (value.string, value.int, value.object) }
        }
        if let array = try? JSONScanner.parseArray(bytes, maximumDepth: 64) { for row in array { _ = row.object } }
    }

    private static let records = FuzzTarget(
        "records",
        seeds: [
            "1 default echo 5 3 1700000000000000 60000000 3600000000 -\n{}\u{1}1 r 1 0 7 w@h:1#2 1700 0 0 0 1-0",
            "2 q t 1 3 1 1 1 =key t=ten;g=a,b;r=x1,2,3;x=5;d=9;b=01;p=1;e=1\n{}\u{1}2 d 2 1 9 - 1 2 3 4 - 5",
            "1\nschedule * * * * *\nzone UTC\ncatchup 1\nid a\ntype t\nqueue q\npriority 5\nattempts 3\n\n{}",
            "1 1 5 30 60000000 1 1 1000 9", "1 =a,b =t", "1 3 17 18 w\nboom", "1700 2 line\\n\\\\",
        ], words: [" ", "\n", "\u{1}", "-", "=", ";", "schedule", "start +5", "start @5", "tags a b", "parents 01"]
    ) { bytes in
        let parts = bytes.split(separator: 1, maxSplits: 1, omittingEmptySubsequences: false).map { Array($0) }
        let id = JobID("01M7YY0KGVXRG6BSRQJ7HVNJY8")
        if let id {
            _ = RedisRecord.parse(
                id: id, blob: parts[0], state: parts.count > 1 ? parts[1] : [], result: nil, error: nil)
        }
        let text = String(decoding: bytes, as: UTF8.self)
        _ = CronText.parse(bytes, name: "fuzz")
        _ = QueueSettingsText.parse(text)
        _ = WorkerNoticeText.parse(text, worker: "w")
        _ = NoteText.failure(bytes)
        _ = NoteText.log(bytes, limit: 4096)
    }

    private static let zone = try? TimeZoneRules(named: "Europe/Berlin")

    private static let crons = FuzzTarget(
        "crons",
        seeds: [
            "*/5 0 1,15 * 1-5", "@daily", "@every 90s", "0 0 29 2 *", "59 23 31 12 7", "0 12 L * FRI#2", "JAN-DEC",
        ], words: ["*", "/", "-", ",", "L", "W", "#", "?", "@every ", "@", "MON", "FEB", " ", "TZ="],
        obstacle: zone == nil ? "no time zone data here" : nil
    ) { bytes in
        guard let zone, let schedule = try? CronSchedule(String(decoding: bytes, as: UTF8.self)) else { return }
        var moment = Timestamp(microseconds: 1_700_000_000_000_000)
        for _ in 0..<5 {
            guard let next = schedule.next(after: moment, in: zone) else { return }
            moment = next
        }
    }

    private static let texts = FuzzTarget(
        "texts",
        seeds: [
            "2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05+14:00", "x1000,2000,0.5", "01M7YY0KGVXRG6BSRQJ7HVNJY8",
        ],
        words: ["T", "Z", "+", "-", ":", ".", "x", "f", "l", ","]
    ) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        _ = Timestamp(rfc3339: text)
        _ = RetryPolicy(text)
        _ = JobID(text)
    }
}
