/// The leads of one district, case by case: what is most urgent first.
struct DistrictCases {
  struct Case {
    /// Empty for people and accounts that belong to no case.
    var caseID: String
    var leads: [Lead]
  }

  /// As in the flags; empty where none is known.
  let district: String
  let cases: [Case]
  /// Leads that its list had the night before.
  let gone: [GoneLead]

  /// Leads of rules whose findings go to the owner of the data are left out.
  static func districts(of list: LeadList) -> [DistrictCases] {
    var byDistrict: [String: [Lead]] = [:]
    for lead in list.leads where !list.rule(of: lead).isList {
      byDistrict[lead.flag.district, default: []].append(lead)
    }
    let gone = Dictionary(grouping: list.gone, by: \.district)
    return Set(byDistrict.keys).union(gone.keys).sorted { $0.comesBefore($1) }
      .map { DistrictCases(district: $0, leads: byDistrict[$0] ?? [], gone: gone[$0] ?? []) }
  }

  private init(district: String, leads: [Lead], gone: [GoneLead]) {
    self.district = district
    self.gone = gone
    var places: [String: Int] = [:]
    var cases: [Case] = []
    for lead in leads {
      // Somebody without a case is a block of their own.
      let flag = lead.flag
      let key = flag.caseID.isEmpty ? "\u{0}\(flag.idNumber.isEmpty ? lead.flagID : flag.idNumber)" : flag.caseID
      if let place = places[key] {
        cases[place].leads.append(lead)
      } else {
        places[key] = cases.count
        cases.append(Case(caseID: flag.caseID, leads: [lead]))
      }
    }
    // Sorting keeps what is equally urgent in the order of the list.
    for place in cases.indices {
      cases[place].leads.sort { left, right in
        (left.flag.severity, left.flag.amount ?? 0) > (right.flag.severity, right.flag.amount ?? 0)
      }
    }
    cases.sort { left, right in (left.severity, left.amount) > (right.severity, right.amount) }
    self.cases = cases
  }

  var leadCount: Int { cases.reduce(0) { $0 + $1.leads.count } }
}

extension DistrictCases.Case {
  /// The greatest of its leads.
  var severity: Int { leads.map(\.flag.severity).max() ?? 0 }
  /// The greatest of one lead, in hundredths of a yuan: several leads may be about the same money.
  var amount: Int64 { leads.compactMap(\.flag.amount).max() ?? 0 }
}
