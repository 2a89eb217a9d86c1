import Glibc
import Synchronization

/// Lines of standard input, read on a thread of its own: a blocking read must not hold one of the pool's.
enum LineReader {
    /// The lines, until the input ends.
    static func lines() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream<String>.makeStream(bufferingPolicy: .bufferingOldest(1000))
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(continuation))
        let code = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                let continuation = Unmanaged<Box>.fromOpaque(raw).takeRetainedValue().continuation
                while let line = readLine() { continuation.yield(line) }
                continuation.finish()
                return nil
            }, box.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            box.release()
            continuation.finish()
        }
        return stream
    }

    private final class Box: Sendable {
        let continuation: AsyncStream<String>.Continuation
        init(_ continuation: AsyncStream<String>.Continuation) { self.continuation = continuation }
    }
}
