package crm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

func TestParsePhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, region string
		want          crm.Phone
	}{
		{"(11) 91234-5678", "BR", "+5511912345678"},
		{"011 91234 5678", "BR", "+5511912345678"},
		{"+55 11 91234-5678", "", "+5511912345678"},
		{"+55 (11) 3003-0000", "US", "+551130030000"},
		{"0041 44 668 18 00", "CH", "+41446681800"},
		{"(415) 293-3313", "US", "+14152933313"},
		{"1-415-293-3313 x371", "US", "+14152933313;ext=371"},
		{"+1 415 293 3313 ext. 371", "", "+14152933313;ext=371"},
		{"tel:+1-415-293-3313;ext=371", "", "+14152933313;ext=371"},
		{"1-800-FLOWERS", "US", "+18003569377"},
		{"٤١٥٢٩٣٣٣١٣", "US", "+14152933313"},
	} {
		got, err := crm.ParsePhone(c.typed, c.region)
		require.NoError(t, err, c.typed)
		require.Equal(t, c.want, got, c.typed)
	}
	for _, c := range [][2]string{
		{"", "US"}, {"call me", "US"}, {"(11) 91234-5678", ""}, {"112", "DE"}, {"911", "US"}, {"12", "BR"}, {"1-955-371-0847", "US"},
		{"+999 123 456 789", ""}, {"+", ""}, {"+1 415 293 33130000", ""}, {strings.Repeat("1", 101), "US"},
		{"\xff", "US"}, {"415\x00293 3313", "US"},
	} {
		_, err := crm.ParsePhone(c[0], c[1])
		require.ErrorIs(t, err, core.ErrInvalid, "%q", c[0])
	}
}

func TestPhonesAreComparedByNumber(t *testing.T) {
	t.Parallel()
	kept := crm.Phone("1-955-371-0847 x371")
	require.Equal(t, kept.Key(), crm.Phone("(1955) 371 0847 ext. 371").Key())
	require.NotEqual(t, kept.Key(), crm.Phone("1-955-371-0847").Key())
	_, is := kept.E164()
	require.False(t, is)
	number, is := crm.Phone("+14152933313;ext=371").E164()
	require.True(t, is)
	require.Equal(t, "+14152933313", number)
	require.Equal(t, "371", crm.Phone("+14152933313;ext=371").Extension())
	require.NotEqual(t, crm.Phone("+14152933313").Key(), crm.Phone("+14152933313;ext=371").Key())
}

func FuzzParsePhone(f *testing.F) {
	f.Add("(11) 91234-5678", "BR")
	f.Add("+1 415 293 3313 ext. 371", "")
	f.Add("0041 44 668 18 00", "CH")
	f.Fuzz(func(t *testing.T, typed, region string) {
		once, err := crm.ParsePhone(typed, region)
		if err != nil {
			require.ErrorIs(t, err, core.ErrInvalid)
			return
		}
		_, is := once.E164()
		require.True(t, is)
		twice, err := crm.ParsePhone(string(once), "")
		require.NoError(t, err, "%q", once)
		require.Equal(t, once, twice)
	})
}
