package assessment

import (
	"database/sql/driver"
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Number is an exact number: a fraction of two int64. The zero value is 0, and equal numbers
// are ==. Its JSON is a number where six decimals suffice (2, -0.25), else a text ("1/3");
// both are read, and nothing passes through a float.
type Number struct{ num, less int64 } // less is the denominator less one, so that the zero value is 0

// Int is n as a Number.
func Int(n int64) Number { return Number{num: n} }

// Fraction is num/den, which must not be 0.
func Fraction(num, den int64) Number {
	if den < 0 {
		num, den = -num, -den
	}
	if d := gcd(num, den); d > 1 {
		num, den = num/d, den/d
	}
	return Number{num, den - 1}
}

// Num is the numerator: that of the reduced fraction, with the sign.
func (n Number) Num() int64 { return n.num }

// Den is the denominator of the reduced fraction, 1 or more.
func (n Number) Den() int64 { return n.less + 1 }

// Cmp is -1, 0 or 1: whether n is less than, equal to or more than m.
func (n Number) Cmp(m Number) int {
	if n.Den() == m.Den() {
		return compare(n.num, m.num)
	}
	if (n.num < 0) != (m.num < 0) {
		return compare(n.num, m.num)
	}
	aHi, aLo := bits.Mul64(size(n.num), uint64(m.Den()))
	bHi, bLo := bits.Mul64(size(m.num), uint64(n.Den()))
	c := compare(aHi, bHi)
	if c == 0 {
		c = compare(aLo, bLo)
	}
	if n.num < 0 {
		return -c
	}
	return c
}

func compare[T int64 | uint64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// size is |n|, of the least int64 too.
func size(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

func gcd(a, b int64) int64 {
	x, y := size(a), size(b)
	for y != 0 {
		x, y = y, x%y
	}
	return int64(x)
}

// maxNumberText bounds what ParseNumber reads: two int64 and what is between.
const maxNumberText = 41

// ParseNumber reads an integer, a decimal of up to 18 digits, or a fraction: "3", "-0.25",
// "1/3". Exponents are refused. The error is [core.ErrInvalid].
func ParseNumber(text string) (Number, error) {
	bad := &core.Error{Kind: core.ErrInvalid, Code: "not_a_number", Message: "is not a number such as 3, -0.25 or 1/3"}
	if len(text) > maxNumberText {
		return Number{}, bad
	}
	if above, below, ok := strings.Cut(text, "/"); ok {
		num, err1 := parseInt(above)
		den, err2 := parseInt(below)
		if err1 != nil || err2 != nil || den <= 0 {
			return Number{}, bad
		}
		return Fraction(num, den), nil
	}
	whole, decimals, ok := strings.Cut(text, ".")
	if ok && (decimals == "" || strings.Trim(decimals, "0123456789") != "") {
		return Number{}, bad
	}
	decimals = strings.TrimRight(decimals, "0")
	num, err := parseInt(whole + decimals)
	if err != nil || strings.TrimPrefix(whole, "-") == "" || len(decimals) > 18 {
		return Number{}, bad
	}
	den := int64(1)
	for range decimals {
		den *= 10
	}
	return Fraction(num, den), nil
}

// parseInt reads digits after at most one minus. The least int64 is refused: it has no negative.
func parseInt(text string) (int64, error) {
	digits := strings.TrimPrefix(text, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err == nil && n == math.MinInt64 {
		return 0, strconv.ErrRange
	}
	return n, err
}

// shortDecimals is how many decimals a Number may be written with.
const shortDecimals = 6

// String is the number as an integer, as a decimal of up to six places, or as a fraction.
func (n Number) String() string {
	if n.less == 0 {
		return strconv.FormatInt(n.num, 10)
	}
	scale := int64(1)
	for places := 1; places <= shortDecimals; places++ {
		if scale *= 10; scale%n.Den() != 0 {
			continue
		}
		hi, lo := bits.Mul64(size(n.num), uint64(scale/n.Den()))
		if hi != 0 || lo > math.MaxInt64 { // more digits than ParseNumber reads
			break
		}
		sign := ""
		if n.num < 0 {
			sign = "-"
		}
		return fmt.Sprintf("%s%d.%0*d", sign, lo/uint64(scale), places, lo%uint64(scale))
	}
	return strconv.FormatInt(n.num, 10) + "/" + strconv.FormatInt(n.Den(), 10)
}

// MarshalJSON implements [encoding/json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	text := n.String()
	if strings.Contains(text, "/") {
		text = `"` + text + `"`
	}
	return []byte(text), nil
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (n *Number) UnmarshalJSON(data []byte) (err error) {
	text := string(data)
	if len(text) > 1 && text[0] == '"' {
		text = text[1 : len(text)-1]
	}
	*n, err = ParseNumber(text)
	return err
}

// Value implements [driver.Valuer].
func (n Number) Value() (driver.Value, error) { return n.String(), nil }

// Scan implements [database/sql.Scanner].
func (n *Number) Scan(src any) (err error) {
	switch v := src.(type) {
	case string:
		*n, err = ParseNumber(v)
	case []byte:
		*n, err = ParseNumber(string(v))
	default:
		err = fmt.Errorf("a number cannot be read from a %T", src)
	}
	return err
}
