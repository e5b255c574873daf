/// How usable the values of each field are: `quality.json`.
package struct Quality: Hashable, Sendable {
  package static let fileName = "quality.json"

  package struct Field: Hashable, Sendable {
    package var name: String
    /// The word for the type in the job file.
    package var type: String
    /// The header that the field is read from; nil where an optional column is absent.
    package var column: String?
    package var rows = 0
    package var empty = 0
    /// Usable values, repaired ones among them; nil for names in `run`, which are not normalised row by row.
    package var valid: Int?
    /// Values that were repaired, whatever for.
    package var repairedValues = 0
    /// Values that carry each `R-` code; a value may carry several.
    package var repaired: [String: Int] = [:]
    /// Values that carry each `E-` code; a value may carry several.
    package var invalid: [String: Int] = [:]
    /// Values that carry each `W-` or `N-` code, usable or not.
    package var warnings: [String: Int] = [:]

    package init(name: String, type: String, column: String?) {
      self.name = name
      self.type = type
      self.column = column
    }
  }

  /// Keys that occur more than once in a table that a rule looks up.
  package struct RepeatedKeys: Hashable, Sendable {
    package var fields: [String]
    /// Different keys that occur more than once.
    package var keys: Int
    /// Rows that carry such a key.
    package var rows: Int
    /// Some of the keys, masked.
    package var examples: [String]

    package init(fields: [String], keys: Int, rows: Int, examples: [String]) {
      self.fields = fields
      self.keys = keys
      self.rows = rows
      self.examples = examples
    }
  }

  package struct Source: Hashable, Sendable {
    package var name: String
    package var rows = 0
    package var fields: [Field] = []
    package var repeatedKeys: [RepeatedKeys] = []
    /// Rejects that `rejects/<source>.csv` does not list because there are too many of a code.
    package var rejectsNotListed: [String: Int] = [:]

    package init(name: String) { self.name = name }
  }

  package var sources: [Source] = []

  package init() {}

  package var json: JSONText {
    .members([
      "sources": .object(sources.map { .init(key: $0.name, value: $0.json) })
    ])
  }
}

extension Quality.Source {
  var json: JSONText {
    .members([
      "rows": .integer(rows),
      "fields": .object(fields.map { .init(key: $0.name, value: $0.json) }),
      "repeated_keys": .array(repeatedKeys.map(\.json)),
      "rejects_not_listed": .counts(rejectsNotListed)
    ])
  }
}

extension Quality.Field {
  var json: JSONText {
    .members([
      "type": .string(type),
      "column": .optional(column),
      "rows": .integer(rows),
      "empty": .integer(empty),
      "not_empty": valid == nil ? .integer(rows - empty) : nil,
      "valid": valid.map { .integer($0) },
      "repaired": valid == nil ? nil : .counts(repaired),
      "invalid": valid == nil && invalid.isEmpty ? nil : .counts(invalid),
      "warnings": warnings.isEmpty ? nil : .counts(warnings)
    ])
  }
}

extension Quality.RepeatedKeys {
  var json: JSONText {
    .members([
      "fields": .array(fields.map { .string($0) }),
      "keys": .integer(keys),
      "rows": .integer(rows),
      "examples": .array(examples.map { .string($0) })
    ])
  }
}
