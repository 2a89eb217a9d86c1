extension StoreRequest {
    /// Throws `.invalid` when a name of a collection, document, log or meter is none.
    public static func check(names: String...) throws(StoreError) {
        guard names.allSatisfy(JobName.isValid) else {
            throw StoreError(.invalid, "a name has 1 to \(JobLimits.nameBytes) of A–Z a–z 0–9 _ . - / @ :")
        }
    }

    /// Throws `.invalid` for a document or an entry of a log that is too long.
    public static func check(body: [UInt8]) throws(StoreError) {
        guard body.count <= Document.mostBytes else {
            throw StoreError(.invalid, "the body has more than \(Document.mostBytes) bytes")
        }
    }

    /// How many entries a log keeps, within 1 to 100,000.
    public static func kept(_ keeping: Int) -> Int { min(max(1, keeping), 100_000) }

    /// How many entries of a log one call reads, within 1 to 200.
    public static func page(_ limit: Int) -> Int { min(max(1, limit), 200) }

    /// What every store says about a collection with no room for another document.
    public static var collectionIsFull: StoreError {
        StoreError(.invalid, "at most \(Document.mostInCollection) documents in a collection")
    }
}
