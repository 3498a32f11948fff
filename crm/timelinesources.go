package crm

import (
	"context"
	"strings"
	"unicode/utf8"

	"github.com/clientele-crm/clientele/core"
)

const byCreation = "-createdAt" // the order of the lists below

type noteSource struct{ work core.Work[Tx] }

func (s noteSource) Timeline(ctx context.Context, contact core.ID[Contact], p TimelinePage) (core.List[TimelineEntry], error) {
	l, err := s.work.Plain().Store.ListNotes(ctx, contact, p.Page(byCreation))
	return TimelineOf(l, err, func(n *Note) TimelineEntry {
		return TimelineEntry{Kind: "note", ID: n.ID.UUID, At: n.CreatedAt, ByID: n.CreatedByID, Title: headline(n.Content)}
	})
}

type activitySource struct{ work core.Work[Tx] }

func (s activitySource) Timeline(ctx context.Context, contact core.ID[Contact], p TimelinePage) (core.List[TimelineEntry], error) {
	l, err := s.work.Plain().Store.ListActivities(ctx, contact, ActivityFilter{}, p.Page(byCreation))
	return TimelineOf(l, err, func(a *Activity) TimelineEntry {
		state := "open"
		if a.IsCompleted {
			state = "done"
		}
		return TimelineEntry{Kind: "activity", ID: a.ID.UUID, At: a.CreatedAt, ByID: a.CreatedByID, Title: a.Title, State: state}
	})
}

// leadMoveSource tells of leads by how they came into their stages: of each, the first move made it.
type leadMoveSource struct{ work core.Work[Tx] }

func (s leadMoveSource) Timeline(ctx context.Context, contact core.ID[Contact], p TimelinePage) (core.List[TimelineEntry], error) {
	if permit(s.work, core.LeadsRead) != nil {
		return core.List[TimelineEntry]{}, nil
	}
	l, err := s.work.Plain().Store.MovesOf(ctx, contact, p.Page(byCreation))
	return TimelineOf(l, err, func(m *TitledMove) TimelineEntry {
		return TimelineEntry{
			Kind: "lead_move", ID: m.ID.UUID, At: m.CreatedAt, ByID: m.CreatedByID, Title: m.Title, State: m.To,
			Of: &core.Ref{Kind: "lead", ID: m.LeadID.UUID},
		}
	})
}

// consentSource tells of what the contact has agreed to, when it was said.
type consentSource struct{ work core.Work[Tx] }

func (s consentSource) Timeline(ctx context.Context, contact core.ID[Contact], p TimelinePage) (core.List[TimelineEntry], error) {
	l, err := s.work.Plain().Store.ListConsents(ctx, contact, p.Page("-givenAt"))
	return TimelineOf(l, err, func(c *Consent) TimelineEntry {
		state := "withdrawn"
		if c.Granted {
			state = "granted"
		}
		return TimelineEntry{Kind: "consent", ID: c.ID.UUID, At: c.GivenAt, ByID: c.CreatedByID, Title: string(c.Channel) + " " + string(c.Purpose), State: state}
	})
}

// mergeSource tells of who was merged into the contact, even if that was undone since. One that was
// merged into another tells of it only after that: until then its timeline is the other's.
type mergeSource struct {
	work core.Work[Tx]
	lost bool // of the merges that the contact lost
}

func (s mergeSource) Timeline(ctx context.Context, contact core.ID[Contact], p TimelinePage) (core.List[TimelineEntry], error) {
	if permit(s.work, core.ContactsMerge) != nil {
		return core.List[TimelineEntry]{}, nil
	}
	l, err := s.work.Plain().Store.MergesOf(ctx, contact, s.lost, p.Page(byCreation))
	return TimelineOf(l, err, func(m *NamedMerge) TimelineEntry {
		e := TimelineEntry{
			Kind: "merge", ID: m.ID.UUID, At: m.CreatedAt, ByID: m.CreatedByID, Title: m.Name, State: "merged",
			Of: &core.Ref{Kind: "contact", ID: m.OtherID.UUID},
		}
		if m.Undone {
			e.State = "undone"
		}
		return e
	})
}

// maxHeadline is how much of a text stands in a timeline, in characters.
const maxHeadline = 200

// headline is the beginning of a text's first line.
func headline(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if utf8.RuneCountInString(line) <= maxHeadline {
		return strings.TrimSpace(line)
	}
	return strings.TrimSpace(string([]rune(line)[:maxHeadline-1])) + "…"
}
