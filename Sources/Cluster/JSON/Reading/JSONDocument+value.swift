internal import FoundationEssentials

extension JSONDocument {
    /// Reads one value, or throws what its type throws.
    func read<Value: Decodable>(_ type: Value.Type, _ node: Int) throws -> Value {
        // The types are compared and the bits taken over: a cast would cost more than the reading.
        func bits<Other>(_ value: Other) -> Value { unsafeBitCast(value, to: Value.self) }
        if type == String.self { return bits(try string(node)) }
        if type == Int.self { return bits(try integer(node) as Int) }
        if type == Bool.self { return bits(try bool(node)) }
        if type == Double.self { return bits(try double(node)) }
        if type == [Int].self { return bits(try array(node) { try integer($0) as Int }) }
        if type == [String].self { return bits(try array(node) { try string($0) }) }
        if type == [UInt8].self { return bits(try array(node) { try integer($0) as UInt8 }) }
        if type == [Double].self { return bits(try array(node) { try double($0) }) }
        if type == Int64.self { return bits(try integer(node) as Int64) }
        if type == UInt64.self { return bits(try integer(node) as UInt64) }
        if type == UInt.self { return bits(try integer(node) as UInt) }
        if type == Int32.self { return bits(try integer(node) as Int32) }
        if type == UInt32.self { return bits(try integer(node) as UInt32) }
        if type == Int16.self { return bits(try integer(node) as Int16) }
        if type == UInt16.self { return bits(try integer(node) as UInt16) }
        if type == Int8.self { return bits(try integer(node) as Int8) }
        if type == UInt8.self { return bits(try integer(node) as UInt8) }
        if type == Int128.self { return bits(try integer(node) as Int128) }
        if type == UInt128.self { return bits(try integer(node) as UInt128) }
        if type == Float.self { return bits(try float(node)) }
        if type == Data.self { return bits(try data(node)) }
        if type == URL.self { return bits(try url(node)) }
        if type == Decimal.self { return bits(try decimal(node)) }
        return try Value(from: JSONValueDecoder(document: self, node: node))
    }

    func isNull(_ node: Int) -> Bool { kind(node) == .null }

    private func string(_ node: Int) throws -> String {
        guard kind(node) == .text || kind(node) == .escapedText else { throw mismatch(String.self, node) }
        return text(node)
    }

    private func bool(_ node: Int) throws -> Bool {
        switch kind(node) {
        case .yes: true
        case .no: false
        default: throw mismatch(Bool.self, node)
        }
    }

    private func integer<Value: FixedWidthInteger>(_ node: Int) throws -> Value {
        let value: Value?
        switch kind(node) {
        case .integer: value = withBytes(node) { JSONNumber.integer($0) }
        case .number: value = withBytes(node) { JSONNumber.integer(exactly: $0) }
        default: throw mismatch(Value.self, node)
        }
        guard let value else { throw corrupted("number out of range") }
        return value
    }

    private func double(_ node: Int) throws -> Double {
        guard isNumber(node) else { throw mismatch(Double.self, node) }
        guard let value = withBytes(node, JSONNumber.double) else { throw corrupted("number out of range") }
        return value
    }

    private func float(_ node: Int) throws -> Float {
        guard isNumber(node) else { throw mismatch(Float.self, node) }
        guard let value = withBytes(node, JSONNumber.float) else { throw corrupted("number out of range") }
        return value
    }

    private func data(_ node: Int) throws -> Data {
        guard let data = Data(base64Encoded: try string(node)) else { throw corrupted("not base64") }
        return data
    }

    private func url(_ node: Int) throws -> URL {
        guard let url = URL(string: try string(node)) else { throw corrupted("not a URL") }
        return url
    }

    private func decimal(_ node: Int) throws -> Decimal {
        guard isNumber(node) else { throw mismatch(Decimal.self, node) }
        guard let value = Decimal(string: text(node)) else { throw corrupted("number out of range") }
        return value
    }

    private func array<Element>(_ node: Int, _ element: (Int) throws -> Element) throws -> [Element] {
        guard kind(node) == .array else { throw mismatch([Element].self, node) }
        var elements: [Element] = []
        elements.reserveCapacity(count(node))
        var next = node + 1
        for _ in 0..<count(node) {
            elements.append(try element(next))
            next = after(next)
        }
        return elements
    }

    private func isNumber(_ node: Int) -> Bool { kind(node) == .integer || kind(node) == .number }

    /// A value of another type than the one asked for.
    func mismatch(_ type: Any.Type, _ node: Int) -> DecodingError {
        let context = DecodingError.Context(codingPath: [], debugDescription: "")
        return isNull(node) ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }

    private func corrupted(_ why: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: why))
    }
}
