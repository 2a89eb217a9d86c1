import RoostJobs

/// What the work façade's handler makes of a payload: the data it was given, byte for byte.
enum DemoWork {
    static func result(of payload: [UInt8]) -> [UInt8] {
        let data = (try? JSONScanner.parseObject(payload))?["data"]?.bytes ?? payload
        return Array(#"{"status":"worked","data":"#.utf8) + data + [UInt8(ascii: "}")]
    }
}
