/// A row of the judicial feed.
struct CustodyRow {
  var id: IdentityText
  var name: NameText
  var code: String
  var start: Int
  var expectedEnd: Int?
  var release: Int?
  var recorded: Int
}
