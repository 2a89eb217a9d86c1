extension NodeService {
    /// Stops claiming and goes on with what runs, until `resume()` or the end of the node: before maintenance, or before
    /// a new version takes over. Not kept: a process that starts again claims. From any thread.
    public func quiet() { pools.quietClaiming() }

    /// Claims again after `quiet()`; a node that was told to stop goes on stopping. From any thread.
    public func resume() { pools.resumeClaiming() }
}
