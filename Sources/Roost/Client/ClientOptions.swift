import ArgumentParser

/// What every client verb understands.
struct ClientOptions: ParsableArguments {
    @Option(help: "The API to talk to; ROOST_API, then http://127.0.0.1:4000.")
    var api: String?
    @Option(help: "The token to show; better in ROOST_TOKEN, which no list of processes shows.")
    var token: String?
    @Flag(help: "Print JSON.")
    var json = false
}
