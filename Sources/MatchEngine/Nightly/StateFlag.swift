internal import Normalizers

/// A flag in the state of the nightly comparison.
struct StateFlag: Hashable {
  enum State: String {
    case open = "OPEN"
    /// What its rule looks at cannot be relied on tonight.
    case unknown = "UNKNOWN"
    case cleared = "CLEARED"
    case withdrawn = "WITHDRAWN"
  }

  var id: String
  var evidenceHash: String
  var rule: String
  var caseID: String
  var idNumber: String
  var state = State.open
  /// The day of the night that first had it, or that last had it where it is over; YYYY-MM-DD.
  var since: String
  /// The district on whose list it stands; nil: on none.
  var district: String?

  var isOver: Bool { state == .cleared || state == .withdrawn }

  static let fileName = "flags.csv"
  static let header = "flag_id,evidence_hash,rule,case_id,id_no,state,since,is_listed,district"

  /// The flags in `bytes` of the file of a generation, by number.
  static func read(_ bytes: [UInt8], path: String) throws(RunError) -> [String: StateFlag] {
    var flags: [String: StateFlag] = [:]
    do {
      var records = try RecordReader(MemoryBytes(bytes), encoding: .utf8, delimiter: .comma)
      var isHeader = true
      while let event = try records.next() {
        if isHeader {
          isHeader = false
          continue
        }
        let cells = records.fields.map { field in
          var bytes: [UInt8] = []
          records.append(field, to: &bytes)
          return String(decoding: bytes, as: UTF8.self)
        }
        guard case .record = event, cells.count == 9, let state = State(rawValue: cells[5]) else {
          throw RunError.damaged(path: path, format: "state", reason: "line \(records.line)")
        }
        flags[cells[0]] = StateFlag(
          id: cells[0], evidenceHash: cells[1], rule: cells[2], caseID: cells[3], idNumber: cells[4], state: state,
          since: cells[6], district: cells[7] == "1" ? cells[8] : nil)
      }
    } catch let error as RunError {
      throw error
    } catch {
      throw .damaged(path: path, format: "state", reason: "it cannot be read")
    }
    return flags
  }

  static func write(_ flags: [StateFlag], to file: OutputFile) throws(RunError) {
    try file.append(header + "\n")
    var row = CSVCellWriter()
    for flag in flags.sorted(by: { $0.id < $1.id }) {
      for cell in [
        flag.id, flag.evidenceHash, flag.rule, flag.caseID, flag.idNumber, flag.state.rawValue, flag.since,
        flag.district == nil ? "0" : "1", flag.district ?? ""
      ] {
        // Read by the engine alone: a cell stands as it is.
        row.raw(cell)
      }
      row.endRecord()
      try file.append(row.bytes)
      row.removeAll()
    }
  }
}
