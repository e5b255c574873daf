internal import Dispatch
internal import Synchronization

/// Workers of one kind, one a thread.
struct Team<Worker: AnyObject>: @unchecked Sendable {
  // SAFETY: each worker is used by one thread at a time: `concurrentPerform` gives each number to one call.
  private let workers: [Worker]

  init(_ workers: [Worker]) { self.workers = workers }

  /// Runs `body` with every worker at once; throws the first error.
  func run(_ body: (Worker) throws(RunError) -> Void) throws(RunError) {
    let failure = Mutex<RunError?>(nil)
    withoutActuallyEscaping(body) { body in
      let task = Task(workers: workers, body: body)
      DispatchQueue.concurrentPerform(iterations: workers.count) { number in
        do throws(RunError) {
          try task.body(task.workers[number])
        } catch {
          failure.withLock { known in if known == nil { known = error } }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }

  /// Runs `body` on parts of `0 ..< count`, one part a worker.
  func divide(_ count: Int, _ body: (Worker, Range<Int>) -> Void) {
    let parts = workers.count
    withoutActuallyEscaping(body) { body in
      let task = DividedTask(workers: workers, body: body)
      DispatchQueue.concurrentPerform(iterations: parts) { number in
        let range = count * number / parts..<count * (number + 1) / parts
        if !range.isEmpty { task.body(task.workers[number], range) }
      }
    }
  }

  /// The results of `body` for `0 ..< count`, in order, worked out by as many threads as there are workers.
  func map<Value: Sendable>(
    _ count: Int, _ body: (Int) throws(RunError) -> Value
  ) throws(RunError) -> [Value] {
    let results = Mutex<[Value?]>(Array(repeating: nil, count: count))
    let failure = Mutex<RunError?>(nil)
    let next = Atomic<Int>(0)
    withoutActuallyEscaping(body) { body in
      let task = MapTask(body: body)
      DispatchQueue.concurrentPerform(iterations: workers.count) { _ in
        while failure.withLock({ $0 }) == nil {
          let number = next.add(1, ordering: .relaxed).oldValue
          guard number < count else { return }
          do throws(RunError) {
            let value = try task.body(number)
            results.withLock { $0[number] = value }
          } catch {
            failure.withLock { known in if known == nil { known = error } }
          }
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
    return results.withLock { $0.compactMap { $0 } }
  }

  private struct MapTask<Value>: @unchecked Sendable {
    // SAFETY: the body is called for different numbers at once and shares nothing that it changes.
    let body: (Int) throws(RunError) -> Value
  }

  private struct Task: @unchecked Sendable {
    // SAFETY: see `Team`.
    let workers: [Worker]
    let body: (Worker) throws(RunError) -> Void
  }

  private struct DividedTask: @unchecked Sendable {
    // SAFETY: see `Team`.
    let workers: [Worker]
    let body: (Worker, Range<Int>) -> Void
  }
}

/// A worker that has nothing of its own.
final class Hand {}

extension Team where Worker == Hand {
  /// As many workers as threads, no more than there are pieces of work.
  init(threads: Int, pieces: Int = .max) { self.init((0..<min(max(pieces, 1), threads)).map { _ in Hand() }) }
}

extension Team {
  /// Runs `body`, which takes chunks of `feed` until there is none left, with every worker; when one fails, all stop.
  func read(_ feed: any ChunkFeed, _ body: (Worker) throws(RunError) -> Void) throws(RunError) {
    try run { worker throws(RunError) in
      do throws(RunError) {
        try body(worker)
      } catch {
        feed.cancel()
        throw error
      }
    }
  }
}
