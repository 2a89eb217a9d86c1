// Requests at a steady rate, whether or not the earlier ones are answered: what a server meets from a crowd that does not
// wait for it. Each time is taken from when the request was due, so that a server that stalls is seen stalling.
//
//     http-open-loop PORT PATH BODY-FILE RATE [SECONDS [CONNECTIONS]]
//
// Prints a line for each status: how many, and the median, 99 %, 99.9 % and longest time, milliseconds, then the same since
// requests were sent: what is longer since they were due is the generator's own lateness. A request that is due
// while every connection is busy waits for one; `unsent` counts those that still waited at the end.
import FoundationEssentials
import Glibc
import NIOCore
import NIOPosix

let arguments = CommandLine.arguments
guard arguments.count > 4, let port = Int(arguments[1]), let rate = Double(arguments[4]), rate > 0 else {
    print("usage: http-open-loop PORT PATH BODY-FILE RATE [SECONDS [CONNECTIONS]]")
    exit(64)
}
let seconds = arguments.count > 5 ? Double(arguments[5]) ?? 10 : 10
let connections = arguments.count > 6 ? Int(arguments[6]) ?? 1000 : 1000
let body = try [UInt8](Data(contentsOf: URL(filePath: arguments[3])))
let head = "POST \(arguments[2]) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: \(body.count)\r\n\r\n"
let request = ByteBuffer(bytes: Array(head.utf8) + body)

// One thread: the generator must not take more of the machine than it needs.
let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
let loop = group.next()
let course = try await loop.submit {
    NIOLoopBound(Course(loop: loop, rate: rate, seconds: seconds, request: request), eventLoop: loop)
}.get()
let bootstrap = ClientBootstrap(group: loop)
    .channelOption(.socketOption(.tcp_nodelay), value: 1)
    .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
            try channel.pipeline.syncOperations.addHandler(Lane(course.value))
        }
    }
for _ in 0..<connections { _ = try await bootstrap.connect(host: "127.0.0.1", port: port).get() }
let lines = try await loop.flatSubmit { course.value.run() }.get()
for line in lines { print(line) }
try await group.shutdownGracefully()
