package crm

import (
	"cmp"
	"context"
	"maps"
	"math"
	"math/big"
	"slices"
	"time"

	"github.com/clientele-crm/clientele/core"
)

// ReportFilter says which leads a report is about: all that the actor sees, unless it says less.
// Several conditions are met all at once.
type ReportFilter struct {
	Tracker    core.ID[Tracker] // the funnel and the stays need it
	AssignedTo core.UserID
	Source     string

	CreatedFrom, CreatedBefore time.Time // half-open; the zero time is no bound. For the stays, when a stage was left
	ClosedFrom, ClosedBefore   Date      // likewise, for those that are won or lost
	ExpectedFrom               Date      // for the forecast; leads without a date are left out then
	ExpectedBefore             Date
}

func (f ReportFilter) leads() LeadFilter {
	return LeadFilter{
		Tracker: f.Tracker, AssignedTo: f.AssignedTo, Source: f.Source,
		CreatedFrom: f.CreatedFrom, CreatedBefore: f.CreatedBefore, ClosedFrom: f.ClosedFrom, ClosedBefore: f.ClosedBefore,
		ExpectedFrom: f.ExpectedFrom, ExpectedBefore: f.ExpectedBefore,
	}
}

// Funnel is how far the leads of a tracker have come.
type Funnel struct {
	Stages []FunnelStage `json:"stages"` // in the order of the pipeline
}

// FunnelStage is a stage of a funnel.
type FunnelStage struct {
	Key   string    `json:"key"`   // of the stage
	Label string    `json:"label"` // how people call it
	Kind  StageKind `json:"kind"`  // what it means for a lead to be there

	Leads  int64 `json:"leads"`  // how many are in it now
	Values []Sum `json:"values"` // what those are estimated at, by currency

	// Reached is how many have come so far along the open and won stages, or further. A stage of
	// another kind is not on the way, and has none.
	Reached int64 `json:"reached"`

	// Conversion is which part of those that came so far has come further, or is won: from 0 to 1,
	// to four digits. Absent where none came, and behind the last stage.
	Conversion *float64 `json:"conversion,omitzero"`
}

// Funnel reports how far the leads of a tracker have come. The stages along the way are the open
// and won ones, in their order.
func (s *Leads) Funnel(ctx context.Context, f ReportFilter) (Funnel, error) {
	var tracker Tracker
	var sums []LeadSum
	err := s.report(ctx, func(tx Tx) (err error) {
		tracker, sums, err = tx.sums(ctx, f, PartStatus, PartReached)
		return err
	})
	if err != nil {
		return Funnel{}, err
	}
	report := Funnel{Stages: make([]FunnelStage, len(tracker.Stages))}
	values := make([]totals, len(tracker.Stages))
	for i, stage := range tracker.Stages {
		report.Stages[i] = FunnelStage{Key: stage.Key, Label: stage.Label, Kind: stage.Kind}
		values[i] = totals{}
	}
	for _, sum := range sums {
		at := stageAt(tracker.Stages, sum.Status)
		if at < 0 {
			continue // of a transaction of the caller's, during which the tracker was changed
		}
		report.Stages[at].Leads += sum.Leads
		values[at].add(sum.Currency, sum.minor())
		for i := range report.Stages[:stageAt(tracker.Stages, tracker.further(sum.Reached, sum.Status))+1] {
			if kind := report.Stages[i].Kind; kind == OpenStage || kind == WonStage {
				report.Stages[i].Reached += sum.Leads
			}
		}
	}
	for i := range report.Stages {
		report.Stages[i].Values = values[i].sums()
	}
	report.convert()
	return report, nil
}

// convert says which part of each stage came to the next along the way.
func (r Funnel) convert() {
	var before *FunnelStage
	for i := range r.Stages {
		s := &r.Stages[i]
		if s.Kind != OpenStage && s.Kind != WonStage {
			continue
		}
		if before != nil && before.Reached > 0 {
			part := part4(s.Reached, before.Reached)
			before.Conversion = &part
		}
		before = s
	}
}

// part4 is which part of a whole it is, to four digits; 0 of nothing.
func part4(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return math.Round(float64(part)/float64(whole)*1e4) / 1e4
}

// totals are amounts by currency.
type totals map[string]*big.Int

