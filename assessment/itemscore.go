package assessment

import "encoding/json"

// ItemScore is what one question came to, in eight bytes: a result has one for each question, and
// most of the time of scoring would go into its memory. The zero value is skipped.
type ItemScore struct {
	packed uint64 // the numerator of the points, their denominator less one, and the state
}

// The parts of an ItemScore. The limits of a definition keep the points within them.
const (
	stateBits = 3
	lessBits  = 20 // up to maxDenominator
	numBits   = 64 - lessBits - stateBits
)

// NewItemScore is one of the state and, if it is [Scored], of so many points. The error is
// [core.ErrInvalid]: no item can earn these.
func NewItemScore(state ItemState, points Number) (ItemScore, error) {
	if state > Scored || points.less >= 1<<lessBits || points.num >= 1<<(numBits-1) || points.num < -1<<(numBits-1) {
		return ItemScore{}, malformed("has points that no item can earn")
	}
	if state != Scored {
		points = Number{}
	}
	return itemScore(state, points), nil
}

// itemScore is [NewItemScore] of points that an item can earn.
func itemScore(state ItemState, points Number) ItemScore {
	return ItemScore{uint64(points.num)<<(lessBits+stateBits) | uint64(points.less)<<stateBits | uint64(state)}
}

// State tells whether the question is scored, and why not.
func (s ItemScore) State() ItemState { return ItemState(s.packed & (1<<stateBits - 1)) }

// Points are unweighted; 0 unless the question is scored.
func (s ItemScore) Points() Number {
	return Number{int64(s.packed) >> (lessBits + stateBits), int64(s.packed >> stateBits & (1<<lessBits - 1))}
}

// itemScoreJSON is the JSON of an [ItemScore].
type itemScoreJSON struct {
	State  ItemState `json:"state"`  // whether it is scored, and why not
	Points Number    `json:"points"` // unweighted; 0 unless scored
}

// MarshalJSON implements [encoding/json.Marshaler].
func (s ItemScore) MarshalJSON() ([]byte, error) {
	return json.Marshal(itemScoreJSON{s.State(), s.Points()})
}

// UnmarshalJSON implements [encoding/json.Unmarshaler].
func (s *ItemScore) UnmarshalJSON(data []byte) error {
	var read itemScoreJSON
	if err := json.Unmarshal(data, &read); err != nil {
		return err
	}
	var err error
	*s, err = NewItemScore(read.State, read.Points)
	return err
}
