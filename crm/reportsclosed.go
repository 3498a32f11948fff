package crm

import (
	"context"
	"math/big"

	"github.com/clientele-crm/clientele/core"
)

// Grouping is what won and lost leads are counted by.
type Grouping string

// The groupings. Days, months and years are those of the company's time zone in which a lead was
// closed.
const (
	ByDay    Grouping = "day"
	ByMonth  Grouping = "month" // the default
	ByYear   Grouping = "year"
	ByOwner  Grouping = "owner"
	BySource Grouping = "source"
)

func (g Grouping) part() (LeadPart, bool) {
	part, ok := map[Grouping]LeadPart{
		"": PartClosedMonth, ByDay: PartClosedDay, ByMonth: PartClosedMonth, ByYear: PartClosedYear, ByOwner: PartAssignee, BySource: PartSource,
	}[g]
	return part, ok
}

// Closed is how many leads of a group were won and lost.
type Closed struct {
	Period       string      `json:"period,omitempty"`      // YYYY-MM-DD, YYYY-MM or YYYY
	AssignedToID core.UserID `json:"assignedToId,omitzero"` // whose leads, where they are grouped by owner; absent: nobody's
	Source       string      `json:"source,omitempty"`      // from where, where they are grouped by source

	Won        int64 `json:"won"`        // how many were won
	WonValues  []Sum `json:"wonValues"`  // what they are estimated at, by currency
	Lost       int64 `json:"lost"`       // how many were lost
	LostValues []Sum `json:"lostValues"` // what those are estimated at

	// WonPart is which part of those that were closed was won: from 0 to 1, to four digits.
	WonPart float64 `json:"wonPart"`
}

// Closed reports how many leads were won and lost, of those that are closed now.
func (s *Leads) Closed(ctx context.Context, f ReportFilter, by Grouping) ([]Closed, error) {
	part, ok := by.part()
	if !ok {
		return nil, core.Faults{{Field: "/by", Rule: "enum", Message: "has to be day, month, year, owner or source"}}.Err()
	}
	if f.ClosedFrom == "" {
		f.ClosedFrom = "0001-01-01" // closed at all
	}
	var kinds stagesByKey
	var sums []LeadSum
	err := s.report(ctx, func(tx Tx) (err error) {
		kinds, sums, err = tx.kindSums(ctx, f, "", PartTracker, PartStatus, part)
		return err
	})
	if err != nil {
		return nil, err
	}
	type group struct {
		Closed
		won, lost totals
	}
	groups := map[string]*group{}
	for _, sum := range sums {
		key := sum.Period + "/" + sum.AssignedToID.String() + "/" + sum.Source
		g := groups[key]
		if g == nil {
			g = &group{Closed{Period: sum.Period, AssignedToID: sum.AssignedToID, Source: sum.Source}, totals{}, totals{}}
			groups[key] = g
		}
		switch kinds.of(sum).Kind {
		case WonStage:
			g.Won += sum.Leads
			g.won.add(sum.Currency, sum.minor())
		case LostStage:
			g.Lost += sum.Leads
			g.lost.add(sum.Currency, sum.minor())
		}
	}
	rows := make([]Closed, 0, len(groups))
	for _, g := range groups {
		g.WonValues, g.LostValues = g.won.sums(), g.lost.sums()
		g.WonPart = part4(g.Won, g.Won+g.Lost)
		rows = append(rows, g.Closed)
	}
	return inOrder(rows, func(c Closed) string { return c.Period }, func(c Closed) string { return c.AssignedToID.String() },
		func(c Closed) string { return c.Source }), nil
}

// Expected is what open leads may bring in a month.
type Expected struct {
	Month    string `json:"month"`    // YYYY-MM of the expected close date; empty: those that say none
	Currency string `json:"currency"` // ISO 4217
	Leads    int64  `json:"leads"`    // how many have a value in it
	Value    Sum    `json:"value"`    // of all of them

	// Weighted is Value by the probability of each lead's stage, rounded half up to the smallest
	// unit of the currency.
	Weighted Sum `json:"weighted"`
}

// Forecast reports what open leads may bring, by month and currency. Leads without a value are in
// none.
func (s *Leads) Forecast(ctx context.Context, f ReportFilter) ([]Expected, error) {
	var kinds stagesByKey
	var sums []LeadSum
	err := s.report(ctx, func(tx Tx) (err error) {
		kinds, sums, err = tx.kindSums(ctx, f, OpenStage, PartTracker, PartStatus, PartExpectedMonth)
		return err
	})
	if err != nil {
		return nil, err
	}
	type key struct{ month, currency string }
	type group struct {
		leads           int64
		value, weighted *big.Int // weighted by percents
	}
	groups := map[key]*group{}
	for _, sum := range sums {
		if sum.Currency == "" || kinds.of(sum).Kind != OpenStage {
			continue
		}
		k := key{sum.Period, sum.Currency}
		if groups[k] == nil {
			groups[k] = &group{value: new(big.Int), weighted: new(big.Int)}
		}
		g, minor := groups[k], sum.minor()
		g.leads += sum.Leads
		g.value.Add(g.value, minor)
		g.weighted.Add(g.weighted, new(big.Int).Mul(minor, big.NewInt(int64(kinds.of(sum).Probability))))
	}
	rows := make([]Expected, 0, len(groups))
	for k, g := range groups {
		g.weighted.Add(g.weighted, big.NewInt(50)).Div(g.weighted, big.NewInt(100))
		rows = append(rows, Expected{
			Month: k.month, Currency: k.currency, Leads: g.leads, Value: newSum(g.value, k.currency), Weighted: newSum(g.weighted, k.currency),
		})
	}
	return inOrder(rows, func(e Expected) string { return e.Month }, func(e Expected) string { return e.Currency }), nil
}

// stagesByKey are the stages of several trackers.
type stagesByKey map[core.ID[Tracker]][]Stage

// of is the stage that the leads of a sum are in.
func (m stagesByKey) of(s LeadSum) Stage {
	if i := stageAt(m[s.TrackerID], s.Status); i >= 0 {
		return m[s.TrackerID][i]
	}
	return Stage{}
}

// kindSums are sums of the leads of one tracker or of all, with the stages that they are in. Of all trackers
// they are of every kind: to leave some out costs more than to sum them up.
func (tx Tx) kindSums(ctx context.Context, f ReportFilter, kind StageKind, by ...LeadPart) (stagesByKey, []LeadSum, error) {
	filter := f.leads()
	if kind != "" && !f.Tracker.IsZero() { // by the keys, which are in the index
		t, err := tx.Store.Tracker(ctx, f.Tracker)
		if err != nil {
			return nil, nil, asFault(err, "/trackerId", "no such tracker")
		}
		filter.Status = t.keys(kind)
	}
	q, err := filter.query(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	sums, err := tx.Store.SumLeads(ctx, q, by...)
	if err != nil {
		return nil, nil, err
	}
	stages := stagesByKey{}
	for _, sum := range sums {
		if stages[sum.TrackerID] != nil {
			continue
		}
		t, err := tx.Store.Tracker(ctx, sum.TrackerID)
		if err != nil {
			return nil, nil, err
		}
		stages[sum.TrackerID] = t.Stages
	}
	return stages, sums, nil
}
