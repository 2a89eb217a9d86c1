/// Writes a value as JSON, straight into bytes.
///
/// `Codable` does not say when a container ends. It ends here when its value does, or when the container it is in gets
/// something else. A type that then comes back to it, or asks for an encoder to keep (`superEncoder`), cannot be
/// followed: `isLost` is set, and another encoder must do it.
final class JSONWriter {
    /// An object or array that is not closed.
    struct Level {
        var isObject: Bool
        var isEmpty = true
        /// Which container may write to it.
        var owner: UInt32
    }

    /// What a container writes to.
    struct Place {
        var level: Int
        var owner: UInt32
    }

    private struct State {
        var bytes: [UInt8] = []
        var levels: [Level] = []
        var lastOwner: UInt32 = 0
        var isLost = false
        var isTooDeep = false
    }

    let maximumDepth: Int
    /// Not variables of the class itself: each access to those is checked at run time, and here is one for every byte.
    private let state: UnsafeMutablePointer<State>

    init(maximumDepth: Int) {
        self.maximumDepth = maximumDepth
        state = .allocate(capacity: 1)
        state.initialize(to: State())
        state.pointee.bytes.reserveCapacity(256)
    }

    deinit {
        state.deinitialize(count: 1)
        state.deallocate()
    }

    var bytes: [UInt8] {
        get { state.pointee.bytes }
        _modify { yield &state.pointee.bytes }
    }

    var isLost: Bool { state.pointee.isLost }
    var isTooDeep: Bool { state.pointee.isTooDeep }
    var depth: Int { state.pointee.levels.count }

    func takeOwner() -> UInt32 {
        state.pointee.lastOwner &+= 1
        return state.pointee.lastOwner
    }

    func lose() { state.pointee.isLost = true }

    /// Another container is about to be opened. What is too deep is written all the same, and thrown away.
    func checkDepth() {
        if state.pointee.levels.count >= maximumDepth { state.pointee.isTooDeep = true }
    }

    func open(isObject: Bool, owner: UInt32) -> Place {
        checkDepth()
        bytes.append(isObject ? UInt8(ascii: "{") : UInt8(ascii: "["))
        state.pointee.levels.append(Level(isObject: isObject, owner: owner))
        return Place(level: state.pointee.levels.count - 1, owner: owner)
    }

    /// The container a value has opened already, when it is of that kind.
    func reopen(_ place: Place, isObject: Bool) -> Bool {
        isCurrent(place) && state.pointee.levels[place.level].isObject == isObject
    }

    /// Closes what is open beyond a depth.
    func close(to depth: Int) {
        while state.pointee.levels.count > depth, let level = state.pointee.levels.popLast() {
            bytes.append(level.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]"))
        }
    }

    /// The next element of a container begins.
    func beginElement(_ place: Place) throws {
        guard isCurrent(place) else {
            state.pointee.isLost = true
            throw Self.failure("a container was used after its end")
        }
        close(to: place.level + 1)
        if state.pointee.levels[place.level].isEmpty {
            state.pointee.levels[place.level].isEmpty = false
        } else {
            bytes.append(UInt8(ascii: ","))
        }
    }

    /// Takes back an element that could not be written: the type may write another instead.
    func drop(_ place: Place, to count: Int, wasEmpty: Bool) {
        guard isCurrent(place), bytes.count >= count else { return }
        state.pointee.levels.removeSubrange((place.level + 1)...)
        state.pointee.levels[place.level].isEmpty = wasEmpty
        bytes.removeSubrange(count...)
    }

    func isEmpty(_ place: Place) -> Bool { isCurrent(place) && state.pointee.levels[place.level].isEmpty }

    private func isCurrent(_ place: Place) -> Bool {
        place.level < state.pointee.levels.count && state.pointee.levels[place.level].owner == place.owner
    }

    static func failure(_ why: String) -> EncodingError {
        .invalidValue(why, EncodingError.Context(codingPath: [], debugDescription: why))
    }
}
