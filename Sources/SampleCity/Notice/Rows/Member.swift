/// A person of a household, as the roll and the household register have them.
struct Member {
  var number: UInt64
  var birth: Int
  var isMale: Bool
  var name: NameText
  var relation: String

  // MARK: On the roll

  var isOnRoll = true
  var rollID: IdentityText
  var rollName: NameText
  var idType = Word.residentCard
  /// Where these are nil or empty, the case's hold.
  var start: Int?
  var end: Int?
  var endReason = ""
  var status: String?
  var rowDamage = RowDamage.none

  /// What a transfer made of the member's row of the roll.
  enum RowDamage {
    case none
    /// More separators than a record may have.
    case tooManyColumns
    /// A quote that is never closed; the row is the last of the file.
    case openQuote
  }

  // MARK: In the household register

  var isInRegister = true
  var registerName: NameText
  var formerName = NameText.nothing
  /// The case's district where it is nil.
  var division: Int?
  var isCollective = false
  var isCancelled = false
  var event = ""
  var eventDate: Int?
  var destination: Int?
  var oldID = IdentityText.nothing

  init(number: UInt64, birth: Int, isMale: Bool, name: NameText, relation: String) {
    self.number = number
    self.birth = birth
    self.isMale = isMale
    self.name = name
    self.relation = relation
    rollID = .number(number)
    rollName = name
    registerName = name
  }

  var id: IdentityText { .number(number) }

  /// The number is right, and ends as numbers do that a spreadsheet has cut off.
  var endsInZeros: Bool {
    number % 100 == 0 && IdentityNumbers.checkCharacter(of: number) == UInt8(ascii: "0")
  }
}
