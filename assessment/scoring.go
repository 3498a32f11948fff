package assessment

// Scoring is a scoring document, the scoringLogic of an assessment: what each answer earns, and
// what is said of the sums. It only declares: it has no expressions, loops or references, so
// that a document by anybody is safe to keep and to run. docs/scoring.md teaches it.
//
// Without one the plain points apply: the points of the chosen options or, where no option of
// the question has any, the question's points for the correct ones; a rating earns itself.
type Scoring struct {
	Items      []Item      `json:"items,omitempty"`      // at most one for each question; a question without one has plain points
	Dimensions []Dimension `json:"dimensions,omitempty"` // what several items measure together
	Total      *Total      `json:"total,omitempty"`      // about the sum of all items
	Bands      []Band      `json:"bands,omitempty"`      // of the total's percentage
	Type       *TypeRule   `json:"type,omitempty"`       // makes a personality type
	Ranking    *Ranking    `json:"ranking,omitempty"`    // says how a result compares
	Profile    *Profile    `json:"profile,omitempty"`    // what goes into the contact's personality fields
}

// Item says what the answers to one question earn.
type Item struct {
	Question QuestionID `json:"question"` // its id
	Kind     ItemKind   `json:"kind"`     // how it is scored

	// Points are by the option's id or, of a likert item, by the rating: {"1": 0, "2": 1}. A
	// likert item without any earns the rating itself; another, plain points.
	Points  map[string]Number `json:"points,omitempty"`
	Default *Number           `json:"default,omitempty"` // of what is not in Points; nil: 0
	Floor   *Number           `json:"floor,omitempty"`   // the item earns no less
	Cap     *Number           `json:"cap,omitempty"`     // and no more
	Credit  Credit            `json:"credit,omitempty"`  // of a multi item; "": partial
	Reverse bool              `json:"reverse,omitempty"` // of a likert item: min + max - x counts for x

	Weight  *Number           `json:"weight,omitempty"`  // in the total; nil: 1
	Weights map[string]Number `json:"weights,omitempty"` // in the dimensions, by their keys
}

// ItemKind is how an item is scored.
type ItemKind string

// The kinds of items.
const (
	SingleItem    ItemKind = "single"     // one option
	MultiItem     ItemKind = "multi"      // any number of options: the sum of their points
	LikertItem    ItemKind = "likert"     // a rating
	TrueFalseItem ItemKind = "true_false" // one of two options
	ManualItem    ItemKind = "manual"     // a person gives 0 to the question's points
	NoItem        ItemKind = "none"       // the question is not scored
)

// Credit is what a multi item earns for some of the right options.
type Credit string

// The credits.
const (
	PartialCredit Credit = "partial" // the sum
	AllCredit     Credit = "all"     // all it can earn for exactly the options with points above 0, else its floor or 0
)

// Dimension is something that several items measure together.
type Dimension struct {
	Key         string   `json:"key"`                   // 1 to 64 of a-z, A-Z, 0-9, ".", "_" and "-"
	Label       string   `json:"label,omitempty"`       // as people read it; empty: the key
	Method      Method   `json:"method,omitempty"`      // "": sum
	MinAnswered int      `json:"minAnswered,omitempty"` // with fewer items answered it has no value; 0: 1
	Percent     Percents `json:"percent,omitempty"`     // what its percentage is of; empty: of_max
	Norms       []Norm   `json:"norms,omitempty"`       // a table of its value, ascending
	Bands       []Band   `json:"bands,omitempty"`       // of its percentage
}

// Method is how a dimension is made of its items.
type Method string

// The methods.
const (
	SumMethod  Method = "sum"  // of points times weight; what is skipped earns nothing
	MeanMethod Method = "mean" // of the answered items, by weight; what is skipped does not count
)

// Percents is what a percentage is of.
type Percents string

// What percentages are of.
const (
	OfMax   Percents = "of_max"   // points of the most that there are; the default
	OfRange Percents = "of_range" // how far from the least to the most
)

// Norm is a step of a table of norms: from this value on, the norm is Is.
type Norm struct {
	From Number `json:"from"`
	Is   Number `json:"is"`
}

// Total is about the sum of all items.
type Total struct {
	Floor   *Number  `json:"floor,omitempty"`   // the total is no less
	Pass    *Percent `json:"pass,omitempty"`    // passed from this percentage on
	Percent Percents `json:"percent,omitempty"` // what its percentage is of; empty: of_max
}

// Band is a step of a ladder: it holds the percentages from From up to the next band's. The
// first begins at 0, so that every percentage falls in exactly one.
type Band struct {
	From  Percent `json:"from"`            // a percentage
	Key   string  `json:"key"`             // 1 to 64 of a-z, A-Z, 0-9, ".", "_" and "-"
	Label string  `json:"label,omitempty"` // as people read it; empty: the key
}

// TypeRule makes a personality type of the dimensions' percentages. It has exactly one of
// axes, highest and nearest.
type TypeRule struct {
	Axes    []Axis        `json:"axes,omitempty"`    // one letter for each: "INTJ"
	Highest *HighestRule  `json:"highest,omitempty"` // the type of the dimension with the highest percentage
	Nearest []TypeProfile `json:"nearest,omitempty"` // by the squared distance; a tie goes to the one listed first
}

// Axis is a dimension cut in two.
type Axis struct {
	Dimension string  `json:"dimension"` // its key
	Cut       Percent `json:"cut"`       // a percentage of the dimension
	Low       string  `json:"low"`       // the letter below the cut
	High      string  `json:"high"`      // and above it
	Tie       string  `json:"tie"`       // "low" or "high": at the cut itself
}

// HighestRule is the dimension with the highest percentage.
type HighestRule struct {
	Among []string          `json:"among"`           // keys of dimensions, at least two
	Tie   string            `json:"tie"`             // "first": the one listed first; else the type of a tie
	Types map[string]string `json:"types,omitempty"` // the type by the dimension's key; else its label
}

// TypeProfile is a type at a place among the dimensions. All of a rule name the same ones.
type TypeProfile struct {
	Type string             `json:"type"` // as people read it
	At   map[string]Percent `json:"at"`   // percentages, by the keys of dimensions
}

// Ranking says how a result compares.
type Ranking struct {
	By      string `json:"by"`                // "band", or "percentile" within all results of the version
	Minimum int    `json:"minimum,omitempty"` // of a percentile: how many results there have to be, 2 or more; 0: 30
}

// Profile says what a result writes into the contact's personality fields: the personality
// type, and lines "Label: band" of the named dimensions. What is not named is left as it is.
type Profile struct {
	PersonalityType bool     `json:"personalityType,omitempty"` // the type is written
	Traits          []string `json:"traits,omitempty"`          // keys of dimensions
	InnerDrives     []string `json:"innerDrives,omitempty"`     // keys of dimensions
	Baselines       []string `json:"baselines,omitempty"`       // keys of dimensions
}
