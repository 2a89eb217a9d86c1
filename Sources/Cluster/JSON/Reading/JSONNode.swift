/// Where one key or value of a JSON text is.
///
/// The nodes of a text lie in the order of the text: a container is followed by what it holds, a key by its value.
struct JSONNode: Sendable {
    enum Kind: UInt8, Sendable {
        case null, yes, no
        /// Digits, maybe with a sign.
        case integer
        /// With a fraction or an exponent.
        case number
        /// Without and with escapes; the range is what is between the quotation marks.
        case text, escapedText
        case key, escapedKey
        case array, object
    }

    var kind: Kind
    /// The bytes. Of a container: `end` is the number of its elements or members.
    var start: UInt32
    var end: UInt32
    /// The node after this value and all it holds. Of a key: the object it is in.
    var link: UInt32
}
