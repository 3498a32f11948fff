package crm

import (
	"context"
	"math/big"

	"github.com/clientele-crm/clientele/core"
)

// LeadSumStore sums leads up for the reports, in the sight of the actor.
type LeadSumStore interface {
	// SumLeads counts the leads that the filter lets through and sums up their values, by their
	// currency and by the parts.
	SumLeads(ctx context.Context, q LeadQuery, by ...LeadPart) ([]LeadSum, error)

	// SumStays counts how often leads of the filter's tracker left each stage of its Status in its Created
	// range, and how long they had been in it.
	SumStays(ctx context.Context, q LeadQuery) ([]StaySum, error)
}

// LeadPart is a part of leads by which they are summed up.
type LeadPart string

// The parts.
const (
	PartTracker       LeadPart = "tracker"
	PartStatus        LeadPart = "status"
	PartReached       LeadPart = "reached"
	PartExpectedMonth LeadPart = "expected_month"
	PartClosedDay     LeadPart = "closed_day"
	PartClosedMonth   LeadPart = "closed_month"
	PartClosedYear    LeadPart = "closed_year"
	PartAssignee      LeadPart = "assignee"
	PartSource        LeadPart = "source"

	SumEntered LeadPart = "entered" // no part: it asks for EnteredSeconds, instead of the values
)

// LeadSum is of all leads that are alike in some parts. The others are empty.
type LeadSum struct {
	TrackerID    core.ID[Tracker]
	Status       string
	Reached      string
	Period       string // of a month, a day or a year: as much of YYYY-MM-DD
	AssignedToID core.UserID
	Source       string
	Currency     string // of Value; empty: they have none

	Leads          int64
	High, Low      int64 // of all values together in the currency's smallest unit, High million and Low
	EnteredSeconds int64 // where it is asked for: of all times together at which they came into their stage, since 1970
}

// minor is the sum of the values. It may be more than an int64 holds.
func (s LeadSum) minor() *big.Int {
	sum := new(big.Int).Mul(big.NewInt(s.High), big.NewInt(1_000_000))
	return sum.Add(sum, big.NewInt(s.Low))
}

// StaySum is of all times that leads have been in a stage and left it.
type StaySum struct {
	Status  string
	Moves   int64
	Seconds int64
}

// Sum is an exact amount of a currency that may have more digits than [core.Money].
type Sum struct {
	Amount   string `json:"amount"`   // a decimal such as 1250.00
	Currency string `json:"currency"` // ISO 4217
}

// newSum is so many of the currency's smallest unit.
func newSum(minor *big.Int, currency string) Sum {
	unit := core.Money{Minor: 1, Currency: currency}.Amount() // its decimals: 0.01
	decimals := max(0, len(unit)-2)
	digits := minor.String()
	if decimals == 0 {
		return Sum{digits, currency}
	}
	for len(digits) <= decimals {
		digits = "0" + digits
	}
	point := len(digits) - decimals
	return Sum{digits[:point] + "." + digits[point:], currency}
}
