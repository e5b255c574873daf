/// A household with everything that the feeds say about it; a case if it is on the roll.
struct Household {
  var index = 0
  var members: [Person] = []
  var situation = Situation.none
  /// The member whom the situation is about.
  var subject = 0

  /// True for the households on the roll.
  var isCase = false
  var status = Status.active
  var district = 0
  var street = 0
  var program = 0
  var start = 0
  var end: Int?
  /// Yuan a month, in 1/100.
  var monthlyAmount = 0
  /// Number of the account; equal for cases that share one.
  var account = 0
  var holder: Name?
  var custodian: Custodian?
  /// Month, as an index, in which an unusual payment falls.
  var eventMonth = 0

  var death: Death?
  var custody: Custody?
  var move: Move?
  /// The member whom the household register does not have.
  var unregistered: Int?
  /// The member whose number in the household register cannot be read.
  var unreadable: Int?
  /// The member who bears another name than the one on the roll.
  var renamed: Int?

  enum Status: Int {
    case active, suspended, ended
  }

  /// A row of the funeral feed.
  struct Death {
    var member: Int
    var date: Int
    /// The dead is not the member but a twin who is not on the roll.
    var isTwin = false
    var isRegistered = false
  }

  /// A row of the judicial feed.
  struct Custody {
    var member: Int
    var kind: Kind
    var start: Int
    var end: Int?

    enum Kind {
      case prison, detoxification, community, released
    }
  }

  /// What the household register says beside 'living here'.
  struct Move {
    var member: Int
    var kind: Kind
    var date: Int

    enum Kind {
      case death, abroad, province, inCity
    }
  }

  /// A person who looks after the account of a case.
  struct Custodian {
    var name: Name
    var number: UInt64
    var isRelative: Bool
  }

  /// True if nothing is planted here: then values may be damaged beyond repair without a change of the truth.
  var isPlain: Bool { situation == .none }
}
