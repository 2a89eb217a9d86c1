extension JSONScanner {
    /// Whether an object has no such key yet, which it has from now on. Few plain ones are compared one by one, more or
    /// escaped ones are hashed.
    mutating func isNew(
        _ key: Range<Int>, escaped: Bool, behind outer: Int, _ many: inout JSONKeySet?
    ) -> Bool {
        if many == nil, !escaped, keys.count - outer < 8 {
            let new = UnsafeBufferPointer(rebasing: bytes[key])
            for other in keys[outer...] where other.count == key.count {
                if UnsafeBufferPointer(rebasing: bytes[other]).elementsEqual(new) { return false }
            }
            keys.append(key)
            return true
        }
        if many == nil { many = JSONKeySet(bytes, keys[outer...]) }
        return many?.insert(key) ?? false
    }
}
