/// Signs of currencies by their codes in ISO 4217.
enum CurrencySign {
  private static let signs = [
    "RUB": "₽", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "CHF": "CHF", "KZT": "₸",
    "BYN": "Br",
    "UAH": "₴", "TRY": "₺", "INR": "₹", "KRW": "₩", "GEL": "₾", "AMD": "֏", "AZN": "₼", "UZS": "soʻm",
    "PLN": "zł",
    "CZK": "Kč", "SEK": "kr", "NOK": "kr", "DKK": "kr", "ILS": "₪", "VND": "₫", "THB": "฿", "AED": "AED",
  ]

  /// - Returns: nil for what is not the code of a known currency.
  static func sign(of code: String) -> String? { signs[code] }
}
