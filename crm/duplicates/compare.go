package duplicates

// Likelihood says what to make of a score.
type Likelihood string

// The likelihoods: a pair below [Possible] is none.
const (
	Unlikely Likelihood = ""
	Possible Likelihood = "possible" // somebody should look at it
	Probable Likelihood = "probable" // one person, unless somebody knows better
)

// The thresholds: the least points of each likelihood. They are the one setting there is.
const (
	PossibleFrom = 50
	ProbableFrom = 75
	most         = 100
)

// Match is what a comparison came to.
type Match struct {
	Score      int        `json:"score"`      // the sum of the points, from 0 to 100
	Likelihood Likelihood `json:"likelihood"` // what the score makes of it
	Reasons    []Reason   `json:"reasons"`    // what spoke for and against, in a fixed order
}

// Reason is one thing that spoke for or against.
type Reason struct {
	Field  string `json:"field"`  // name, phone, email, company or location
	Rule   string `json:"rule"`   // equal, similar, different; of names partly and one_word, of e-mails local_part
	Points int    `json:"points"` // negative: against
}

// Compare adds up what two profiles have in common. It gives the same both ways round.
func Compare(a, b *Profile) Match {
	var m Match
	name := compareNames(a.names, b.names)
	for _, r := range []Reason{
		name,
		comparePhones(a.phones, b.phones),
		compareEmails(a.emails, b.emails),
		compareCompanies(a.company, b.company),
		compareLocations(a.location, b.location),
	} {
		if r.Points != 0 {
			m.Reasons = append(m.Reasons, r)
			m.Score += r.Points
		}
	}
	if name.Rule == "one_word" || name.Rule == "different" {
		m.Score = min(m.Score, ProbableFrom-1) // a household shares its phone and its address
	}
	m.Score = min(max(m.Score, 0), most)
	switch {
	case m.Score >= ProbableFrom:
		m.Likelihood = Probable
	case m.Score >= PossibleFrom:
		m.Likelihood = Possible
	}
	return m
}

// alike is from where on two words of a name are one, mistyped or in another spelling.
const alike = 0.85

// compareNames puts each word of the shorter name beside the word of the other that is most like
// it. "J" stands for "John".
func compareNames(a, b [][]rune) Reason {
	if len(a) == 0 || len(b) == 0 {
		return Reason{}
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	agree, exact, initials := aligned(a, b)
	switch {
	case agree == len(a) && len(a) == len(b) && exact == len(a) && len(a) > 1:
		return Reason{"name", "equal", 50}
	case agree == len(a) && agree-initials > 1:
		return Reason{"name", "similar", 40}
	case agree == len(a):
		return Reason{"name", "partly", 25}
	case agree > 0:
		return Reason{"name", "one_word", 5} // one family, or one given name
	}
	return Reason{"name", "different", -25}
}

// aligned counts the words of the shorter name that stand in the longer one: those that agree,
// and those of them that are equal or only the initial.
func aligned(a, b [][]rune) (agree, exact, initials int) {
	var taken [maxNames]bool
	for _, word := range a {
		best, at := 0.0, -1
		for j, other := range b {
			if taken[j] {
				continue
			}
			s := jaroWinkler(word, other)
			if (len(word) == 1 || len(other) == 1) && word[0] == other[0] {
				s = max(s, alike)
			}
			if s > best {
				best, at = s, j
			}
		}
		if best < alike {
			continue
		}
		taken[at] = true
		agree++
		switch {
		case best == 1:
			exact++
		case len(word) == 1 || len(b[at]) == 1:
			initials++
		}
	}
	return agree, exact, initials
}

func comparePhones(a, b []string) Reason {
	if len(a) == 0 || len(b) == 0 {
		return Reason{}
	}
	near := false
	for _, x := range a {
		for _, y := range b {
			if x == y {
				return Reason{"phone", "equal", 45}
			}
			near = near || oneSlip(x, y)
		}
	}
	if near {
		return Reason{"phone", "similar", 25}
	}
	return Reason{"phone", "different", -5}
}

func compareEmails(a, b []email) Reason {
	if len(a) == 0 || len(b) == 0 {
		return Reason{}
	}
	best := Reason{"email", "different", -3}
	for _, x := range a {
		for _, y := range b {
			var r Reason
			switch {
			case x.local == y.local && x.domain == y.domain:
				r = Reason{"email", "equal", 45}
			case x.personal && y.personal && x.local == y.local:
				r = Reason{"email", "local_part", 20}
			case x.personal && y.personal && x.domain == y.domain && oneSlip(x.local, y.local),
				x.personal && y.personal && x.local == y.local && oneSlip(x.domain, y.domain):
				r = Reason{"email", "similar", 25}
			}
			if r.Points > best.Points {
				best = r
			}
		}
	}
	return best
}

func compareCompanies(a, b []uint64) Reason {
	if len(a) == 0 || len(b) == 0 {
		return Reason{}
	}
	switch s := dice(shared(a, b), len(a), len(b)); {
	case s == 1:
		return Reason{"company", "equal", 12}
	case s >= 0.6:
		return Reason{"company", "similar", 8}
	}
	return Reason{"company", "different", -3}
}

// compareLocations weighs how much of two places is the same by how much it says: a city is
// shared by many, a street with its number and postcode by few.
func compareLocations(a, b []uint64) Reason {
	if len(a) == 0 || len(b) == 0 {
		return Reason{}
	}
	common := shared(a, b)
	s := dice(common, len(a), len(b))
	tells := min(1, float64(common)/40)
	switch {
	case s == 1:
		return Reason{"location", "equal", 8 + int(32*tells)}
	case s >= 0.4:
		return Reason{"location", "similar", int((8 + 32*tells) * (s - 0.2) / 0.8)}
	}
	return Reason{"location", "different", -15}
}
