/// A row of the funeral feed or of another source of deaths.
struct DeathRow {
  var id: IdentityText
  var name: NameText
  var isMale: Bool
  var birth: Int
  var date: Int?
  var cremation: Int?
  var certificate: Int
  var recorded: Int
  var isWithdrawn = false
  /// Of `death_other`: who reports it.
  var source = Word.police
}
