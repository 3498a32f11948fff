package duplicates_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/clientele-crm/clientele/crm/duplicates"
)

type record = duplicates.Record

// What a salesperson would say of two contacts.
func TestPairsReadAsAPersonWouldReadThem(t *testing.T) {
	t.Parallel()
	street := "12 Acacia Avenue, London SW1A 1AA"
	for name, c := range map[string]struct {
		a, b record
		want duplicates.Likelihood
	}{
		"one person with another spelling and one number": {
			record{Name: "Zoë Müller", Phones: []string{"+4930123456"}}, record{Name: "Zoe Mueler", Phones: []string{"+4930123456"}}, duplicates.Probable},
		"one person whose family name is written first": {
			record{Name: "Lovelace, Ada", Emails: []string{"ada.lovelace@example.org"}}, record{Name: "Ada Lovelace", Emails: []string{"ada.lovelace@gmail.com"}, Company: ""}, duplicates.Possible},
		"the same at one company, at another address of hers": {
			record{Name: "Ada Lovelace", Emails: []string{"ada.lovelace@example.org"}, Company: "Analytical Engines Ltd"},
			record{Name: "Ada Lovelace", Emails: []string{"adalovelace@example.com", "ada.lovelace@example.com"}, Company: "Analytical Engines"}, duplicates.Probable},
		"an e-mail address with one letter wrong": {
			record{Name: "Ada Lovelace", Emails: []string{"lovelace@example.org"}}, record{Name: "Ada Lovelace", Emails: []string{"lovelcae@example.org"}}, duplicates.Probable},
		"an initial": {
			record{Name: "A. Lovelace", Phones: []string{"+442071234567"}}, record{Name: "Ada Lovelace", Phones: []string{"+442071234567"}}, duplicates.Possible},
		"the same name and nothing else": {
			record{Name: "Ada Lovelace"}, record{Name: "ada  LOVELACE"}, duplicates.Possible},
		"a family that shares a phone and a house": {
			record{Name: "Ann Jones", Phones: []string{"+442071234567"}, Location: street}, record{Name: "Peter Jones", Phones: []string{"+442071234567"}, Location: street}, duplicates.Possible},
		"a common name in two cities": {
			record{Name: "Maria Silva", Location: "São Paulo"}, record{Name: "Maria Silva", Location: "Recife"}, duplicates.Unlikely},
		"a common name with two numbers and two addresses": {
			record{Name: "John Smith", Phones: []string{"+14155550100"}, Emails: []string{"john@example.org"}},
			record{Name: "John Smith", Phones: []string{"+12125550123"}, Emails: []string{"smith@example.com"}}, duplicates.Unlikely},
		"two who share an assistant's address": {
			record{Name: "Grace Hopper", Emails: []string{"office@example.org"}, Company: "Navy"}, record{Name: "Alan Turing", Emails: []string{"office@example.org"}, Company: "Navy"}, duplicates.Unlikely},
		"colleagues with one address each": {
			record{Name: "Grace Hopper", Emails: []string{"grace@example.org"}, Company: "Navy", Location: "Arlington"},
			record{Name: "Grace Kelly", Emails: []string{"kelly@example.org"}, Company: "Navy", Location: "Arlington"}, duplicates.Unlikely},
		"two behind one switchboard": {
			record{Name: "Grace Hopper", Phones: []string{"+14155550100;ext=1"}}, record{Name: "Alan Turing", Phones: []string{"+14155550100;ext=2"}}, duplicates.Unlikely},
		"nothing known": {record{}, record{}, duplicates.Unlikely},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := duplicates.Compare(duplicates.Of(c.a), duplicates.Of(c.b))
			require.Equal(t, c.want, m.Likelihood, "%+v", m)
		})
	}
}

// Who is worth comparing shares a key: so the pairs above are found at all.
func TestPairsThatAreAlikeShareAKey(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]record{
		{{Name: "Ada Lovelace"}, {Name: "Lovelace, Ada"}},
		{{Name: "Ada King Lovelace"}, {Name: "Ada Lovelase"}},
		{{Name: "Ada", Phones: []string{"+44 20 7123 4567"}}, {Name: "Lovelace", Phones: []string{"+49 30 123456", "020 7123 4567"}}},
		{{Name: "Ada", Emails: []string{"Lovelace+news@example.org"}}, {Name: "A", Emails: []string{"lovelace@example.com"}}},
		{{Name: "Ada Byron", Location: "12 High St, AB1 2345"}, {Name: "George Byron", Location: "High Street 12, 2345"}},
		{{Name: "Ада Лавлейс"}, {Name: "ада лавлейс"}},
		{{Name: "Ada"}, {Name: "ada"}},
		{{Name: "?!"}, {Name: " ?!"}},
	} {
		require.True(t, reaches(duplicates.Of(pair[1]), duplicates.Of(pair[0])), "%v", pair)
	}
}

