package core

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/text/currency"
)

// Money is an exact amount of a currency. Minor counts the currency's smallest unit of
// ISO 4217: cents of USD and BRL, whole yen of JPY, fils (a thousandth) of KWD.
type Money struct {
	Minor    int64
	Currency string // ISO 4217, three capitals
}

// ParseMoney reads a decimal amount such as "1250.00" or "-3". It refuses more decimals
// than the currency has, rather than round, and amounts of more than 15 digits. The error
// is [ErrInvalid].
func ParseMoney(amount, code string) (Money, error) {
	bad := func(format string, args ...any) (Money, error) {
		return Money{}, &Error{Kind: ErrInvalid, Code: "not_an_amount", Message: fmt.Sprintf(format, args...)}
	}
	decimals, err := currencyDecimals(code)
	if err != nil {
		return Money{}, err
	}
	digits, negative := strings.CutPrefix(amount, "-")
	whole, fraction, dotted := strings.Cut(digits, ".")
	if whole == "" || dotted && fraction == "" || strings.Trim(whole+fraction, "0123456789") != "" {
		return bad("%q is not a decimal number such as 1250.00", amount)
	}
	if len(fraction) > decimals {
		return bad("%s has %d decimals, and %q has more", code, decimals, amount)
	}
	text := strings.TrimLeft(whole+fraction+strings.Repeat("0", decimals-len(fraction)), "0")
	if len(text) > 15 {
		return bad("%q has more than 15 digits", amount)
	}
	if text == "" {
		return Money{Currency: code}, nil
	}
	minor, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return bad("%q is not a decimal number", amount)
	}
	if negative {
		minor = -minor
	}
	return Money{Minor: minor, Currency: code}, nil
}

// CheckCurrency refuses what is not an ISO 4217 code in capitals. The error is [ErrInvalid].
func CheckCurrency(code string) error {
	_, err := currencyDecimals(code)
	return err
}

func currencyDecimals(code string) (int, error) {
	unit, err := currency.ParseISO(code)
	if err != nil || unit.String() != code {
		return 0, &Error{Kind: ErrInvalid, Code: "unknown_currency", Message: strconv.Quote(code) + " is not a currency of ISO 4217"}
	}
	decimals, _ := currency.Standard.Rounding(unit)
	return decimals, nil
}

// Amount is the decimal text of the amount, with all decimals of the currency: "1250.00".
func (m Money) Amount() string {
	decimals, err := currencyDecimals(m.Currency)
	if err != nil || decimals == 0 {
		return strconv.FormatInt(m.Minor, 10)
	}
	digits, sign := strconv.FormatInt(m.Minor, 10), ""
	if digits[0] == '-' {
		digits, sign = digits[1:], "-"
	}
	if pad := decimals + 1 - len(digits); pad > 0 {
		digits = strings.Repeat("0", pad) + digits
	}
	point := len(digits) - decimals
	return sign + digits[:point] + "." + digits[point:]
}

func (m Money) String() string { return m.Amount() + " " + m.Currency }

type moneyJSON struct {
	Amount   string `json:"amount"`
	Currency string `json:"currency"`
}

// MarshalJSON writes {"amount": "1250.00", "currency": "BRL"}.
func (m Money) MarshalJSON() ([]byte, error) {
	return json.Marshal(moneyJSON{m.Amount(), m.Currency})
}

// UnmarshalJSON reads what MarshalJSON writes. The amount is text: never a float.
func (m *Money) UnmarshalJSON(data []byte) error {
	var j moneyJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	parsed, err := ParseMoney(j.Amount, j.Currency)
	if err != nil {
		return err
	}
	*m = parsed
	return nil
}
