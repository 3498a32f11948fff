package assessment

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Percent counts hundredths of a percent: 6667 is 66.67 %. Its JSON is the number 66.67.
type Percent int64

// Full is 100 %.
const Full Percent = 10_000

// percentOf is part/whole, rounded half up at two places. What is less than nothing is 0,
// what is more than the whole is 100, and of no whole everything is 0.
func percentOf(part, whole int64) Percent {
	switch {
	case part <= 0 || whole <= 0:
		return 0
	case part >= whole:
		return Full
	}
	if whole < 1<<48 {
		return Percent((2*int64(Full)*part + whole) / (2 * whole))
	}
	// (part·10000)/whole + 1/2, which does not fit 64 bits on the way.
	hi, lo := bits.Mul64(uint64(part), 2*uint64(Full))
	lo, carry := bits.Add64(lo, uint64(whole), 0)
	q, _ := bits.Div64(hi+carry, lo, 2*uint64(whole))
	return Percent(q)
}

// String is the percentage with as many decimals as it needs, without a sign of percent.
func (p Percent) String() string { return Fraction(int64(p), 100).String() }

// MarshalJSON implements [encoding/json.Marshaler].
func (p Percent) MarshalJSON() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalJSON implements [encoding/json.Unmarshaler]. More than two decimals are refused.
func (p *Percent) UnmarshalJSON(data []byte) error {
	n, err := ParseNumber(strings.Trim(string(data), `"`))
	if err != nil {
		return err
	}
	if 100%n.Den() != 0 || n.num > 1e9 || n.num < -1e9 {
		return &core.Error{Kind: core.ErrInvalid, Code: "not_a_percentage", Message: strconv.Quote(n.String()) + " has more than two decimals"}
	}
	*p = Percent(n.num * (100 / n.Den()))
	return nil
}
