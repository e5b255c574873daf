/// Of which sources only some rows are held, and in which order sources are read for that.
package struct SievePlan: Sendable {
  /// The rows of a source that are held: those of which one of the fields has a wanted value.
  struct Sieve: Sendable {
    var source: Int
    var field: Int
    /// A second field, where only both values together are wanted.
    var second: Int?
    var isWide: Bool
    /// Fields of other sources whose values are wanted.
    var columns: [Column]
    /// Bytes of the files in which they stand.
    var byteCount: Int
  }

  struct Column: Sendable {
    var source: Int
    var field: Int
    var second: Int?
    /// What has to hold of a row for its values to be wanted.
    var condition: Expression?
  }

  private(set) var sieves: [Sieve] = []
  /// By source: the fields by which rows of held rows' own keys are wanted too, so that a first reading has to find out
  /// which those are.
  private(set) var ownKeys: [Set<Int>] = []
  /// Reading order.
  private(set) var order: [Int] = []

  /// Every row of every source is held.
  init(order: [Int] = []) { self.order = order }

  /// `jobs` are the job and its variants, of the same sources; `order` is the order in which sources are read unless
  /// one waits for another's keys; `sizes` are bytes by source, `Int.max` for what can be read only once.
  init(jobs: [Job], order: [Int], sizes: [Int]) {
    let job = jobs[0]
    self.order = order
    ownKeys = Array(repeating: [], count: job.sources.count)
    guard jobs.contains(where: { !$0.settled.isEmpty }) else { return }
    var demand = KeyDemand(job: job)
    for variant in jobs.dropFirst() { demand.add(KeyDemand(job: variant)) }
    var wanted: [[Int: Set<KeyDemand.Column>]?] = job.sources.indices.map { source in
      guard case .keys(let keys) = demand.wanted[source], sizes[source] < Int.max else { return nil }
      // Where own keys lead on from one field to another, one reading more does not tell all rows that are wanted.
      let own = keys.flatMap { field, columns in columns.filter { $0.source == source }.map { (field, $0.field) } }
      let isOneStep = own.count < 2 || !demand.chained.contains(source)
      return isOneStep && own.allSatisfy { $0.0 == $0.1 } ? keys : nil
    }
    var waiting = order
    var placed: [Int] = []
    while !waiting.isEmpty {
      let next = waiting.first { source in
        let isPlaced = demand.pairs.allSatisfy {
          wanted[source] == nil || $0.source != source || placed.contains($0.origin)
        }
        return isPlaced
          && (wanted[source] ?? [:]).values.allSatisfy { columns in
            columns.allSatisfy { $0.source == source || placed.contains($0.source) }
          }
      }
      // Those that wait for each other: one of them is held as a whole.
      if next == nil { wanted[waiting[0]] = nil }
      let source = next ?? waiting[0]
      placed.append(source)
      waiting.removeAll { $0 == source }
    }
    self.order = placed
    for source in placed {
      guard let keys = wanted[source] else { continue }
      let pairs = Dictionary(grouping: demand.pairs.filter { $0.source == source }, by: \.fields)
      for (field, columns) in keys.sorted(by: { $0.key < $1.key }) {
        let others = columns.filter { $0.source != source }
        if columns.contains(where: { $0.source == source }), keys.count + pairs.count > 1 {
          ownKeys[source].insert(field)
        }
        sieves.append(
          Sieve(
            source: source, field: field, isWide: job.sources[source].fields[field].type.wordCount == 2,
            columns: others.map { Column(source: $0.source, field: $0.field) }.sorted {
              ($0.source, $0.field) < ($1.source, $1.field)
            },
            byteCount: Set(others.map(\.source)).union([source]).reduce(0) { $0 + min(sizes[$1], 1 << 40) }))
      }
      for (fields, pairs) in pairs.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
        // Few rows are meant by a condition.
        let byteCount = Set(pairs.map(\.origin)).reduce(0) { $0 + min(sizes[$1], 1 << 40) } / 16
        sieves.append(
          Sieve(
            source: source, field: fields[0], second: fields[1], isWide: true,
            columns: pairs.map {
              Column(source: $0.origin, field: $0.columns[0], second: $0.columns[1], condition: $0.condition)
            }, byteCount: byteCount))
      }
    }
  }

  /// Numbers of the sieves through which the rows of a source go; none: every row is held.
  func sieves(of source: Int) -> [Int] { sieves.indices.filter { sieves[$0].source == source } }

  /// True where rows of the sieve's source are wanted by keys of its own rows.
  func isOwn(_ number: Int) -> Bool {
    sieves[number].second == nil && ownKeys[sieves[number].source].contains(sieves[number].field)
  }
}
