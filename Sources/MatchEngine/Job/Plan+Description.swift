extension Plan: CustomStringConvertible {
  /// What will be read, stored, looked up and counted, in order; for people.
  package var description: String {
    var lines: [String] = []
    for (number, pass) in passes.enumerated() {
      let source = job.sources[pass.source]
      lines.append("\(number + 1). read \(source.name)")
      for file in pass.files {
        let bytes = file.input.isRegular ? "\(file.input.byteCount.grouped) bytes" : "read once, in order"
        let packed = file.input.compression == .none ? "" : ", \(file.input.compression)"
        lines.append(
          "     file \(file.input.name): \(bytes)\(packed), \(file.encoding.rawValue), "
            + file.layout.delimiter.rawValue
        )
      }
      for use in pass.uses {
        let field = source.fields[use.field]
        let column = pass.files.first.flatMap { file in file.columns[use.field].map { file.layout.columns[$0] } }
        lines.append(
          "     field \(field.name): \(field.type.rawValue) from column \(column.map { "'\($0)'" } ?? "(none)")")
      }
      for store in pass.stores { lines += describe(stores[store]) }
      for step in pass.conditions { lines.append("   judge each row: \(job.rules[step.rule].id)") }
      for step in pass.probes {
        let store = stores[step.store]
        let keys = store.tables[step.table].keyFields.map { job.sources[store.source].fields[$0].name }
        let rules = step.rules.map { job.rules[$0.rule].id }.joined(separator: ", ")
        lines.append("   look up \(job.sources[store.source].name) by \(keys.joined(separator: ", ")): \(rules)")
      }
      for family in pass.families {
        lines.append("   count groups: \(family.rules.map { job.rules[$0.rule].id }.joined(separator: ", "))")
      }
      for step in pass.selfJoins { lines.append("   then join with itself: \(job.rules[step.rule.rule].id)") }
      for step in pass.absences { lines.append("   then flag what was not met: \(job.rules[step.rule].id)") }
      for store in pass.released {
        lines.append("   then drop the stored rows of \(job.sources[stores[store].source].name)")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func describe(_ store: Store) -> [String] {
    let fields = job.sources[store.source].fields
    let tables = store.tables.map { $0.keyFields.map { fields[$0].name }.joined(separator: ", ") }
    let rules = Set(store.rules.map(\.rule)).sorted().map { job.rules[$0].id }.joined(separator: ", ")
    return [
      "   store rows, \(store.layout.wordCount * 8) bytes each and \(store.texts.count) texts, by "
        + tables.joined(separator: "; by ") + ": \(rules)"
    ]
  }
}
