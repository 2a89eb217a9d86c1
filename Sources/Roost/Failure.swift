/// An error for the person at the command line, with the exit status scripts go by (sysexits.h).
struct Failure: Error {
    enum Status: Int32 {
        case failed = 1
        case usage = 64
        case badInput = 65
        case notFound = 66
        case unavailable = 69
        case software = 70
        case tryAgain = 75
        case denied = 77
        case configuration = 78
    }

    let status: Status
    let message: String

    init(_ status: Status, _ message: String) {
        self.status = status
        self.message = message
    }
}
