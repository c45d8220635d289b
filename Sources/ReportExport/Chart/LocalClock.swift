/// Turns local times into places that never run backwards, also in the night when an hour comes twice.
struct LocalClock {
  /// The offset of the time zone in seconds from each instant on, in order of time; taken from the points.
  private var offsets: [(instant: Double, offset: Double)] = []

  init(_ values: [XValue]) {
    var all: [(instant: Double, offset: Double)] = []
    for case .moment(let local, let offset) in values { all.append((local - offset, offset)) }
    for value in all.sorted(by: { $0 < $1 }) where offsets.last?.offset != value.offset {
      offsets.append(value)
    }
  }

  private var base: Double { offsets.first?.offset ?? 0 }

  /// Days of real time, so that the second of two equal local times is an hour to the right of the first.
  func place(local: Double, offset: Double) -> Double { (local - offset + base) / 86_400 }

  /// The local time at a place, in days.
  func local(_ place: Double) -> Double { place + shift(at: place * 86_400 - base) / 86_400 }

  /// The place of a local time in days; of two, the first.
  func place(ofLocal local: Double) -> Double { local - (self.local(local) - local) }

  private func shift(at instant: Double) -> Double {
    (offsets.last { $0.instant <= instant + 0.001 }?.offset ?? base) - base
  }
}
