/// The digits of JSON numbers that have been checked.
enum JSONNumber {
    /// Nil when it does not fit.
    static func integer<Value: FixedWidthInteger>(_ digits: UnsafeBufferPointer<UInt8>) -> Value? {
        let isNegative = digits.first == UInt8(ascii: "-")
        var value: Value = 0
        for index in (isNegative ? 1 : 0)..<digits.count {
            let (tens, isOver) = value.multipliedReportingOverflow(by: 10)
            let digit = Value(truncatingIfNeeded: digits[index] &- 0x30)
            let (sum, isBeyond) =
                isNegative ? tens.subtractingReportingOverflow(digit) : tens.addingReportingOverflow(digit)
            if isOver || isBeyond { return nil }
            value = sum
        }
        return value
    }

    /// A number with a fraction or an exponent that is an integer all the same, such as `1.0` and `1e3`. Nil when it is
    /// none, or does not fit.
    static func integer<Value: FixedWidthInteger>(exactly number: UnsafeBufferPointer<UInt8>) -> Value? {
        let end = number.firstIndex { $0 | 0x20 == UInt8(ascii: "e") } ?? number.count
        var digits = number[..<end].filter { $0 != UInt8(ascii: ".") }
        let fraction = number[..<end].firstIndex(of: UInt8(ascii: ".")).map { end - $0 - 1 } ?? 0
        guard let exponent = exponent(number[end...]) else { return digits.allSatisfy { $0 <= 0x30 } ? 0 : nil }
        var shift = exponent - fraction
        while shift < 0, digits.last == 0x30 {
            digits.removeLast()
            shift += 1
        }
        if digits.allSatisfy({ $0 <= 0x30 }) { return 0 }
        // 128 bits are 39 digits.
        guard shift >= 0, shift < 40 else { return nil }
        digits.append(contentsOf: repeatElement(0x30, count: shift))
        return digits.withUnsafeBufferPointer { integer($0) }
    }

    /// Nil when it is beyond all numbers, on either side.
    private static func exponent(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Int? {
        guard let first = digits.dropFirst().first else { return 0 }
        let isSigned = first == UInt8(ascii: "+") || first == UInt8(ascii: "-")
        var exponent = 0
        for digit in digits.dropFirst(isSigned ? 2 : 1) {
            exponent = exponent * 10 + Int(digit &- 0x30)
            if exponent > Frame.hardLimit { return nil }
        }
        return first == UInt8(ascii: "-") ? -exponent : exponent
    }

    /// Nil when it is beyond all doubles.
    static func double(_ digits: UnsafeBufferPointer<UInt8>) -> Double? {
        Double(String(decoding: digits, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }

    static func float(_ digits: UnsafeBufferPointer<UInt8>) -> Float? {
        Float(String(decoding: digits, as: UTF8.self)).flatMap { $0.isFinite ? $0 : nil }
    }
}
