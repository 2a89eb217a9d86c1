import RoostJobs
import RoostTestKit
import Testing

@Suite("A faulty cron expression")
struct CronFaultTests {
    @Test(
        "is refused with its field and a reason",
        arguments: [
            ("", "schedule: is empty"), (" \t ", "schedule: is empty"),
            ("* * * *", "5 fields"), ("* * * * * * *", "has 7"), ("@reboot", "@reboot is unknown"), ("@", "unknown"),
            ("@daily 5", "nothing may follow"), ("@every", "needs one length"), ("@every 0s", "1 s to 366 days"),
            ("@every 367d", "366 days"), ("@every 5", "such as"), ("@every -5s", "such as"), ("@every 5s5m", "such as"),
            ("@every 1h 5m", "such as"), ("@every 99999999999999999999s", "such as"), ("@every m", "such as"),
            ("@every 1.5h", "such as"), ("60 * * * *", "minute: \"60\" is not a number from 0 to 59"),
            ("-1 * * * *", "minute"), ("* 24 * * *", "hour: \"24\""), ("* * 0 * *", "day of month: \"0\""),
            ("* * 32 * *", "day of month: \"32\""),
            ("* * * 0 *", "month: \"0\" is not a number from 1 to 12 or a name"),
            ("* * * 13 *", "month"), ("* * * JANUARY *", "month: \"JANUARY\""), ("* * * * 8", "day of week: \"8\""),
            ("* * * * MONDAY", "such as SUN"), ("60 * * * * *", "second: \"60\""), ("*/0 * * * *", "step of */0"),
            ("*/61 * * * *", "between 1 and 60"), ("*/ * * * *", "step"), ("1/2/3 * * * *", "step"),
            ("/5 * * * *", "minute: \"\""), ("5,,6 * * * *", "empty item"), (",5 * * * *", "empty item"),
            ("* 22-2 * * *", "hour: 22-2 runs backwards; write 22-23,0-2"), ("1- * * * *", "minute: \"\""),
            ("1-2-3 * * * *", "minute: \"2-3\""), ("*-5 * * * *", "minute: \"*\""), ("+5 * * * *", "minute"),
            ("00005 * * * *", "minute"), ("? * * * *", "minute: \"?\""), ("* * * ? *", "month: \"?\""),
            ("* * L/2 * *", "day of month"), ("* * LW * *", "day of month"), ("* * * * MON#0", "after #"),
            ("* * * * MON#6", "between 1 and 5"), ("* * * * #2", "day of week: \"\""), ("* * * * 1#", "after #"),
            ("* * * * *#2", "day of week: \"*\""), ("5\u{660} * * * *", "printable ASCII"),
            ("* * * * *\0", "printable ASCII"), ("* * * * *\n", "printable ASCII"),
            (String(repeating: "*", count: 201), "longer than 200 bytes"),
            ("0 0 30 2 *", "never fires"), ("0 0 30,31 FEB ?", "never fires"), ("0 0 31 4,6,9,11 *", "never fires"),
            ("0 0 31 2 */2", "never fires"), ("0 0 */31 2 MON#5", "day of month: never fires"),
        ])
    func refused(expression: String, reason: String) {
        let fault = #expect(throws: CronFault.self) { try CronSchedule(expression) }
        #expect(fault.map { "\($0)".contains(reason) } == true, "\(expression): \(fault?.description ?? "accepted")")
    }

    @Test(
        "is told from an unusual one",
        arguments: [
            "0 0 30 2 MON", "0 0 29 FEB *", "*/60 */24 */31 */12 *", "05 004 * * *", "0 0 L 2 *", "0 0 * 2 MON#5",
            "0 0 30,L 2 *", "59 23 31 12 7", "0 0 ? * ?", "0 0 l jan sun#5", "* * * * 5-7,SAT-SUN/2", "* * * * 7/2",
            "*,1-5,*/7 * * * *", "\t* *\t* * *", String(repeating: " ", count: 191) + "* * * * *", "@Weekly",
        ])
    func accepted(expression: String) throws {
        #expect(try CronSchedule(expression).next(after: .at(0)) != nil)
    }

    @Test("never crashes, whatever bytes it is made of, and what is accepted is due some time")
    func fuzz() {
        var random = SeededGenerator(seed: 1)
        let pieces = [
            "*", "*/", ",", "-", "/", "#", "L", "?", "@", "@every ", "MON", "jan", "\0", "é", "h", "s",
            "99999999999999999999",
        ]
        var accepted = 0
        for _ in 0..<20_000 {
            var text = ""
            for field in 0..<Int.random(in: 4...6, using: &random) {
                if field > 0 { text += " " }
                for _ in 0..<Int.random(in: 1...2, using: &random) {
                    let isNumber = Bool.random(using: &random)
                    text +=
                        isNumber
                        ? "\(Int.random(in: 0...12, using: &random))" : pieces.randomElement(using: &random) ?? ""
                    if Int.random(in: 0..<3, using: &random) > 0 { break }
                }
            }
            guard let schedule = try? CronSchedule(text) else { continue }
            accepted += 1
            let moment = Timestamp.at(Int64.random(in: 0...200_000_000_000, using: &random))
            #expect(schedule.next(after: moment).map { $0 > moment } == true, "\(text) after \(moment.rfc3339)")
        }
        #expect(accepted > 100)
    }
}
