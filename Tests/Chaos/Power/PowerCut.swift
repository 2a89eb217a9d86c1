import FoundationEssentials
import Glibc
import RoostProcessKit
import RoostTestKit

/// A disk whose power can be cut: a process writes to its files as ever, each change is noted (power.c), and once the
/// process is dead the files are put back to what had been synced. A killed process alone loses nothing: the kernel keeps
/// what it wrote.
final class PowerCut: Sendable {
    private static let folder = #filePath.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }

    /// Why there can be none; nil when there can.
    static let obstacle: String? =
        (try? ChildProcess.run("clang", ["--version"])) == nil ? "needs clang" : nil

    private let directory: TemporaryDirectory

    /// Where the process keeps its files.
    var disk: String { "\(directory.path)/disk" }
    private var before: String { "\(directory.path)/before" }
    private var log: String { "\(directory.path)/log" }

    init() throws {
        directory = try TemporaryDirectory()
        let path = directory.path
        try ChildProcess.run(
            "clang", ["-O2", "-shared", "-fPIC", "-o", "\(path)/power.so", "\(Self.folder)/power.c"])
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: false)
        try begin()
    }

    /// What the process needs in its environment.
    var environment: [String: String] {
        ["LD_PRELOAD": "\(directory.path)/power.so", "POWER_ROOT": disk, "POWER_LOG": log]
    }

    /// A file's bytes, and what was done to it since.
    private final class Content {
        enum Change {
            case write(at: Int, ArraySlice<UInt8>)
            case cut(Int)
        }

        var bytes: [UInt8]
        var changes: [Change] = []
        /// How many of the changes are on the disk for good.
        var synced = 0

        init(_ bytes: [UInt8]) { self.bytes = bytes }

        func apply(_ change: Change) {
            switch change {
            case .write(let offset, let data):
                if bytes.count < offset + data.count {
                    bytes += repeatElement(0, count: offset + data.count - bytes.count)
                }
                bytes.replaceSubrange(offset..<offset + data.count, with: data)
            case .cut(let size):
                bytes.count > size
                    ? bytes.removeLast(bytes.count - size)
                    : bytes.append(contentsOf: repeatElement(0, count: size - bytes.count))
            }
        }
    }

    /// The power is back: files have what was synced, and of the changes after that those that `survives` says; how many
    /// were undone. The process must be dead.
    func cut(surviving survives: () -> Bool = { false }) throws -> Int {
        var files: [String: Content] = [:]
        var syncs: [UInt64: (file: Content, changes: Int)] = [:]
        var reader = PowerLog(bytes: Array((try? Data(contentsOf: URL(filePath: log))) ?? Data()))
        func file(_ path: String) -> Content {
            if let known = files[path] { return known }
            let content = Content(Array((try? Data(contentsOf: URL(filePath: "\(before)/\(path)"))) ?? Data()))
            files[path] = content
            return content
        }
        while let entry = reader.next() {
            switch entry.kind {
            case UInt8(ascii: "w"): file(entry.path).changes.append(.write(at: entry.offset, entry.data))
            case UInt8(ascii: "t"): file(entry.path).changes.append(.cut(entry.offset))
            case UInt8(ascii: "b"):
                let content = file(entry.path)
                syncs[entry.number] = (content, content.changes.count)
            case UInt8(ascii: "e"):
                guard let sync = syncs.removeValue(forKey: entry.number) else { continue }
                sync.file.synced = max(sync.file.synced, sync.changes)
            case UInt8(ascii: "r"):
                let moved = files.removeValue(forKey: entry.path)
                files[String(decoding: entry.data, as: UTF8.self)] = moved
            default: files[entry.path] = nil
            }
        }
        var undone = 0
        for (path, content) in files where !content.changes.isEmpty {
            for (index, change) in content.changes.enumerated() {
                if index < content.synced || survives() { content.apply(change) } else { undone += 1 }
            }
            try Data(content.bytes).write(to: URL(filePath: "\(disk)/\(path)"))
        }
        // SQLite's index of its log is only in memory.
        for path in files.keys where path.hasSuffix("-wal") {
            try? FileManager.default.removeItem(atPath: "\(disk)/\(path.dropLast(4))-shm")
        }
        try begin()
        return undone
    }

    /// What is there now is on the disk for good.
    private func begin() throws {
        try? FileManager.default.removeItem(atPath: log)
        try? FileManager.default.removeItem(atPath: before)
        try ChildProcess.run("cp", ["-a", disk, before])
    }
}
