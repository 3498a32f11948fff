package assessment

// The limits of a form. They bound the time and memory that any author's form can take.
const (
	maxDefinition = 1 << 20 // bytes of JSON
	maxDepth      = 24      // of JSON
	maxFaults     = 100     // that one validation tells

	maxQuestions  = 500
	maxOptions    = 100 // of a question
	maxAllOptions = 5000
	maxDimensions = 50
	maxBands      = 50
	maxNorms      = 500
	maxAxes       = 8 // all types that they make are kept: 256
	maxProfiles   = 100
	maxConditions = 50 // parts of one condition
	maxNesting    = 8  // of conditions

	maxQuestionText = 2000 // characters, as the texts below
	maxHelpText     = 1000
	maxOptionText   = 500
	maxLabel        = 100
	maxAnswerText   = 10_000
	maxComment      = 2000
	maxID           = 64
)

// With these, no sum overflows: 500 items of a million points, a weight of a thousand and a
// common denominator of a million make 5·10^17.
const (
	maxPoints      = 1_000_000 // that an item may reach, and below 0 as well
	maxWeight      = 1_000
	maxDenominator = 1_000_000 // that all points and weights together may need
	maxRating      = 1_000
	maxRatings     = 101 // of a scale
)

// markUnit is what marks may be multiples of: 1/300 has tenths, hundredths, quarters and thirds.
const markUnit = 300
