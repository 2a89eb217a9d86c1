/// What came with one read.
struct Arrivals {
    var frames = 0
    var messages: [Delivery] = []
    var answers: [PendingCalls.Answered] = []
}
