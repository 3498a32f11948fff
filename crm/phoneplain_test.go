package crm

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/nyaruka/phonenumbers"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAPlainNumberIsWhatTheLibraryReads(t *testing.T) {
	t.Parallel()
	regions := slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions()))
	rapid.Check(t, func(t *rapid.T) {
		for range 30 {
			region := rapid.SampledFrom(append(regions, "", "ZZ", "001")).Draw(t, "region")
			typed := drawNumber(t, regions)
			got, valid, plain := parsePlain(typed, region)
			if !plain {
				continue
			}
			want, err := phonenumbers.Parse(typed, region)
			require.NoError(t, err, "%q in %s", typed, region)
			require.Equal(t, phonenumbers.Format(want, phonenumbers.E164), string(got), "%q in %s", typed, region)
			require.Equal(t, phonenumbers.IsValidNumber(want), valid, "%q in %s", typed, region)
			require.Empty(t, want.GetExtension())
		}
	})
}

// drawNumber is a number that is right, nearly right or nothing, with signs in it.
func drawNumber(t *rapid.T, regions []string) string {
	digits := rapid.StringMatching(`(\+|0|1|00|011)?[0-9]{1,17}`).Draw(t, "digits")
	if rapid.Bool().Draw(t, "example") {
		kind := phonenumbers.PhoneNumberType(rapid.IntRange(0, 10).Draw(t, "kind"))
		if n := phonenumbers.GetExampleNumberForType(rapid.SampledFrom(regions).Draw(t, "of"), kind); n != nil {
			digits = phonenumbers.Format(n, phonenumbers.PhoneNumberFormat(rapid.IntRange(0, 3).Draw(t, "format")))
		}
		at := rapid.IntRange(0, len(digits)-1).Draw(t, "at")
		digits = digits[:at] + rapid.SampledFrom([]string{"", "0", "5", "9", digits[at : at+1]}).Draw(t, "instead") + digits[at+1:]
	}
	for _, sign := range rapid.SliceOfN(rapid.SampledFrom([]string{" ", "-", "(", ")", ".", "x", "/", "+"}), 0, 4).Draw(t, "signs") {
		at := rapid.IntRange(0, len(digits)).Draw(t, "at")
		digits = digits[:at] + sign + digits[at:]
	}
	return digits
}

func TestNumbersAsPeopleTypeThemAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{{"(415) 293-3313", "US"}, {"+55 11 91234-5678", ""}, {"11 91234 5678", "BR"}, {"+442071838750", "US"}} {
		_, _, ok := parsePlain(c[0], c[1])
		require.True(t, ok, c)
	}
	for _, c := range [][2]string{{"1 415 293 3313", "US"}, {"00442071838750", "DE"}, {"020 7183 8750", "GB"}, {"+800 1234 5678", ""}, {"415 293 3313 x1", "US"}, {"", ""}, {"112", "DE"}} {
		_, _, ok := parsePlain(c[0], c[1])
		require.False(t, ok, c)
	}
}

func BenchmarkParsePhone(b *testing.B) {
	for name, c := range map[string][2]string{"plain": {"(415) 293-3313", "US"}, "E164": {"+14152933313", ""}, "extension": {"415 293 3313 x1", "US"}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := ParsePhone(c[0], c[1]); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("%s, the library alone", name), func(b *testing.B) {
			for b.Loop() {
				n, _ := phonenumbers.Parse(c[0], c[1])
				if !phonenumbers.IsValidNumber(n) {
					b.Fatal(n)
				}
				_ = phonenumbers.Format(n, phonenumbers.E164)
			}
		})
	}
}
