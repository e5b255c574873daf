/// A member of a household.
struct Person {
  var relation: Relation
  /// Days since 1970-01-01.
  var birth: Int
  /// The first 17 digits of the identity number.
  var number: UInt64
  var isMale: Bool
  var name: Name
  /// The name that the roll has for this person.
  var rollName: Name
  /// The name that the household register has for this person.
  var registerName: Name

  /// The raw value is the index into the vocabulary's words.
  enum Relation: Int {
    case head, spouse, son, daughter, father, mother
  }
}
