/// An invented name as indices into the vocabulary; two names are the same name exactly if they are equal here.
struct Name: Equatable {
  enum Form: UInt8 {
    /// Surname and one given character.
    case short
    /// Surname and two given characters.
    case common
    /// Two long parts with a middle dot.
    case long
  }

  var form: Form
  var family: Int
  var first: Int
  var second: Int

  /// A name drawn at random; `family` keeps the surname of a parent.
  init(family: Int? = nil, vocabulary: Vocabulary, random: inout SplitMix64) {
    let kind = random.next(below: 100)
    if family == nil && kind == 0 {
      form = .long
      self.family = 0
      first = random.next(below: vocabulary.longFirst.count)
      second = random.next(below: vocabulary.longSecond.count)
    } else {
      form = kind < 18 ? .short : .common
      // The smaller of two draws: the first surnames of the list are the frequent ones.
      let drawn = min(
        random.next(below: vocabulary.surnames.count), random.next(below: vocabulary.surnames.count))
      self.family = family ?? drawn
      first = random.next(below: vocabulary.given.count)
      second = form == .common ? random.next(below: vocabulary.given.count) : 0
    }
  }

  /// A name that is another one than all of `names`.
  init(otherThan names: [Name], vocabulary: Vocabulary, random: inout SplitMix64) {
    repeat {
      self.init(vocabulary: vocabulary, random: &random)
    } while names.contains(self)
  }
}
