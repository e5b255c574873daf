/// 代管备案: who may receive the money of a case.
struct CustodianRow {
  var caseNumber: CaseNumber
  var beneficiary: IdentityText
  var custodian: IdentityText
  var name: NameText
  var kind = Word.relative
  var account: UInt64?
  var agreement: Int
  var filed: Int
  var validFrom: Int
  var validTo: Int?
  var revoked: Int?
}
