import ReportModel

/// Where the points of a chart are along x. Pure.
struct XAxis {
  enum Kind: Hashable {
    /// Places are days since 1970-01-01.
    case days
    /// Places are days, with fractions, since 1970-01-01 in the time zone of the first point.
    case moments
    case numbers
    /// Weeks, quarters, weekdays and such; places are whole numbers.
    case steps
    /// Places are indices of `names`.
    case names
  }

  let kind: Kind
  /// For each text; nil has no place and is not drawn.
  let places: [Double?]
  /// Of `names`, in order.
  let names: [String]
  /// What stands at a place of `steps`.
  let labels: [Double: String]
  let clock: LocalClock

  /// Whether x has an order of its own, so that bars follow it unless a key says otherwise.
  let isOrdered: Bool
  /// Whether the last point is the newest one.
  let isTime: Bool

  /// - Parameters:
  ///   - texts: in the order of the report's rows where they are names; nil is NULL.
  ///   - keepsNull: whether NULL is a name like any other when x is a name.
  init(_ texts: [String?], keepsNull: Bool) {
    let values = texts.map { $0.map(XValue.init) }
    let known = values.compactMap { $0 }.filter { $0 != .placeless }
    var clock = LocalClock([])
    var labels: [Double: String] = [:]
    if let first = known.first, let kind = Self.kind(known, like: first) {
      if kind == .moments { clock = LocalClock(known) }
      places = values.map { $0.flatMap { Self.place($0, kind, clock) } }
      if kind == .steps {
        for (place, text) in zip(places, texts) {
          if let place, labels[place] == nil { labels[place] = text ?? "" }
        }
      }
      (self.kind, names) = (kind, [])
      isTime = first.isTime
      isOrdered = kind != .numbers || Self.isSequence(places.compactMap { $0 })
    } else {
      (kind, isOrdered, isTime) = (.names, false, false)
      (names, places) = Self.indexed(texts.map { $0 ?? (keepsNull ? "—" : nil) })
    }
    self.labels = labels
    self.clock = clock
  }

  /// The text of a place that no point of the data has.
  func text(at place: Double) -> String {
    switch kind {
    case .days: CalendarDate(daysSinceEpoch: Int(place))?.description ?? ""
    case .moments: TimeScale.text(clock.local(place))
    case .numbers: String(Int(place))
    case .steps: labels[place] ?? ""
    case .names: ""
    }
  }

  private static func kind(_ values: [XValue], like first: XValue) -> Kind? {
    switch first {
    case .day, .moment:
      var isMidnight = true
      for value in values {
        switch value {
        case .day: continue
        case .moment(let local, _):
          if local.truncatingRemainder(dividingBy: 86_400) != 0 { isMidnight = false }
        default: return nil
        }
      }
      return isMidnight ? .days : .moments
    case .step(let step, _):
      return values.allSatisfy { if case .step(step, _) = $0 { true } else { false } } ? .steps : nil
    case .number:
      return values.allSatisfy { if case .number = $0 { true } else { false } } ? .numbers : nil
    case .placeless, .name:
      return nil
    }
  }

  private static func place(_ value: XValue, _ kind: Kind, _ clock: LocalClock) -> Double? {
    switch value {
    case .day(let day): Double(day)
    case .moment(let local, let offset):
      kind == .days ? local / 86_400 : clock.place(local: local, offset: offset)
    case .step(_, let number): Double(number)
    case .number(let number): number
    case .placeless, .name: nil
    }
  }

  /// Whole numbers close together, such as hours of a day, rather than numbers that name things.
  private static func isSequence(_ numbers: [Double]) -> Bool {
    let distinct = Set(numbers)
    guard let low = distinct.min(), let high = distinct.max(), distinct.allSatisfy({ $0 == $0.rounded() })
    else { return true }
    return high - low < Double(distinct.count * 4)
  }

  private static func indexed(_ texts: [String?]) -> ([String], [Double?]) {
    var known: [String: Int] = [:]
    var names: [String] = []
    let places: [Double?] = texts.map { text in
      guard let text else { return nil }
      if let index = known[text] { return Double(index) }
      known[text] = names.count
      names.append(text)
      return Double(names.count - 1)
    }
    return (names, places)
  }
}
