package assessment

// Result is what a set of answers came to.
type Result struct {
	TotalScore Number  `json:"totalScore"`
	MinScore   Number  `json:"minScore"` // the least and the most of the questions that were asked
	MaxScore   Number  `json:"maxScore"`
	Percentage Percent `json:"percentage"` // of the total, rounded half up at two places

	Passed          *bool  `json:"passed,omitempty"`          // where there is a pass mark
	Band            string `json:"band,omitempty"`            // a key
	PersonalityType string `json:"personalityType,omitempty"` // by the rule for the type; empty: there is none
	Ranking         string `json:"ranking,omitempty"`         // by band: its label; by percentile: see [Rank]

	Pending    int              `json:"pending"`    // answers that wait for a mark
	Items      []ItemScore      `json:"items"`      // one for each question, in their order
	Dimensions []DimensionScore `json:"dimensions"` // in the order of the document
}

// ItemState tells apart the reasons for which a question has no points.
type ItemState uint8

// The states of an item.
const (
	Skipped  ItemState = iota // it was asked and not answered; what it could earn stays in the maximum
	Missing                   // the same of a required question
	Hidden                    // it was not asked, and is in neither the score nor the maximum
	Pending                   // a person has to mark it
	Unscored                  // it is answered, and counts nowhere
	Scored
)

var stateNames = [...]string{"skipped", "missing", "hidden", "pending", "unscored", "scored"}

func (s ItemState) String() string { return stateNames[s] }

// MarshalText implements [encoding.TextMarshaler].
func (s ItemState) MarshalText() ([]byte, error) { return []byte(stateNames[s]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (s *ItemState) UnmarshalText(text []byte) error {
	for i, name := range stateNames {
		if name == string(text) {
			*s = ItemState(i)
			return nil
		}
	}
	return malformed("has an unknown state of an item")
}

// DimensionScore is what one dimension came to.
type DimensionScore struct {
	Key        string  `json:"key"`             // of the dimension
	Label      string  `json:"label,omitempty"` // as people read it
	Answered   int     `json:"answered"`        // items
	Scored     bool    `json:"scored"`          // enough of them: else it has no value
	Value      Number  `json:"value"`
	Percentage Percent `json:"percentage"` // 0 unless it is scored
	Norm       *Number `json:"norm,omitempty"`
	Band       string  `json:"band,omitempty"` // a key
}

// bandOf is the band that a percentage falls in; nil: there are no bands.
func bandOf(bands []Band, p Percent) *Band {
	for i := len(bands) - 1; i >= 0; i-- {
		if p >= bands[i].From {
			return &bands[i]
		}
	}
	return nil
}

// name is the band's label, or its key where it has none.
func (b *Band) name() string {
	if b.Label != "" {
		return b.Label
	}
	return b.Key
}
