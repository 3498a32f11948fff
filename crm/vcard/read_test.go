package vcard_test

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/crm/vcard"
)

// found is what a Reader made of one place of a file.
type found struct {
	card vcard.Card
	line int
	err  error
}

func readAll(t require.TestingT, r io.Reader) (list []found) {
	reader := vcard.NewReader(r)
	for {
		card, line, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return list
		}
		list = append(list, found{card, line, err})
		require.Less(t, len(list), 10_000)
	}
}

func TestCardsAreReadAsAddressBooksWriteThem(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want vcard.Card
	}{
		"version 3 of a telephone": {
			"BEGIN:VCARD\r\nVERSION:3.0\r\nN:Lovelace;Ada;;Countess;\r\nFN:Ada Lovelace\r\nORG:Engines\\; Ltd.;Analysis\r\n" +
				"item1.TEL;type=pref:+44 20 7946 0000\r\nitem1.X-ABLabel:_$!<Boat>!$_\r\nTEL;type=CELL;type=VOICE:+44 7700 900000\r\nTEL;TYPE=FAX:1\r\n" +
				"EMAIL;type=INTERNET;type=HOME:ada@example.org\r\nADR;type=HOME:;;12 St James's Square;London;;SW1;UK\r\nNOTE:one\\, two\\nthree\r\n" +
				" and four\r\nPHOTO;ENCODING=b;TYPE=JPEG:" + strings.Repeat("A", 200_000) + "\r\nCATEGORIES:vip,maths\\, pure\r\nEND:VCARD\r\n",
			vcard.Card{
				Name: "Ada Lovelace", Organization: "Engines; Ltd.", Location: "London, UK", Note: "one, two\nthreeand four",
				Phones: []vcard.Address{{Value: "+44 20 7946 0000", Label: "Boat"}, {Value: "+44 7700 900000", Label: "cell"}},
				Emails: []vcard.Address{{Value: "ada@example.org", Label: "home"}}, Categories: []string{"vip", "maths, pure"},
			},
		},
		"version 4 with preferences and URIs": {
			"begin:vcard\nversion:4.0\nFN:Ada\nTEL;PREF=2:+1\nTEL;VALUE=uri;PREF=1;TYPE=\"home,voice\":tel:+2;ext=3\nEMAIL:mailto:ada@example.org\n" +
				"UID:urn:uuid:1\nLANG:en\nTZ:Europe/London\nX-CLIENTELE-TYPE:employee\nend:vcard\n",
			vcard.Card{
				UID: "urn:uuid:1", Name: "Ada", Phones: []vcard.Address{{Value: "+2;ext=3", Label: "home"}, {Value: "+1"}},
				Emails: []vcard.Address{{Value: "ada@example.org"}}, Language: "en", Timezone: "Europe/London",
				Extended: []vcard.Property{{Name: "X-CLIENTELE-TYPE", Value: "employee"}},
			},
		},
		"version 2.1": {
			"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:L=C3=B6w;Zo=\n=C3=AB\nTEL;HOME:1\nEND:VCARD\n",
			vcard.Card{Name: "Zoë Löw", Phones: []vcard.Address{{Value: "1", Label: "home"}}},
		},
	} {
		list := readAll(t, strings.NewReader("\n"+c.text+"\n"))
		require.Len(t, list, 1, name)
		require.NoError(t, list[0].err, name)
		require.Equal(t, 2, list[0].line)
		require.Equal(t, c.want, list[0].card, name)
	}
}

func TestACardThatIsNoneSpoilsNoOther(t *testing.T) {
	t.Parallel()
	good := "BEGIN:VCARD\nFN:Ada\nEND:VCARD\n"
	list := readAll(t, strings.NewReader(good+"BEGIN:VCARD\nFN:Cut\n"+good+"what is this\nand that\n"+good+
		"BEGIN:VCARD\n"+strings.Repeat("X-A:b\n", 2000)+"END:VCARD\n"+good+"BEGIN:VCARD\nFN:End"))
	var errs []error
	for _, f := range list {
		if f.err == nil {
			require.Equal(t, "Ada", f.card.Name)
		}
		errs = append(errs, f.err)
	}
	require.Len(t, list, 8)
	for i, want := range []error{nil, vcard.ErrTruncated, nil, vcard.ErrNoCard, nil, vcard.ErrTooLarge, nil, vcard.ErrTruncated} {
		require.ErrorIs(t, errs[i], want)
	}
	require.Equal(t, 4, list[1].line)
}

func TestALineWithoutEndTakesNoMemory(t *testing.T) {
	endless := io.MultiReader(strings.NewReader("BEGIN:VCARD\nFN:Ada\nPHOTO:"), io.LimitReader(as{}, 200<<20), strings.NewReader("\nEND:VCARD\n"))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	list := readAll(t, endless)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
	require.Len(t, list, 1)
	require.NoError(t, list[0].err)
	require.Equal(t, "Ada", list[0].card.Name)
}

type as struct{}

func (as) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

func TestWhatIsWrittenIsReadBack(t *testing.T) {
	t.Parallel()
	word := rapid.StringMatching(`[a-zé漢😀 ,;:\\"=]{0,40}x`)
	rapid.Check(t, func(t *rapid.T) {
		addresses := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) vcard.Address {
			return vcard.Address{Value: word.Draw(t, "value"), Label: rapid.SampledFrom([]string{"", "home", "my: boat"}).Draw(t, "label")}
		}), 0, 3)
		c := vcard.Card{
			UID: word.Draw(t, "uid"), Name: word.Draw(t, "name"), Phones: addresses.Draw(t, "phones"), Emails: addresses.Draw(t, "emails"),
			Organization: word.Draw(t, "org"), Title: word.Draw(t, "title"), Location: word.Draw(t, "place"), URL: word.Draw(t, "url"),
			Note: word.Draw(t, "note") + "\n" + word.Draw(t, "more"), Categories: rapid.SliceOfN(word, 0, 3).Draw(t, "categories"),
			Timezone: "Europe/London", Language: "en-GB", Extended: []vcard.Property{{Name: "X-CLIENTELE-TRAITS", Value: word.Draw(t, "traits")}},
		}
		for _, v := range []vcard.Version{vcard.V3, vcard.V4} {
			list := readAll(t, strings.NewReader(written(t, v, c)))
			require.Len(t, list, 1)
			require.NoError(t, list[0].err)
			got := list[0].card
			for _, slices := range [][2]*[]vcard.Address{{&got.Phones, &c.Phones}, {&got.Emails, &c.Emails}} {
				require.ElementsMatch(t, *slices[1], *slices[0])
				*slices[0] = *slices[1]
			}
			require.ElementsMatch(t, c.Categories, got.Categories)
			got.Categories = c.Categories
			require.Equal(t, c, got)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nTEL;TYPE=home:+1\nEND:VCARD\n"))
	f.Add([]byte("BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=C3=A\nitem1.TEL:1\nitem1.X-ABLabel:x\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		last := 0
		for _, found := range readAll(t, bytes.NewReader(text)) {
			require.Greater(t, found.line, last, "lines go forward")
			last = found.line
		}
	})
}
