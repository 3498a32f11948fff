package bunstore

import (
	"database/sql"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun/schema"
)

// textScanOf reads values of the field's type as both databases write them; nil: of that type they
// are not read from texts. Null reports whether the column may be NULL, which is the empty text.
func textScanOf(f *schema.Field) (scan textScan, null bool) {
	switch t := f.StructField.Type; {
	case t == reflect.TypeFor[time.Time]():
		return scanTimeText, f.NullZero
	case t == reflect.TypeFor[*time.Time]():
		return scanTimeTextOrNull, true
	case reflect.PointerTo(t).Implements(reflect.TypeFor[sql.Scanner]()):
		return func(dest reflect.Value, text string) bool {
			return text == "" || dest.Addr().Interface().(sql.Scanner).Scan(text) == nil
		}, true
	case t.Kind() == reflect.String:
		return func(dest reflect.Value, text string) bool { dest.SetString(text); return true }, f.NullZero
	case t.Kind() == reflect.Bool:
		return scanTruthText, false
	case t.Kind() == reflect.Int64, t.Kind() == reflect.Int:
		return scanNumberText, f.NullZero
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8: // in JSON
		return func(dest reflect.Value, text string) bool { return f.Scan(dest, text) == nil }, false
	}
	return nil, false
}

func scanTruthText(dest reflect.Value, text string) bool {
	is := text == "t" || text == "1"
	dest.SetBool(is)
	return is || text == "f" || text == "0"
}

func scanNumberText(dest reflect.Value, text string) bool {
	if text == "" {
		return true // NULL
	}
	n, err := strconv.ParseInt(text, 10, 64)
	dest.SetInt(n)
	return err == nil
}

func scanTimeText(dest reflect.Value, text string) bool {
	t, ok := parseTimeText(text)
	*dest.Addr().Interface().(*time.Time) = t
	return ok
}

func scanTimeTextOrNull(dest reflect.Value, text string) bool {
	if text == "" {
		return true
	}
	t, ok := parseTimeText(text)
	*dest.Addr().Interface().(**time.Time) = &t
	return ok
}

// parseTimeText is an instant as both databases write it, 2026-01-31 12:30:00.5+00:00, the zone of
// Postgres being the session's, and in hours where it has no minutes. Another style of dates is
// none of ours, and not of the drivers either.
func parseTimeText(text string) (time.Time, bool) {
	if t, ok := parseUTC(text); ok {
		return t, true
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999Z07"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseUTC is parseTimeText of what is in UTC, as it nearly always is, in a tenth of the time.
func parseUTC(text string) (t time.Time, ok bool) {
	const whole = "2006-01-02 15:04:05"
	if len(text) < len(whole) || text[4] != '-' || text[7] != '-' || text[10] != ' ' || text[13] != ':' || text[16] != ':' {
		return t, false
	}
	nanos, rest := 0, text[len(whole):]
	if fraction, cut := strings.CutPrefix(rest, "."); cut {
		n := 0
		for ; n < len(fraction) && n < 9 && isDigit(fraction[n]); n++ {
			nanos = nanos*10 + int(fraction[n]-'0')
		}
		if n == 0 {
			return t, false
		}
		rest = fraction[n:]
		for ; n < 9; n++ {
			nanos *= 10
		}
	}
	if rest != "+00:00" && rest != "+00" {
		return t, false
	}
	year, a := digits(text[:4])
	month, b := digits(text[5:7])
	day, c := digits(text[8:10])
	hour, d := digits(text[11:13])
	minute, e := digits(text[14:16])
	second, f := digits(text[17:19])
	t = time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	there := t.Month() == time.Month(month) && t.Day() == day && t.Hour() == hour && t.Minute() == minute && t.Second() == second
	return t, there && a && b && c && d && e && f // there is no 31st of June
}

func digits(text string) (n int, ok bool) {
	for i := range len(text) {
		if !isDigit(text[i]) {
			return 0, false
		}
		n = n*10 + int(text[i]-'0')
	}
	return n, true
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }
