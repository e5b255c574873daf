package final class RecordBatch {
  package static let capacity = 1024
}
