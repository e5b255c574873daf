/// A relation that a job makes from rows of its sources: a union with fields of its own.
package struct JobView: Sendable, Hashable {
  package var name: String
  package var fields: [Job.Field]
  package var parts: [Part]
  package var position: Position

  package struct Part: Sendable, Hashable {
    /// Index into `Job.relations`: a source or an earlier view.
    package var relation: Int
    /// Over the part's row, which is the subject.
    package var condition: Expression?
    /// By field of the view; nil leaves the field empty. Of a field in `percentiles` the value that it is taken of.
    package var values: [Expression?]
    /// Fields of the view whose values make a group: one row of the view a group. None: one row of the view a row.
    package var by: [Int] = []
    /// By field of the view, the share of a group's values that are at most the percentile, in millionths of a
    /// hundredth.
    package var percentiles: [Int: Int64] = [:]

    package var isGrouped: Bool { !by.isEmpty }
  }

  package var isGrouped: Bool { parts.contains(where: \.isGrouped) }
}

/// Who belongs to which case, and when.
package struct Membership: Sendable, Hashable {
  /// Index into `Job.sources`.
  package var source: Int
  /// Indices into the source's fields.
  package var caseField: Int
  package var personField: Int
  package var nameField: Int?
  package var sizeField: Int?
  /// Over a row of the source, which is the subject; as of the day of the run.
  package var active: Expression
}

/// Values of one type that mean another, such as a passbook's number and the card's that replaced it.
package struct JobAlias: Sendable, Hashable {
  package var type: FieldType
  package var source: Int
  package var from: Int
  package var to: Int
}

/// A code field whose values a table lists; others are told of, never guessed.
package struct ListedCode: Sendable, Hashable {
  package var source: Int
  package var field: Int
  package var table: Int
  package var tableField: Int
}

/// Something in which a job differs from the packs it uses.
package struct PackDifference: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case parameter, definition, view, membership, exemption, off, rule
  }

  package var kind: Kind
  /// The pack, the parameter's, rule's or exemption's name.
  package var pack: String
  package var name: String
  /// As shipped and as used; empty where there is none.
  package var shipped: String
  package var used: String

  package init(kind: Kind, pack: String, name: String, shipped: String, used: String) {
    self.kind = kind
    self.pack = pack
    self.name = name
    self.shipped = shipped
    self.used = used
  }
}