// reaches reports whether a is compared with b, which is stored.
func reaches(a, b *duplicates.Profile) bool {
	k, l := a.Keys(), b.Keys()
	share := func(a, b []int64) bool {
		return slices.ContainsFunc(a, func(k int64) bool { return slices.Contains(b, k) })
	}
	return share(k.Phones, l.Phones) || share(k.Emails, l.Emails) || k.Name != 0 && l.Name == k.Name || k.Place != 0 && l.Place == k.Place
}

func TestKeysOfRolesAreNone(t *testing.T) {
	t.Parallel()
	p := duplicates.Of(record{Emails: []string{"info@example.org", "sales@example.org", "x@example.org", "lovelace@example.org"}})
	require.Len(t, p.Keys().Emails, 1)
	require.Zero(t, duplicates.Of(record{}).Keys())
}

// Keys are stored: a change of the rules has to make them anew, by a migration.
func TestKeysStayAsTheyAreStored(t *testing.T) {
	t.Parallel()
	p := duplicates.Of(record{Name: "Ada Lovelace", Phones: []string{"+442071234567"}, Emails: []string{"ada.lovelace@example.org"}, Location: "London SW1"})
	require.Equal(t, duplicates.Keys{
		Phones: []int64{-1600292153518812977}, Emails: []int64{-8561674954953081448}, Name: -4766818393648735969, Place: -1860718651403797408,
	}, p.Keys())
}

func anything(t *rapid.T, label string) record {
	name := rapid.SliceOfN(rapid.SampledFrom([]string{"ada", "Lovelace", "O'Brien", "Zoë", "li", "李", "Ada", "x", "St."}), 0, 8)
	return record{
		Name:     strings.Join(name.Draw(t, label+" name"), " "),
		Company:  rapid.StringN(0, 20, 60).Draw(t, label+" company"),
		Location: rapid.StringN(0, 500, 900).Draw(t, label+" location"),
		Phones:   rapid.SliceOfN(rapid.StringMatching(`\+[0-9]{4,12}(;ext=[0-9]{1,3})?`), 0, 12).Draw(t, label+" phones"),
		Emails:   rapid.SliceOfN(rapid.StringMatching(`[a-z.+]{0,9}@[a-z]{1,4}`), 0, 12).Draw(t, label+" emails"),
	}
}

func TestComparingIsTheSameBothWaysRoundAndWithinItsBounds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := duplicates.Of(anything(t, "a")), duplicates.Of(anything(t, "b"))
		m := duplicates.Compare(a, b)
		require.Equal(t, m, duplicates.Compare(b, a))
		require.True(t, 0 <= m.Score && m.Score <= 100, "%d", m.Score)
	})
}

func TestTheSameRecordTwiceIsProbableWhereAnythingReachesThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		r := anything(t, "r")
		r.Name, r.Phones = "Ada "+r.Name+" Lovelace", append(r.Phones, "+442071234567")
		p := duplicates.Of(r)
		require.Equal(t, duplicates.Probable, duplicates.Compare(p, duplicates.Of(r)).Likelihood)
	})
}

func TestAnIndexFindsWhatComparingEverybodyFinds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) record { return anything(t, "one") }), 0, 20).Draw(t, "people")
		x := duplicates.NewIndex[int]()
		for i, r := range people {
			p := duplicates.Of(r)
			found := map[int]int{}
			for _, f := range x.Find(p) {
				found[f.Name] = f.Score
			}
			for j, other := range people[:i] {
				q := duplicates.Of(other)
				m := duplicates.Compare(q, p)
				score, has := found[j]
				require.Equal(t, reaches(p, q) && m.Likelihood != duplicates.Unlikely, has)
				require.True(t, !has || score == m.Score)
			}
			x.Add(i, p)
		}
	})
}

func TestALargeBlockIsComparedWithItsOldest(t *testing.T) {
	t.Parallel()
	x := duplicates.NewIndex[int]()
	p := duplicates.Of(record{Name: "Maria Silva"})
	for i := range 3 * duplicates.MaxBlock {
		x.Add(i, p)
	}
	found := x.Find(p)
	require.Len(t, found, duplicates.MaxBlock)
	require.Equal(t, 0, found[0].Name)
	require.Equal(t, duplicates.MaxBlock-1, found[len(found)-1].Name)
}

func FuzzOf(f *testing.F) {
	f.Add("Ada Lovelace", "London", "+44", "ada@example.org")
	f.Add("\xff", "İ", ";ext=", "@")
	f.Fuzz(func(t *testing.T, name, location, phone, email string) {
		p := duplicates.Of(record{Name: name, Location: location, Company: name, Phones: []string{phone}, Emails: []string{email}})
		m := duplicates.Compare(p, p)
		require.True(t, 0 <= m.Score && m.Score <= 100)
	})
}
