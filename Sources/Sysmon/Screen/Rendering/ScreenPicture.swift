/// What is on the screen, and how far its text could be scrolled.
struct ScreenPicture: Sendable {
    var lines: [StyledLine]
    var scrollLimit = 0
}
