/// Which form of a counted word goes with a number, by Unicode's rules for whole numbers. Pure.
package enum PluralRule: Hashable, Sendable {
  /// `1 row`, `0 rows`.
  case singular
  /// 0 and 1 have one form, as in French.
  case zeroIsOne
  /// `1 строка`, `2 строки`, `5 строк`.
  case slavic
  /// 1; 2 to 4; the others, as in Czech.
  case czech
  /// 1; 2 to 4 but not 12 to 14; the others, as in Polish.
  case polish
  /// One form for every number, as in Japanese.
  case none

  /// - Parameter code: of a language; what follows a hyphen does not count. An unknown one gets `singular`.
  package init(_ code: String) {
    switch code.prefix(while: { $0 != "-" }) {
    case "ru", "uk", "be", "sr", "hr", "bs": self = .slavic
    case "cs", "sk": self = .czech
    case "pl": self = .polish
    case "fr", "pt", "hy", "hi", "fa": self = .zeroIsOne
    case "ja", "zh", "ko", "vi", "th", "id", "ms": self = .none
    default: self = .singular
    }
  }

  /// How many forms a counted word has.
  package var formCount: Int {
    switch self {
    case .none: 1
    case .singular, .zeroIsOne: 2
    case .slavic, .czech, .polish: 3
    }
  }

  /// The index of the form for a number of 0 or more.
  package func form(of number: Int) -> Int {
    let (tens, ones) = (number % 100, number % 10)
    let isFew = (2...4).contains(ones) && !(12...14).contains(tens)
    return switch self {
    case .none: 0
    case .singular: number == 1 ? 0 : 1
    case .zeroIsOne: number <= 1 ? 0 : 1
    case .slavic: ones == 1 && tens != 11 ? 0 : isFew ? 1 : 2
    case .czech: number == 1 ? 0 : (2...4).contains(number) ? 1 : 2
    case .polish: number == 1 ? 0 : isFew ? 1 : 2
    }
  }
}
