package crm

import (
	"fmt"
	"maps"
	"slices"

	"github.com/clientele-crm/clientele/core"
)

// Tracker is a way of working on leads: the pipeline that they go through, and the fields that
// they have beside those of all leads. One that is not Active keeps its leads, and takes no new
// ones.
type Tracker struct {
	ID core.ID[Tracker] `json:"id"`
	TrackerDetails
	Active bool    `json:"active"` // whether it takes new leads
	Stages []Stage `json:"stages"` // the pipeline, in its order
	Fields []Field `json:"fields"` // in their order

	// Retired are the fields that were removed. What leads had in them can still be read.
	Retired []Field `json:"retired"`
	Stamp
}

// TrackerDetails is what a person may say of a tracker as a whole.
type TrackerDetails struct {
	Name        string     `json:"name"`        // 1 to 200 characters
	Description string     `json:"description"` // up to 4000 characters
	Assignment  Assignment `json:"assignment"`  // who gets its new leads
}

// NewTracker is what a person may say of a new tracker. Without stages it has those of
// [DefaultStages].
type NewTracker struct {
	TrackerDetails
	Stages []Stage    `json:"stages"` // up to 50
	Fields []NewField `json:"fields"` // up to 100
}

// Assignment is the rule by which new leads that nobody is named for are given to members.
type Assignment struct {
	Rule    AssignmentRule `json:"rule"`    // by_hand or round_robin
	Members []Assignee     `json:"members"` // whose turn it can be: up to 100
}

// Assignee is a member who takes leads by turns.
type Assignee struct {
	UserID core.UserID `json:"userId"` // who it is
	Weight int         `json:"weight"` // 1 to 100; 0: 1. One of weight 2 gets twice what one of weight 1 gets
}

// AssignmentRule is how new leads are given to members.
type AssignmentRule string

// The rules.
const (
	ByHand     AssignmentRule = "by_hand"     // nobody has a lead until it is given to them
	RoundRobin AssignmentRule = "round_robin" // by turns and weight, among the members who are active
)

// TrackerFilter says which trackers a list has. They are in the order of their names.
type TrackerFilter struct {
	Active *bool
}

// The events of a tracker. Its stages and fields are parts of it.
var (
	TrackerCreated = core.EventType[Tracker]{Name: "tracker.created", Kind: "tracker"}
	TrackerUpdated = core.EventType[Tracker]{Name: "tracker.updated", Kind: "tracker"}
	TrackerDeleted = core.EventType[Tracker]{Name: "tracker.deleted", Kind: "tracker"}
)

const maxAssignees = 100

// checkDetails brings the tracker as a whole into its canonical form.
func (t *TrackerDetails) checkDetails(f *core.Faults) {
	t.Name = f.Line("/name", t.Name, maxName)
	if t.Name == "" {
		f.Add("/name", "required", "a tracker has to have a name")
	}
	t.Description = f.Text("/description", t.Description, maxText)
	a := &t.Assignment
	switch a.Rule {
	case "":
		a.Rule = ByHand
	case ByHand, RoundRobin:
	default:
		f.Add("/assignment/rule", "enum", "has to be by_hand or round_robin")
	}
	if a.Rule == RoundRobin && len(a.Members) == 0 || len(a.Members) > maxAssignees {
		f.Add("/assignment/members", "items", fmt.Sprintf("has to have 1 to %d members", maxAssignees))
		return
	}
	members := make([]Assignee, len(a.Members)) // a slice of our own
	for i, m := range a.Members {
		at := fmt.Sprintf("/assignment/members/%d", i)
		if m.UserID.IsZero() {
			f.Add(at+"/userId", "required", "has to be there")
		} else if slices.ContainsFunc(members[:i], func(o Assignee) bool { return o.UserID == m.UserID }) {
			f.Add(at+"/userId", "unique", "is there twice")
		}
		if m.Weight == 0 {
			m.Weight = 1
		}
		if m.Weight < 1 || m.Weight > 100 {
			f.Add(at+"/weight", "range", "has to be from 1 to 100")
		}
		members[i] = m
	}
	a.Members = members
}

// checkRequired notes which fields stages require that are not there any more.
func (t *Tracker) checkRequired(f *core.Faults) {
	for _, s := range t.Stages {
		for _, name := range s.Requires {
			if !slices.Contains(requirable, name) && fieldNamed(t.Fields, name) == nil {
				f.Add("/fields", "required", fmt.Sprintf("the stage %s requires %s: take that from the stage first", s.Label, name))
			}
		}
	}
}

// Stage is the stage with the key, and whether there is one.
func (t *Tracker) Stage(key string) (Stage, bool) {
	if i := stageAt(t.Stages, key); i >= 0 {
		return t.Stages[i], true
	}
	return Stage{}, false
}

// fits reports whether the tracker has the stage of a lead and the fields of its values. It has those of each of its
// leads that is read after it.
func (t *Tracker) fits(l *Lead) bool {
	for name := range l.Values {
		if fieldNamed(t.Fields, name) == nil {
			return false
		}
	}
	return stageAt(t.Stages, l.Status) >= 0
}

// keys are those of the stages of a kind.
func (t *Tracker) keys(kind StageKind) (keys []string) {
	for _, s := range t.Stages {
		if s.Kind == kind {
			keys = append(keys, s.Key)
		}
	}
	return keys
}

// first is where leads begin.
func (t *Tracker) first() Stage {
	return t.Stages[slices.IndexFunc(t.Stages, func(s Stage) bool { return s.Kind == OpenStage })]
}

// further is the further of two stages along the pipeline: keys, of which a is where a lead has
// been and b where it comes to. Only open and won stages are along it.
func (t *Tracker) further(a, b string) string {
	to, _ := t.Stage(b)
	if to.Kind != OpenStage && to.Kind != WonStage || stageAt(t.Stages, b) <= stageAt(t.Stages, a) {
		return a
	}
	return b
}

// clone is a copy that shares nothing that is written to.
func (t Tracker) clone() Tracker {
	t.Assignment.Members = slices.Clone(t.Assignment.Members)
	t.Stages, t.Fields, t.Retired = slices.Clone(t.Stages), slices.Clone(t.Fields), slices.Clone(t.Retired)
	return t
}

func (v Values) clone() Values {
	if v == nil {
		return Values{}
	}
	return maps.Clone(v)
}
