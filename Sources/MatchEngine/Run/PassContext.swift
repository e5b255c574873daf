/// What the workers of a pass share.
struct PassContext {
  var pass: Plan.Pass
  var plan: Plan
  var stores: [RowStore]
  var tables: [[KeyTable]]
  var families: [GroupFamily]
  /// By store: where rows go that do not fit into memory.
  var spills: [StoreSpill]
  /// By probe of the pass: where records go that have to meet such rows.
  var probeSpills: [PartitionedSpill]
  /// By family of the pass.
  var familySpills: [FamilySpill]
  var budget: MemoryBudget
  var memory: TableMemory
  /// Where every record of the source goes that settled rules look at; nil where none does.
  var held: HeldRelation?
  /// How the records are put into the state while they are read; nil where they are not.
  var filling: RowFiller.Shared?
  /// Those of the plan.
  var sieves: [KeySieve] = []
  /// What is known of records that recur; nil where it is not worth it.
  var recurrence: (plan: Plan.Recurrence, table: RecurrenceTable, seed: UInt64)?
}
