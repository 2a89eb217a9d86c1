extension ConsoleAsset {
    static let page = ConsoleAsset(PackageResources.console_html, type: "text/html; charset=utf-8")

    /// What the page loads, by its name under `assets/`.
    static let all: [String: ConsoleAsset] = {
        func script(_ bytes: [UInt8]) -> ConsoleAsset { ConsoleAsset(bytes, type: "text/javascript; charset=utf-8") }
        func style(_ bytes: [UInt8]) -> ConsoleAsset { ConsoleAsset(bytes, type: "text/css; charset=utf-8") }
        return [
            "address.js": script(PackageResources.address_js),
            "api.js": script(PackageResources.api_js),
            "app.js": script(PackageResources.app_js),
            "audit.js": script(PackageResources.audit_js),
            "batches.js": script(PackageResources.batches_js),
            "chart.js": script(PackageResources.chart_js),
            "console.css": style(PackageResources.console_css),
            "cron.js": script(PackageResources.cron_js),
            "dialog.js": script(PackageResources.dialog_js),
            "dom.js": script(PackageResources.dom_js),
            "errors.js": script(PackageResources.errors_js),
            "format.js": script(PackageResources.format_js),
            "icon.svg": ConsoleAsset(PackageResources.icon_svg, type: "image/svg+xml"),
            "job.js": script(PackageResources.job_js),
            "jobrows.js": script(PackageResources.jobrows_js),
            "jobs.js": script(PackageResources.jobs_js),
            "json.js": script(PackageResources.json_js),
            "keys.js": script(PackageResources.keys_js),
            "login.js": script(PackageResources.login_js),
            "nodes.js": script(PackageResources.nodes_js),
            "overview.js": script(PackageResources.overview_js),
            "pages.css": style(PackageResources.pages_css),
            "parts.css": style(PackageResources.parts_css),
            "queues.js": script(PackageResources.queues_js),
            "settings.js": script(PackageResources.settings_js),
            "shell.js": script(PackageResources.shell_js),
            "store.js": script(PackageResources.store_js),
            "stream.js": script(PackageResources.stream_js),
            "table.js": script(PackageResources.table_js),
            "theme.js": script(PackageResources.theme_js),
            "topology.js": script(PackageResources.topology_js),
            "webhooks.js": script(PackageResources.webhooks_js),
        ]
    }()
}
