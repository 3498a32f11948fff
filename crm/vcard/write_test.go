package vcard_test

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/crm/vcard"
)

func written(t require.TestingT, v vcard.Version, c vcard.Card) string {
	var out bytes.Buffer
	require.NoError(t, vcard.NewWriter(&out, v).Write(&c))
	return out.String()
}

func TestACardIsWritten(t *testing.T) {
	t.Parallel()
	ada := vcard.Card{
		UID: "urn:uuid:0198c0de-0000-7000-8000-000000000000", Name: "Ada; Countess, of\\Lovelace",
		Phones:       []vcard.Address{{Value: "+5511912345678"}, {Value: "+442012345678", Label: "home"}, {Value: "+12125550100", Label: "my: \"boat\""}},
		Emails:       []vcard.Address{{Value: "ada@example.org", Label: "work"}},
		Organization: "Engines; Ltd.", Title: "Analyst", Location: "London, UK", URL: "https://example.org", Note: "two\nlines",
		Categories: []string{"vip", "maths, pure"}, Timezone: "Europe/London", Language: "en-GB",
		Extended: []vcard.Property{{Name: "X-CLIENTELE-TYPE", Value: "entrepreneur"}, {Name: "X-CLIENTELE-TRAITS"}},
	}
	want := `BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:0198c0de-0000-7000-8000-000000000000
FN:Ada; Countess\, of\\Lovelace
N:;Ada\; Countess\, of\\Lovelace;;;
TEL;PREF=1:+5511912345678
TEL;TYPE=home:+442012345678
item1.TEL:+12125550100
item1.X-ABLabel:my: "boat"
EMAIL;PREF=1;TYPE=work:ada@example.org
ORG:Engines\; Ltd.
TITLE:Analyst
ADR:;;;London\, UK;;;
URL:https://example.org
NOTE:two\nlines
CATEGORIES:vip
CATEGORIES:maths\, pure
TZ:Europe/London
LANG:en-GB
X-CLIENTELE-TYPE:entrepreneur
END:VCARD
`
	require.Equal(t, strings.ReplaceAll(want, "\n", "\r\n"), written(t, vcard.V4, ada))
	three := strings.NewReplacer("4.0", "3.0", "PREF=1", "TYPE=pref", "LANG:", "X-CLIENTELE-LOCALE:", "\n", "\r\n").Replace(want)
	require.Equal(t, three, written(t, vcard.V3, ada))
}

func TestLinesAreFoldedBetweenCharacters(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		note := rapid.StringMatching(`[a-zé漢😀 ,;\\]{0,300}`).Draw(t, "note")
		text := written(t, vcard.V4, vcard.Card{Name: "Ada", Note: note})
		for line := range strings.SplitSeq(text, "\r\n") {
			require.LessOrEqual(t, len(line), 75)
			require.True(t, utf8.ValidString(line))
		}
		unfolded := strings.ReplaceAll(text, "\r\n ", "")
		if note != "" {
			require.Contains(t, unfolded, "\r\nNOTE:"+strings.NewReplacer(`\`, `\\`, ",", `\,`).Replace(note)+"\r\n")
		}
	})
}

// A value cannot end its line and begin another.
func TestAValueStaysInItsLine(t *testing.T) {
	t.Parallel()
	text := written(t, vcard.V4, vcard.Card{Name: "Ada\r\nEND:VCARD\r\nBEGIN:VCARD", Phones: []vcard.Address{{Value: "1\n2", Label: "x\nUID:y"}}})
	require.Equal(t, 1, strings.Count(text, "\r\nEND:VCARD"))
	require.NotContains(t, text, "\r\nBEGIN")
	require.NotContains(t, text, "\r\nUID")
}
