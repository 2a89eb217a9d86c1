import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import RoostCluster

@Suite("Calls that wait for answers")
struct CallTableTests {
    private static let patience = TimeAmount.seconds(30)

    /// The numbers calls were given.
    private final class Numbers: Sendable {
        private let numbers = Mutex<[UInt64]>([])

        var all: [UInt64] { numbers.withLock { $0 } }

        func add(_ number: UInt64) -> [UInt64] {
            numbers.withLock { numbers in
                numbers.append(number)
                return numbers
            }
        }
    }

    @Test("answers nobody asked for, and second ones, take nothing from those who wait")
    func strays() async {
        let table = CallTable(maximum: 4, loop: Fixture.group.next())
        for _ in 0..<10 {
            let answer = await table.ask(until: .now() + Self.patience) { number in
                // A PONG to a PING nobody waits for has the number zero.
                table.answer(0, .success(ByteBuffer()))
                table.answer(number, .success(ByteBuffer(integer: number)))
                table.answer(number, .success(ByteBuffer()))
                table.answer([.init(0, .success(ByteBuffer())), .init(number, .success(ByteBuffer()))])
                return nil
            }
            #expect((try? answer.get())?.readableBytes == 8)
        }
        let numbers = Numbers()
        let answers = await withTaskGroup(of: PendingCalls.Answer.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    await table.ask(until: .now() + Self.patience) { number in
                        let waiting = numbers.add(number)
                        if waiting.count == 4 {
                            table.answer(waiting.map { .init($0, .success(ByteBuffer(integer: $0))) })
                        }
                        return nil
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let answered = answers.compactMap { answer in (try? answer.get())?.getInteger(at: 0, as: UInt64.self) }
        #expect(answered.sorted() == numbers.all.sorted())
        #expect(Set(answered).count == 4)
    }

    @Test("beyond the maximum a call is refused, after the end it fails, and a cancelled one is abandoned")
    func ends() async {
        let table = CallTable(maximum: 1, loop: Fixture.group.next())
        let refused = await table.ask(until: .now() + Self.patience) { number in
            table.answer(number, .failure(.noService))
            return nil
        }
        #expect(refused == .failure(.noService))
        let abandoned = Numbers()
        let task = Task {
            await table.ask(until: .now() + Self.patience) { _ in
                nil
            } abandoned: {
                _ = abandoned.add($0)
            }
        }
        task.cancel()
        #expect(await task.value == .failure(.cancelled))
        #expect(abandoned.all.count == 1)
        let late = await table.ask(until: .now() + .milliseconds(1)) { _ in nil }
        #expect(late == .failure(.timeout))
        let closed = await table.ask(until: .now() + Self.patience) { _ in
            table.close(.connectionLost(maybeDelivered: true))
            return nil
        }
        #expect(closed == .failure(.connectionLost(maybeDelivered: true)))
        let after = await table.ask(until: .now() + Self.patience) { _ in nil }
        #expect(after == .failure(.connectionLost(maybeDelivered: false)))
    }
}
