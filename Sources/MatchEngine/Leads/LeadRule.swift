/// What the lists for people say of a rule.
package struct LeadRule: Sendable, Hashable {
  package var id: String
  package var title = ""
  package var version = 1
  /// 停保类, 资金类, 信息类, 备案类, 应保类, 信访类, or a job's own word.
  package var category = ""
  package var basis: [String] = []
  /// What the district is asked to check.
  package var verify = ""
  /// Names of what was compared.
  package var sources: [String] = []
  /// Names of the contrary evidence that is looked up.
  package var contrary: [String] = []
  /// Which values of the evidence are names of people; those that are missing here are none.
  package var evidenceIsName: [Bool] = []
  /// The same for what the lines show.
  package var shownIsName: [Bool] = []
  /// The findings go to the owner of the data, not to a district.
  package var isList = false

  package init(id: String) { self.id = id }

  package init(_ rule: SettledRule, of job: Job) {
    let relations = job.relations
    id = rule.id
    title = rule.title
    version = rule.version
    category = rule.category
    basis = rule.basis
    verify = rule.verify
    sources = [relations[rule.subject].name] + (rule.find.map { [relations[$0.relation].name] } ?? [])
    contrary = rule.contrary.map(\.name)
    evidenceIsName = rule.evidence.map { $0.valueType == .name }
    shownIsName = (rule.lines?.shown ?? []).map { $0.valueType == .name }
    isList = rule.isList
  }

  /// The title, or the id where there is none.
  package var shownTitle: String { title.isEmpty ? id : title }
}
