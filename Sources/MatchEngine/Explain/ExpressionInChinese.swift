internal import Normalizers

/// Says the expressions of rules in words that can be read out.
struct ExpressionInChinese {
  let job: Job
  let words: ExplainWords
  let asOf: CalendarDate

  /// Longer phrases than these are not understood when they are read out; the rule itself has them in full.
  private static let operandLengthMax = 60
  private static let conditionLengthMax = 100

  // MARK: - Conditions

  /// `isNegated`: the opposite is said; negation moves inwards as far as it can.
  func condition(_ expression: Expression, _ scope: SettledScope, isNegated: Bool = false) -> String {
    switch expression {
    case .constant(let value): return value != isNegated ? "总是成立" : "从不成立"
    case .not(let operand): return condition(operand, scope, isNegated: !isNegated)
    case .and(let terms): return join(terms, scope, isNegated: isNegated, isOr: isNegated)
    case .or(let terms): return join(terms, scope, isNegated: isNegated, isOr: !isNegated)
    case .compare(let sign, let left, let right): return compare(isNegated ? sign.opposite : sign, left, right, scope)
    case .isIn(let operand, let choices):
      let list = choices.map { value($0, scope) }.joined(separator: "、")
      return self.operand(operand, scope) + (isNegated ? "不是" : "是") + list + (choices.count > 1 ? "之一" : "")
    case .test(let operand, let test, negated: let negated):
      return self.operand(operand, scope) + Self.phrase(test, isNegated: negated != isNegated)
    case .lookup(let lookup) where lookup.function == .exists:
      return "在\(words.relation(lookup.relation))中\(isNegated ? "没有" : "有")\(rows(lookup, scope))的记录"
    case .call(.sameName, let names) where names.count == 2:
      return "\(value(names[0], scope))与\(value(names[1], scope))\(isNegated ? "不是" : "是")同一姓名（写法差异不计）"
    case .call(.noted, let operands):
      let code = operands.dropFirst().first.map { value($0, scope) } ?? ""
      return "\(operands.first.map { value($0, scope) } ?? "")\(isNegated ? "没有" : "有")\(code)这样的写法问题"
    case .call(.choose, let parts) where parts.count == 3:
      if case .constant(let isTrue) = parts[0] { return condition(parts[isTrue ? 1 : 2], scope, isNegated: isNegated) }
      let yes = condition(parts[1], scope, isNegated: isNegated)
      let no = condition(parts[2], scope, isNegated: isNegated)
      return "如果\(condition(parts[0], scope))则\(yes)，否则\(no)"
    default: return (isNegated ? "不成立：" : "") + value(expression, scope)
    }
  }

  private func join(_ terms: [Expression], _ scope: SettledScope, isNegated: Bool, isOr: Bool) -> String {
    let said = isOr ? terms : terms.filter { !isImplied($0, by: terms, isNegated: isNegated) }
    return said.map { term in
      let text = condition(term, scope, isNegated: isNegated)
      switch term {
      case .and, .or: return "（\(text)）"
      case .not(.and), .not(.or): return "（\(text)）"
      default: return text
      }
    }.joined(separator: isOr ? "，或者" : "，并且")
  }

  /// True for "is not empty" beside a comparison of the same value, which says so itself.
  private func isImplied(_ term: Expression, by terms: [Expression], isNegated: Bool) -> Bool {
    guard case .test(let value, .empty, negated: let negated) = term, negated != isNegated else { return false }
    return terms.contains { other in
      switch other {
      case .compare(_, let left, let right): left == value || right == value
      case .isIn(let operand, _), .not(.isIn(let operand, _)): operand == value
      default: false
      }
    }
  }

