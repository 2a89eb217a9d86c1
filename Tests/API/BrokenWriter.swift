import HTTPTypes
import HummingbirdCore
import NIOCore

/// A connection that broke before the reply was written.
struct BrokenWriter: ResponseBodyWriter {
    struct Broken: Error {}

    mutating func write(_ buffer: ByteBuffer) async throws { throw Broken() }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws { throw Broken() }
}