func (t totals) add(currency string, minor *big.Int) {
	if currency == "" {
		return
	}
	if t[currency] == nil {
		t[currency] = new(big.Int)
	}
	t[currency].Add(t[currency], minor)
}

// sums are the amounts in the order of the currencies; never nil.
func (t totals) sums() []Sum {
	list := make([]Sum, 0, len(t))
	for _, currency := range slices.Sorted(maps.Keys(t)) {
		list = append(list, newSum(t[currency], currency))
	}
	return list
}

// Stay is how long leads are in a stage.
type Stay struct {
	Key   string `json:"key"`   // of the stage
	Label string `json:"label"` // how people call it

	Left           int64 `json:"left"`           // how often a lead left it
	AverageSeconds int64 `json:"averageSeconds"` // how long those had been there; 0 where none left

	There             int64 `json:"there"`             // how many are there now
	ThereSoFarSeconds int64 `json:"thereSoFarSeconds"` // how long those have been there so far, on average
}

// Stays reports how long the leads of a tracker are in each stage.
func (s *Leads) Stays(ctx context.Context, f ReportFilter) ([]Stay, error) {
	there := f
	there.CreatedFrom, there.CreatedBefore = time.Time{}, time.Time{}
	var tracker Tracker
	var sums []LeadSum
	var left []StaySum
	err := s.report(ctx, func(tx Tx) (err error) {
		if tracker, sums, err = tx.sums(ctx, there, PartStatus, SumEntered); err == nil {
			left, err = tx.stays(ctx, f, tracker)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return staysOf(tracker, sums, left, s.work.Plain().Env.Time().Unix()), nil
}

// stays reads how long leads of the tracker have been in its stages that they left.
func (tx Tx) stays(ctx context.Context, f ReportFilter, t Tracker) ([]StaySum, error) {
	leaving := f.leads()
	for _, stage := range t.Stages {
		leaving.Status = append(leaving.Status, stage.Key)
	}
	q, err := leaving.query(ctx, tx)
	if err != nil {
		return nil, err
	}
	return tx.Store.SumStays(ctx, q)
}

func staysOf(tracker Tracker, sums []LeadSum, left []StaySum, now int64) []Stay {
	stays := make([]Stay, len(tracker.Stages))
	for i, stage := range tracker.Stages {
		stays[i] = Stay{Key: stage.Key, Label: stage.Label}
		var entered int64
		for _, sum := range sums {
			if sum.Status == stage.Key {
				stays[i].There += sum.Leads
				entered += sum.EnteredSeconds
			}
		}
		if stays[i].There > 0 {
			stays[i].ThereSoFarSeconds = max(0, now-entered/stays[i].There)
		}
		for _, sum := range left {
			if sum.Status == stage.Key {
				stays[i].Left, stays[i].AverageSeconds = sum.Moves, sum.Seconds/max(1, sum.Moves)
			}
		}
	}
	return stays
}

// report reads what a report is made of, all at one instant.
func (s *Leads) report(ctx context.Context, read func(Tx) error) error {
	if err := permit(s.work, core.ReportsRead); err != nil {
		return err
	}
	return s.work.Snapshot(ctx, read)
}

// sums reads the sums of the leads of a tracker, which the filter has to name.
func (tx Tx) sums(ctx context.Context, f ReportFilter, by ...LeadPart) (Tracker, []LeadSum, error) {
	if f.Tracker.IsZero() {
		return Tracker{}, nil, core.Faults{{Field: "/trackerId", Rule: "required", Message: "this report is of a tracker: say which"}}.Err()
	}
	tracker, err := tx.Store.Tracker(ctx, f.Tracker)
	if err != nil {
		return Tracker{}, nil, asFault(err, "/trackerId", "no such tracker")
	}
	q, err := f.leads().query(ctx, tx)
	if err != nil {
		return Tracker{}, nil, err
	}
	sums, err := tx.Store.SumLeads(ctx, q, by...)
	return tracker, sums, err
}

// inOrder sorts rows of a report by their texts, the first first.
func inOrder[T any](rows []T, texts ...func(T) string) []T {
	slices.SortFunc(rows, func(a, b T) int {
		for _, text := range texts {
			if c := cmp.Compare(text(a), text(b)); c != 0 {
				return c
			}
		}
		return 0
	})
	return rows
}