  private func compare(_ sign: Comparison, _ left: Expression, _ right: Expression, _ scope: SettledScope) -> String {
    if case .call(.names, let names) = left, case .literal(.text(let verdict)) = right, names.count == 2 {
      let pair = "\(value(names[0], scope))与\(value(names[1], scope))"
      if verdict == "DIFFERENT" { return pair + (sign == .equal ? "姓名不同" : "姓名并非不同") }
    }
    let isDay = left.valueType == .date || left.valueType == .month || right.valueType == .date
    let word =
      switch sign {
      case .equal: "等于"
      case .notEqual: "不等于"
      case .less: isDay ? "早于" : "小于"
      case .lessOrEqual: isDay ? "不晚于" : "不大于"
      case .greater: isDay ? "晚于" : "大于"
      case .greaterOrEqual: isDay ? "不早于" : "不小于"
      }
    return operand(left, scope) + word + operand(right, scope)
  }

  /// One side of a comparison: what is computed in many steps is named by its kind.
  private func operand(_ expression: Expression, _ scope: SettledScope) -> String {
    let text = value(expression, scope)
    guard text.count > Self.operandLengthMax else { return text }
    switch expression.valueType {
    case .money: return "按规则算出的金额"
    case .date: return "按规则算出的日期"
    case .month: return "按规则算出的月份"
    case .number: return "按规则算出的数"
    case .id, .name, .account, .text, .code, .boolean: return "按规则算出的值"
    }
  }

  static func phrase(_ test: ValueTest, isNegated: Bool) -> String {
    switch test {
    case .empty: isNegated ? "不为空" : "为空"
    case .invalid: isNegated ? "并非无法识别" : "无法识别"
    case .valid: isNegated ? "没有有效值" : "有有效值"
    }
  }

  /// The conditions on the rows of a rule's lines; nil where they are too long to be understood.
  func short(_ expression: Expression, _ scope: SettledScope) -> String? {
    let text = condition(expression, scope)
    return text.count > Self.conditionLengthMax ? nil : text
  }

  /// What the rows of a lookup have in common.
  private func rows(_ lookup: Lookup, _ scope: SettledScope) -> String {
    let inner = scope.inside(lookup)
    var parts = lookup.keys.map { key -> String in
      let name = words.field(key.field, of: lookup.relation)
      if case .field(let reference, _) = key.value,
        words.field(reference.field, of: scope.relation(of: reference.side)) == name
      {
        return "「\(name)」相同"
      }
      return "「\(name)」等于\(value(key.value, scope))"
    }
    if let condition = lookup.condition {
      parts.append(short(condition, inner) ?? "并符合规则所列其他条件")
    }
    return parts.joined(separator: "、")
  }

  // MARK: - Values

  func value(_ expression: Expression, _ scope: SettledScope) -> String {
    switch expression {
    case .field(let reference, _): return field(reference, scope)
    case .literal(let literal): return self.literal(literal)
    case .asOf: return "核对日（\(asOf.written)）"
    case .month(let operand): return value(operand, scope) + "所在月份"
    case .year(let operand): return value(operand, scope) + "的年份"
    case .shift(let operand, let amount, let unit):
      if amount == 0 { return value(operand, scope) }
      let name = unit == .days ? "天" : unit == .months ? "个月" : "年"
      return "\(value(operand, scope))\(amount < 0 ? "之前" : "之后")\(abs(amount))\(name)"
    case .age(let operand, on: let day): return "\(value(operand, scope))在\(value(day, scope))的周岁"
    case .aggregate(let function, let operand): return aggregate(function, operand, scope)
    case .lookup(let lookup): return self.lookup(lookup, scope)
    case .arithmetic(let sign, let left, let right):
      let word =
        switch sign {
        case .add: "加"
        case .subtract: "减"
        case .multiply: "乘以"
        case .divide: "除以"
        }
      return "（\(value(left, scope))\(word)\(value(right, scope))）"
    case .call(let function, let operands): return call(function, operands, scope)
    case .missing: return "（本次没有的数据）"
    case .lines(.count): return "涉及的发放笔数"
    case .lines(.sum): return "涉及的发放合计"
    case .constant, .not, .and, .or, .compare, .isIn, .test: return condition(expression, scope)
    }
  }

