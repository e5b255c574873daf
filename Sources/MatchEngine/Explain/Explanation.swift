internal import Normalizers

/// Says, for a flag or a person, what every rule of a run found or why it found nothing.
package struct Explanation {
  /// What is asked about.
  package enum Question: Sendable {
    /// A `flag_id` of the run, or `RULE:line` for a line of its `flags.csv`.
    case flag(String)
    /// An identity number as somebody wrote it.
    case person([UInt8])
  }

  private let folder: RunFolder
  private let prepared: PreparedJob
  private let display: IdentityDisplay
  private let wholeByteCount: Int
  private var job: Job

  private init(
    run: String, display: IdentityDisplay, options: RunOptions, wholeByteCount: Int
  ) throws(RunFailure) {
    self.wholeByteCount = wholeByteCount
    folder = try RunFolder(path: run)
    var options = options
    options.asOf = folder.asOf
    prepared = try PreparedJob(jobFile: folder.jobFile, options: options)
    self.display = display
    job = prepared.job
    job.settled = job.rules.map { SettledRule($0, of: prepared.job) } + job.settled
    job.rules = []
  }

  /// The answer as text in Chinese; every line ends in LF. Of sources of more bytes than `wholeByteCount` only the rows
  /// are held that the answer hangs on.
  package static func text(
    _ question: Question, run: String, display: IdentityDisplay, options: RunOptions,
    wholeByteCount: Int = KinSearch.wholeByteCount
  ) throws(RunFailure) -> String {
    try Explanation(run: run, display: display, options: options, wholeByteCount: wholeByteCount).text(question)
  }

  private func text(_ question: Question) throws(RunFailure) -> String {
    var subject = try self.subject(question)
    var opener = prepared.opener
    let opened = try prepared.open(&opener)
    let reading = HeldReading(
      job, maker: prepared.maker, folder: folder, opener: opener, opened: opened, watching: watched,
      options: prepared.options)
    if subject.target.person == nil, subject.target.cases.isEmpty, let flag = subject.flag {
      let veil = IdentityVeil(display: .masked, names: [], ownNames: [], caseIDs: [], ownNumber: "")
      return page(reading, veil).line(flag)
    }
    do throws(RunError) {
      try reading.compareSizes()
      var search = KinSearch(job: job, reading: reading, watched: watched, wholeByteCount: wholeByteCount)
      let facts = try search.search(&subject.target)
      return try answer(subject, facts, reading)
    } catch {
      throw .failed(error)
    }
  }

  // MARK: - Whom it is about

  private struct Subject {
    var target: ExplainTarget
    /// Canonical; empty when a case is asked about.
    var number = ""
    var flag: RunFolder.Flag?

    mutating func take(number: Int64) {
      target.person = number
      var bytes: [UInt8] = []
      IDNumber(key: UInt64(bitPattern: number)).write(into: &bytes)
      self.number = String(decoding: bytes, as: UTF8.self)
    }
  }

  private func subject(_ question: Question) throws(RunFailure) -> Subject {
    var target = ExplainTarget(caseField: "case_no", caseType: .text)
    if let membership = job.membership {
      let field = job.sources[membership.source].fields[membership.caseField]
      target.caseField = field.name
      target.caseType = field.type
    } else if let known = job.sources.lazy.flatMap(\.fields).first(where: { $0.name == target.caseField }) {
      target.caseType = known.type
    }
    var subject = Subject(target: target)
    switch question {
    case .person(let text):
      let words = prepared.maker.words(CellMaker.trimmedBytes(text).span, as: .residentID)
      guard Cell.isUsable(words.first) else {
        let codes = words.first == Cell.empty ? "it is empty" : Codes.names(of: words.codes.intersection(.errors))
        throw .usage("the identity number on standard input is not usable (\(codes)); write one number on one line")
      }
      subject.take(number: words.first)
    case .flag(let id):
      let flag = try self.flag(id)
      let number = prepared.maker.words(Array(flag.cell(.idNumber).utf8).span, as: .residentID)
      if Cell.isUsable(number.first) { subject.take(number: number.first) }
      let known = prepared.maker.words(Array(flag.cell(.caseID).utf8).span, as: target.caseType)
      if Cell.isUsable(known.first) {
        subject.target.cases.insert(
          MemberProof.CaseWord(first: known.first, second: target.caseType.wordCount == 2 ? known.second : 0))
      }
      subject.flag = flag
    }
    return subject
  }

  private func flag(_ id: String) throws(RunFailure) -> RunFolder.Flag {
    var found: RunFolder.Flag?
    let parts = id.split(separator: ":", omittingEmptySubsequences: false)
    let line = parts.count == 2 ? Int(parts[1]) : nil
    do {
      try folder.forEachFlag(job.flagColumns) { flag in
        if let line {
          if flag.line == line, flag.cell(.rule) == parts[0] { found = flag }
        } else if flag.cell(.flagID) == id, !id.isEmpty {
          found = flag
        }
        return found == nil
      }
    } catch {
      throw .failed(error)
    }
    guard let found else {
      throw .usage(
        "no flag '\(id.oneLine)' in \(folder.path.oneLine)/flags.csv; name a flag_id, or RULE:LINE of that file")
    }
    return found
  }

  // MARK: - Which rows

  /// By source: identity numbers, and the number of the case.
  private var watched: [Int: Set<Int>] {
    let known = job.membership.map { job.sources[$0.source].fields[$0.caseField] }
    return Dictionary(
      uniqueKeysWithValues: job.sources.enumerated().map { number, source in
        (
          number,
          Set(
            source.fields.indices.filter { index in
              let field = source.fields[index]
              return field.type == .residentID
                || field.name == known?.name ?? "case_no" && field.type == known?.type ?? field.type
            })
        )
      })
  }

  // MARK: - The answer

  private func answer(_ subject: Subject, _ facts: [FactRow], _ reading: HeldReading) throws(RunError) -> String {
    let words = ExplainWords(job: job, files: reading.files)
    let veil = veil(subject, facts)
    let page = page(reading, veil)
    guard !facts.isEmpty else { return page.nobody(files: folder.files) }
    let run = SettledRun(
      job: job, maker: prepared.maker, relations: reading.relations, threads: prepared.options.threads,
      guards: reading.guards, rejectedCases: reading.rejectedCases, files: reading.files)
    var kept: [Int: KeptView] = [:]
    for (number, view) in job.views.enumerated() where view.isGrouped { kept[number] = try folder.kept(view) }
    run.prepare(kept: kept)
    let chinese = ExpressionInChinese(job: job, words: words, asOf: folder.asOf)
    let inquiry = RuleInquiry(
      job: job, run: run, relations: reading.relations,
      compiler: SettledCompiler(job: job, maker: prepared.maker, relations: reading.relations), chinese: chinese,
      values: CellTexts(
        job: job, maker: prepared.maker, relations: reading.relations, words: words, veil: veil,
        target: subject.target, facts: facts),
      target: subject.target)
    let answers = inquiry.answers(folder, asOf: folder.asOf)
    let timeline = Timeline(job: job, words: words, maker: prepared.maker, veil: veil)
    return page.text(
      number: subject.number, name: name(subject, facts), cases: veil.caseIDs.sorted(), flag: subject.flag,
      timeline: timeline.lines(facts), answers: answers, written: try written(subject, answers), chinese: chinese)
  }

  private func page(_ reading: HeldReading, _ veil: IdentityVeil) -> ExplanationPage {
    ExplanationPage(job: job, words: ExplainWords(job: job, files: reading.files), veil: veil, asOf: folder.asOf)
  }

  /// The name on the roll, else in the first row about the person.
  private func name(_ subject: Subject, _ facts: [FactRow]) -> String {
    let own = facts.filter(\.isOwn).sorted { left, _ in left.source == job.membership?.source }
    for row in own {
      let fields = job.sources[row.source].fields
      if let field = fields.firstIndex(where: { $0.type == .personName }), !row.texts[field].isEmpty {
        return String(decoding: row.texts[field], as: UTF8.self)
      }
    }
    return ""
  }

  private func veil(_ subject: Subject, _ facts: [FactRow]) -> IdentityVeil {
    var names: Set<String> = []
    var ownNames: Set<String> = []
    var cases: Set<String> = []
    for row in facts {
      let fields = job.sources[row.source].fields
      let firstName = fields.firstIndex { $0.type == .personName }
      for (index, field) in fields.enumerated() {
        let text = String(decoding: row.texts[index], as: UTF8.self)
        if field.type == .personName {
          if row.isOwn, index == firstName { ownNames.insert(text) } else { names.insert(text) }
        } else if field.name == subject.target.caseField {
          cases.insert(text)
        }
      }
    }
    return IdentityVeil(
      display: display, names: names, ownNames: ownNames, caseIDs: cases.subtracting([""]),
      ownNumber: subject.number)
  }

  /// The lines of `flags.csv` about the drafts that were found again.
  private func written(_ subject: Subject, _ answers: [RuleAnswer]) throws(RunError) -> [String: [RunFolder.Flag]] {
    var wanted: Set<[String]> = []
    for answer in answers {
      for draft in answer.drafts {
        wanted.insert([job.settled[answer.rule].id, draft.flag.caseID, draft.flag.idNumber])
      }
    }
    var found: [String: [RunFolder.Flag]] = [:]
    guard !wanted.isEmpty else { return [:] }
    try folder.forEachFlag(job.flagColumns) { flag in
      if wanted.contains([flag.cell(.rule), flag.cell(.caseID), flag.cell(.idNumber)]) {
        found[flag.cell(.rule), default: []].append(flag)
      }
      return true
    }
    return found
  }
}

extension CellMaker {
  /// The text without blanks and line ends around it.
  fileprivate static func trimmedBytes(_ text: [UInt8]) -> [UInt8] { Array(text[trimmed(text.span)]) }
}

extension Codes {
  /// The names of the codes, separated by commas.
  fileprivate static func names(of codes: Codes) -> String {
    (0..<64).filter { codes.rawValue >> UInt64($0) & 1 == 1 && $0 < Codes.names.count }.map { Codes.names[$0] }
      .joined(separator: ", ")
  }
}
