// swift-tools-version:6.2
import PackageDescription

/// One set of habits for every target: Swift 6 mode, warnings as errors, the upcoming features a future
/// language mode will turn on anyway (each name is its Swift Evolution proposal).
let habits: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func room(_ name: String, _ folder: String, _ dependencies: [Target.Dependency], resources: [Resource] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Sources/\(folder)", resources: resources, swiftSettings: habits)
}

func tests(_ name: String, _ folder: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(
        name: name, dependencies: dependencies, path: "Tests/\(folder)", exclude: exclude, swiftSettings: habits)
}

let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let posix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let http1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let tls: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")

let package = Package(
    name: "roost",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "roost", targets: ["roost"]),
        .library(name: "RoostJobs", targets: ["RoostJobs"]),
        .library(name: "RoostNode", targets: ["RoostNode"]),
        .library(name: "RoostStores", targets: ["RoostStores"]),
        .library(name: "RoostRedis", targets: ["RoostRedis"]),
        .library(name: "RoostCluster", targets: ["RoostCluster"]),
        .library(name: "RoostWebhooks", targets: ["RoostWebhooks"]),
        .library(name: "RoostAPI", targets: ["RoostAPI"]),
        .library(name: "RoostSysmon", targets: ["RoostSysmon"]),
        // Whoever writes a store runs the same suite against it.
        .library(name: "RoostTestKit", targets: ["RoostTestKit"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.2"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        // No JSON trait: its parser is full Foundation's, which would link 40 MB of ICU.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // No FullFoundation trait: it would link 40 MB of ICU.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    ],
    targets: [
        // The C libraries. No pkgConfig for hiredis: Debian's .pc file makes SwiftPM warn at each build.
        .systemLibrary(name: "CHiredis", path: "Sources/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CSQLite", path: "Sources/CSQLite", providers: [.apt(["libsqlite3-dev"])]),

        // The rooms, bottom up. No arrow runs upward, none makes a circle.
        room("RoostSupervision", "Supervision", [log]),
        room("RoostRedis", "Redis", ["CHiredis", nio, posix, tls, crypto, log]),
        room("RoostJobs", "Jobs", []),
        room("RoostStores", "Stores", ["RoostJobs", "RoostRedis", "CSQLite", log]),
        room("RoostCluster", "Cluster", ["RoostRedis", nio, posix, tls, crypto, log]),
        room("RoostNode", "Node", ["RoostJobs", "RoostSupervision", log, lifecycle]),
        room("RoostWebhooks", "Webhooks", ["RoostJobs", nio, posix, http1, tls, crypto, log]),
        room(
            "RoostAPI", "API",
            ["RoostJobs", "RoostWebhooks", hummingbird, hummingbirdCore, httpTypes, crypto, nio, log]),
        room(
            "RoostSysmon", "Sysmon", ["RoostJobs", "RoostCluster", hummingbird, httpTypes, nio, log],
            resources: [
                "console.html", "address.js", "api.js", "app.js", "audit.js", "batches.js", "chart.js",
                "console.css", "cron.js", "dialog.js", "dom.js", "errors.js", "format.js", "icon.svg", "job.js",
                "jobrows.js", "jobs.js", "json.js", "keys.js", "login.js", "nodes.js", "overview.js", "pages.css",
                "parts.css", "queues.js", "settings.js", "shell.js", "store.js", "stream.js", "table.js", "theme.js",
                "topology.js", "webhooks.js",
            ].map { .embedInCode("Assets/\($0)") }),
        .executableTarget(
            name: "roost",
            dependencies: [
                "RoostAPI", "RoostCluster", "RoostJobs", "RoostNode", "RoostRedis", "RoostStores", "RoostSupervision",
                "RoostSysmon", "RoostWebhooks", hummingbird, httpClient, lifecycle, log, nio, posix,
                http1,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            path: "Sources/Roost", swiftSettings: habits),

        // What tests share: the store conformance suite, private servers, things to wait on.
        .target(
            name: "RoostTestKit", dependencies: ["RoostJobs", "RoostRedis", "RoostStores", log, posix],
            path: "Tests/TestKit", swiftSettings: habits),
        // What tests of whole processes share: a running roost, directories, things to wait on.
        .target(
            name: "RoostProcessKit", dependencies: ["RoostTestKit"], path: "Tests/ProcessKit", swiftSettings: habits),
        tests("JobsTests", "Jobs", ["RoostJobs", "RoostTestKit"]),
        tests("SimulationTests", "Simulation", ["RoostJobs", "RoostTestKit"]),
        tests("RedisTests", "Redis", ["RoostRedis", "RoostTestKit", log, nio, posix]),
        tests(
            "StoresTests", "Stores", ["RoostStores", "RoostJobs", "RoostRedis", "RoostTestKit", log, posix],
            exclude: ["Fixtures"]),
        tests("ClusterTests", "Cluster", ["RoostCluster", "RoostRedis", "RoostTestKit", log, nio, posix]),
        tests("NodeTests", "Node", ["RoostNode", "RoostJobs", "RoostSupervision", "RoostTestKit", log]),
        tests(
            "WebhooksTests", "Webhooks",
            [
                "RoostWebhooks", "RoostNode", "RoostSupervision", "RoostJobs", "RoostTestKit", log, nio, posix, http1,
                tls,
            ]),
        tests(
            "APITests", "API",
            [
                "RoostAPI", "RoostWebhooks", "RoostJobs", "RoostTestKit", hummingbird, hummingbirdCore,
                hummingbirdTesting, httpTypes, crypto, log, nio, posix,
            ],
            exclude: ["openapi-check.sh", "schemathesis.toml"]),
        tests(
            "SysmonTests", "Sysmon",
            ["RoostSysmon", "RoostCluster", "RoostJobs", hummingbird, hummingbirdTesting, httpTypes, log, nio]),
        tests("EndToEndTests", "EndToEnd", ["RoostTestKit", "RoostProcessKit", "RoostJobs", "roost"]),
        tests(
            "ChaosTests", "Chaos",
            [
                "RoostProcessKit", "RoostTestKit", "RoostCluster", "RoostJobs", "RoostRedis", "RoostStores", "roost",
                httpClient, http1, nio, posix,
            ],
            exclude: ["Fuzz/Fixtures", "Power/power.c", "Seed/seed-worker.py", "Skew/skew.c"]),
    ]
)