  private func field(_ reference: FieldReference, _ scope: SettledScope) -> String {
    let relation = scope.relation(of: reference.side)
    let label = "「\(words.field(reference.field, of: relation))」"
    switch reference.side {
    case .subject: return scope.lookups.isEmpty ? label : "本条记录的\(label)"
    case .found: return "查到的记录的\(label)"
    case .lookup(let level):
      return level == scope.lookups.count - 1 ? label : "\(words.relation(relation))的\(label)"
    }
  }

  func literal(_ literal: Literal) -> String {
    var bytes: [UInt8] = []
    switch literal {
    case .text(let text): return "“\((ExplainWords.codes[text] ?? text).oneLine)”"
    case .number(let millionths): DecimalNumber.write(millionths: millionths, into: &bytes)
    case .date(let days): CalendarDate(days: days).write(into: &bytes)
    case .month(let months): CalendarMonth(months: months).write(into: &bytes)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func aggregate(_ function: Aggregate, _ operand: Expression?, _ scope: SettledScope) -> String {
    let name = operand.map { value($0, scope) } ?? ""
    switch function {
    case .count: return operand == nil ? "记录条数" : "\(name)的个数"
    case .countDistinct: return "不同的\(name)的个数"
    case .sum: return "\(name)的合计"
    case .min: return "最小的\(name)"
    case .max: return "最大的\(name)"
    }
  }

  private func lookup(_ lookup: Lookup, _ scope: SettledScope) -> String {
    let inner = scope.inside(lookup)
    let place = "\(words.relation(lookup.relation))中\(rows(lookup, scope))的记录"
    let operand = lookup.operand.map { value($0, inner) } ?? ""
    switch lookup.function {
    case .exists: return condition(.lookup(lookup), scope)
    case .count: return "\(place)的条数"
    case .countDistinct: return "\(place)中不同的\(operand)的个数"
    case .sum: return "\(place)的\(operand)的合计"
    case .min: return "\(place)中最小的\(operand)"
    case .max: return "\(place)中最大的\(operand)"
    case .latest: return "\(place)中最近的\(operand)"
    case .earliest: return "\(place)中最早的\(operand)"
    }
  }

  private func call(_ function: ExpressionFunction, _ operands: [Expression], _ scope: SettledScope) -> String {
    func part(_ index: Int) -> String { operands.indices.contains(index) ? value(operands[index], scope) : "" }
    let all = operands.map { value($0, scope) }
    switch function {
    case .coalesce: return all.dropFirst().reduce(all.first ?? "") { "\($0)（为空时取\($1)）" }
    case .choose:
      // What this job decides is not a question of the row.
      if case .constant(let isTrue)? = operands.first { return part(isTrue ? 1 : 2) }
      return operands.isEmpty ? "" : "（如果\(condition(operands[0], scope))则\(part(1))，否则\(part(2))）"
    case .greatest: return "\(all.joined(separator: "、"))中最大的"
    case .least: return "\(all.joined(separator: "、"))中最小的"
    case .days: return "从\(part(0))到\(part(1))的天数"
    case .months: return "从\(part(0))到\(part(1))的月数"
    case .overlapDays: return "\(part(0))至\(part(1))与\(part(2))至\(part(3))重叠的天数"
    case .firstDay: return part(0) + "的第一天"
    case .lastDay: return part(0) + "的最后一天"
    case .birth: return part(0) + "中的出生日期"
    case .sex: return part(0) + "中的性别"
    case .names: return "\(part(0))与\(part(1))的姓名比对结果"
    case .defect: return part(0) + "的缺陷代码"
    case .sameName, .noted: return condition(.call(function, operands), scope)
    }
  }
}

extension Comparison {
  fileprivate var opposite: Comparison {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }
}
