/// A number of an account before and after.
struct AccountChange {
  var old: UInt64
  var new: UInt64
  var date: Int
}
