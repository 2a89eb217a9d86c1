/// Bytes that are not JSON, or more of it than is taken.
struct JSONFault: Error {}
