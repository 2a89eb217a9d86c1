import FoundationEssentials
import Glibc
import RoostProcessKit

/// Text for a program to read on its standard input.
final class TestInput: Sendable {
    let descriptor: Int32

    init(_ text: String, in directory: String) throws {
        let path = "\(directory)/input-\(UInt32.random(in: 0 ... .max))"
        try Data(text.utf8).write(to: URL(filePath: path))
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Surprise("no input") }
    }

    deinit { close(descriptor) }
}
