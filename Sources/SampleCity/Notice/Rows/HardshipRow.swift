/// A row of a list of people in need; which columns are used depends on the list.
struct HardshipRow {
  var id: IdentityText
  var name: NameText
  /// Beginning of validity, registration or declaration.
  var from: Int
  var to: Int?
  var category = ""
  var level = 0
  var household = 0
  var isMarked = false
}
