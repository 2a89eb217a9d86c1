internal import FoundationEssentials

extension JSONWriter {
    /// Writes one value, or throws what its type throws.
    func write<Value: Encodable>(value: Value) throws {
        if try writeNative(value) { return }
        if isTooDeep || isLost { throw Self.failure("nested too deep, or lost") }
        let encoder = JSONValueEncoder(writer: self, owner: takeOwner())
        try value.encode(to: encoder)
        close(to: encoder.level)
        // A type that encodes nothing is an empty object.
        if bytes.count == encoder.start { bytes.append(contentsOf: [0x7B, 0x7D]) }
    }

    /// Writes the types of JSON itself, and those that JSON has a custom for. False: the type must write itself.
    ///
    /// The types are compared and the bits taken over: a cast would cost more than the writing.
    private func writeNative<Value: Encodable>(_ value: Value) throws -> Bool {
        func bits<Other>(_: Other.Type) -> Other { unsafeBitCast(value, to: Other.self) }
        if Value.self == String.self {
            write(bits(String.self))
        } else if Value.self == Int.self {
            write(integer: bits(Int.self))
        } else if Value.self == Bool.self {
            write(bits(Bool.self))
        } else if Value.self == Double.self {
            try write(bits(Double.self))
        } else if Value.self == [Int].self {
            writeIntegers(bits([Int].self))
        } else if Value.self == [String].self {
            writeArray(bits([String].self)) { write($0) }
        } else if Value.self == [UInt8].self {
            writeIntegers(bits([UInt8].self))
        } else if Value.self == [Double].self {
            try writeArray(bits([Double].self)) { try write($0) }
        } else {
            return try writeRare(value)
        }
        return true
    }

    private func writeRare<Value: Encodable>(_ value: Value) throws -> Bool {
        func bits<Other>(_: Other.Type) -> Other { unsafeBitCast(value, to: Other.self) }
        if Value.self == Int64.self {
            write(integer: bits(Int64.self))
        } else if Value.self == UInt64.self {
            write(integer: bits(UInt64.self))
        } else if Value.self == UInt.self {
            write(integer: bits(UInt.self))
        } else if Value.self == Int32.self {
            write(integer: bits(Int32.self))
        } else if Value.self == UInt32.self {
            write(integer: bits(UInt32.self))
        } else if Value.self == Int16.self {
            write(integer: bits(Int16.self))
        } else if Value.self == UInt16.self {
            write(integer: bits(UInt16.self))
        } else if Value.self == Int8.self {
            write(integer: bits(Int8.self))
        } else if Value.self == UInt8.self {
            write(integer: bits(UInt8.self))
        } else if Value.self == Int128.self {
            write(integer: bits(Int128.self))
        } else if Value.self == UInt128.self {
            write(integer: bits(UInt128.self))
        } else if Value.self == Float.self {
            try write(bits(Float.self))
        } else if Value.self == Data.self {
            write(bits(Data.self).base64EncodedString())
        } else if Value.self == URL.self {
            write(bits(URL.self).absoluteString)
        } else if Value.self == Decimal.self {
            let number = bits(Decimal.self)
            guard !number.isNaN else { throw Self.failure("not a number") }
            bytes.append(contentsOf: number.description.utf8)
        } else {
            return false
        }
        return true
    }

    private func writeIntegers<Value: FixedWidthInteger>(_ values: [Value]) {
        writeArray(values) { write(integer: $0) }
    }

    private func writeArray<Element>(_ values: [Element], _ element: (Element) throws -> Void) rethrows {
        checkDepth()
        bytes.append(UInt8(ascii: "["))
        var isFirst = true
        for value in values {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            try element(value)
        }
        bytes.append(UInt8(ascii: "]"))
    }
}
