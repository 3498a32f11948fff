package slots

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// Minutes is a length of time. In JSON it is a number.
type Minutes int

// Duration is the length as the standard library has it.
func (m Minutes) Duration() time.Duration { return time.Duration(m) * time.Minute }

// Clock is a time of day as a clock on the wall shows it, in minutes from 0 to 1440: the end of
// the day, 24:00, is one too. In JSON it is text, "09:30".
type Clock int

// DayEnd is 24:00.
const DayEnd Clock = 24 * 60

// ParseClock reads "09:30", from "00:00" to "24:00". The error is [core.ErrInvalid].
func ParseClock(text string) (Clock, error) {
	bad := &core.Error{Kind: core.ErrInvalid, Code: "not_a_clock_time", Message: strconv.Quote(text) + " is not a time of day such as 09:30"}
	if len(text) != 5 || text[2] != ':' {
		return 0, bad
	}
	hours, hoursErr := strconv.ParseUint(text[:2], 10, 8)
	minutes, minutesErr := strconv.ParseUint(text[3:], 10, 8)
	c := Clock(hours*60 + minutes)
	if hoursErr != nil || minutesErr != nil || minutes > 59 || c > DayEnd {
		return 0, bad
	}
	return c, nil
}

func (c Clock) String() string { return fmt.Sprintf("%02d:%02d", c/60, c%60) }

// MarshalText implements [encoding.TextMarshaler].
func (c Clock) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *Clock) UnmarshalText(text []byte) (err error) {
	*c, err = ParseClock(string(text))
	return err
}

// Date is a day of the calendar, in no zone. The zero Date is none. In JSON it is text,
// "2030-01-31".
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads "2030-01-31". The error is [core.ErrInvalid], for days that there are not too.
func ParseDate(text string) (Date, error) {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return Date{}, &core.Error{Kind: core.ErrInvalid, Code: "not_a_date", Message: strconv.Quote(text) + " is not a date such as 2030-01-31"}
	}
	return DateOf(t), nil
}

// DateOf is the day that it is at t, in t's own zone.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	return Date{y, m, d}
}

// IsZero reports whether d is none.
func (d Date) IsZero() bool { return d == Date{} }

// AddDays is the day so many days later.
func (d Date) AddDays(n int) Date { return dateOf(d.number() + int64(n)) }

// Compare is negative if d is before e, and positive if it is after.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday { return weekday(d.number()) }

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText implements [encoding.TextMarshaler].
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. Empty text is none.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// number counts the days from 1970-01-01, which is 0.
func (d Date) number() int64 {
	seconds := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix()
	return floorDiv(seconds, daySeconds)
}

func dateOf(number int64) Date { return DateOf(time.Unix(number*daySeconds, 0).UTC()) }

func weekday(number int64) time.Weekday {
	return time.Weekday(floorMod(number+int64(time.Thursday), 7)) // 1970-01-01 was a Thursday
}

const daySeconds = 24 * 60 * 60

func floorMod(a, b int64) int64 { return (a%b + b) % b }
func floorDiv(a, b int64) int64 { return (a - floorMod(a, b)) / b }
