/// A worker of a committee or an office.
struct OfficialRow {
  var id: IdentityText
  var name: NameText
}
