/// Text from elsewhere on a terminal.
enum ShellText {
    /// Without control characters but line ends and tabs: nothing that came over the network may move the cursor or
    /// change the terminal.
    static func printable(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x09, 0x0A: clean.append(scalar)
            case 0x00..<0x20, 0x7F..<0xA0: clean.append("\u{FFFD}")
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
}
