package crm

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clientele-crm/clientele/core"
)

// Stage is a step of a tracker's pipeline.
type Stage struct {
	Key   string    `json:"key"`   // 1 to 50 of a-z, 0-9 and _; it stays as long as the stage
	Label string    `json:"label"` // how people call it: 1 to 100 characters
	Kind  StageKind `json:"kind"`  // what it means for a lead to be there

	// Probability is how likely a lead that is here will be won: 0 to 100 percent. The forecast
	// weighs by it.
	Probability int `json:"probability"`

	// AllowedMoves are the keys of the stages that a lead may go to from here. Empty: any.
	AllowedMoves []string `json:"allowedMoves"`

	// Requires is what a lead has to have to come in: names of fields, or estimatedValue,
	// expectedCloseDate, description, assignedToId, lostReason.
	Requires []string `json:"requires"`
}

// StageKind is what a stage means.
type StageKind string

// The kinds of stages. A lead that is won or lost is closed.
const (
	OpenStage StageKind = "open"
	WonStage  StageKind = "won"
	LostStage StageKind = "lost"
	HoldStage StageKind = "hold" // it rests, and counts in no forecast
)

func (k StageKind) closed() bool { return k == WonStage || k == LostStage }

// DefaultStages is the pipeline of a tracker that is made without one.
func DefaultStages() []Stage {
	stages := []Stage{
		{Key: "new", Label: "New", Kind: OpenStage, Probability: 5},
		{Key: "contacted", Label: "Contacted", Kind: OpenStage, Probability: 10},
		{Key: "qualified", Label: "Qualified", Kind: OpenStage, Probability: 25},
		{Key: "proposal", Label: "Proposal", Kind: OpenStage, Probability: 50},
		{Key: "negotiation", Label: "Negotiation", Kind: OpenStage, Probability: 75},
		{Key: "closed_won", Label: "Closed won", Kind: WonStage, Probability: 100},
		{Key: "closed_lost", Label: "Closed lost", Kind: LostStage},
		{Key: "on_hold", Label: "On hold", Kind: HoldStage},
	}
	for i := range stages {
		stages[i].AllowedMoves, stages[i].Requires = []string{}, []string{}
	}
	return stages
}

// The limits of a tracker.
const (
	maxKey     = 50
	maxStages  = 50
	maxFields  = 100
	maxOptions = 200
)

// checkKey notes whether a text is no key of a stage or name of a field.
func checkKey(f *core.Faults, field, key string) {
	switch {
	case key == "":
		f.Add(field, "required", "has to be there")
	case len(key) > maxKey || strings.Trim(key, "abcdefghijklmnopqrstuvwxyz0123456789_") != "":
		f.Add(field, "key", "has to be of 1 to 50 of the characters a-z, 0-9 and _")
	}
}

// checkStages brings a pipeline into its canonical form, and notes what is wrong with it.
func checkStages(f *core.Faults, stages []Stage, fields []Field) {
	if len(stages) > maxStages {
		f.Add("/stages", "max_items", fmt.Sprintf("has more than %d stages", maxStages))
		return
	}
	seen := map[string]bool{}
	for i := range stages {
		seen[stages[i].Key] = seen[stages[i].Key] || slices.ContainsFunc(stages[:i], func(s Stage) bool { return s.Key == stages[i].Key })
	}
	for i := range stages {
		s, at := &stages[i], fmt.Sprintf("/stages/%d", i)
		checkKey(f, at+"/key", s.Key)
		if seen[s.Key] {
			f.Add(at+"/key", "unique", "another stage has this key")
		}
		s.check(f, at, stages, fields)
	}
	if !slices.ContainsFunc(stages, func(s Stage) bool { return s.Kind == OpenStage }) {
		f.Add("/stages", "open", "a pipeline has to have an open stage, where leads begin")
	}
}

func (s *Stage) check(f *core.Faults, at string, stages []Stage, fields []Field) {
	if s.Label = f.Line(at+"/label", s.Label, maxName/2); s.Label == "" {
		s.Label = s.Key
	}
	switch s.Kind {
	case "":
		s.Kind = OpenStage
	case OpenStage, WonStage, LostStage, HoldStage:
	default:
		f.Add(at+"/kind", "enum", "has to be open, won, lost or hold")
	}
	if s.Probability < 0 || s.Probability > 100 {
		f.Add(at+"/probability", "range", "has to be from 0 to 100")
	}
	s.AllowedMoves, s.Requires = distinct(s.AllowedMoves), distinct(s.Requires)
	for i, key := range s.AllowedMoves {
		if stageAt(stages, key) < 0 {
			f.Add(fmt.Sprintf("%s/allowedMoves/%d", at, i), "exists", "there is no such stage")
		}
	}
	for i, name := range s.Requires {
		if !slices.Contains(requirable, name) && fieldNamed(fields, name) == nil {
			f.Add(fmt.Sprintf("%s/requires/%d", at, i), "exists", "there is no such field")
		}
	}
}

// requirable are the parts of a lead, beside its tracker's fields, that a stage may require.
var requirable = []string{"estimatedValue", "expectedCloseDate", "description", "assignedToId", "lostReason"}

// distinct are the texts in their order, each once; never nil.
func distinct(texts []string) []string {
	kept := make([]string, 0, len(texts))
	for _, t := range texts {
		if !slices.Contains(kept, t) {
			kept = append(kept, t)
		}
	}
	return kept
}

// stageAt is where the stage with the key is, or -1.
func stageAt(stages []Stage, key string) int {
	return slices.IndexFunc(stages, func(s Stage) bool { return s.Key == key })
}
