/// What somebody pressed.
enum Key: Sendable, Hashable {
    /// A printable character.
    case character(Character)
    /// Ctrl and a letter, in lower case.
    case control(Character)
    case up, down, left, right
    case pageUp, pageDown, home, end
    case enter, escape, tab, backTab, backspace
}
