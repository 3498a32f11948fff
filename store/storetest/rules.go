package storetest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// ruleContracts are rules of crm that nothing else comes upon.
var ruleContracts = []contract{
	{"Trackers/name each who takes leads once, and fields within their order", func(t *testing.T, w *world) {
		ann := newUser()
		_, err := w.ws().Trackers.Create(t.Context(), crm.NewTracker{
			TrackerDetails: crm.TrackerDetails{Name: "x", Assignment: crm.Assignment{Rule: "odd", Members: []crm.Assignee{{}, {UserID: ann, Weight: 101}, {UserID: ann}}}},
			Fields:         []crm.NewField{{Name: "a", Type: crm.TextField, SortOrder: 1_000_001}},
		})
		require.ElementsMatch(t, []string{
			"/assignment/rule enum", "/assignment/members/0/userId required", "/assignment/members/1/weight range", "/assignment/members/2/userId unique",
			"/fields/0/sortOrder range",
		}, faults(t, err))
	}},
	{"Trackers/move the leads of stages that go to stages that stay", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		stages := append(crm.DefaultStages()[:3:3], crm.DefaultStages()[5:]...) // without proposal and negotiation
		_, err := d.PlanStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages, MoveTo: map[string]string{
			"new": "contacted", "nowhere": "contacted", "proposal": "negotiation",
		}})
		require.ElementsMatch(t, []string{"/moveTo/new stays", "/moveTo/nowhere exists", "/moveTo/proposal target"}, faults(t, err))
	}},
	{"Leads/come into a stage with all that it requires", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		all := []string{"estimatedValue", "expectedCloseDate", "description", "assignedToId", "lostReason", "budget"}
		stages := crm.DefaultStages()
		stages[6].Requires = all
		_, err := d.SetStages(t.Context(), d.tracker.ID, crm.StagesChange{Stages: stages})
		require.NoError(t, err)
		bare := d.lead(d.about(crm.LeadDetails{}))
		_, err = d.Move(t.Context(), bare.ID, crm.Move{To: stages[6].Key})
		require.ElementsMatch(t, []string{
			"/estimatedValue required", "/expectedCloseDate required", "/description required", "/assignedToId required", "/lostReason required", "/values/budget required",
		}, faults(t, err))
		whole := d.about(crm.LeadDetails{Description: "x", EstimatedValue: &core.Money{Minor: 1, Currency: "BRL"}, ExpectedCloseDate: "2030-01-31"})
		whole.AssignedToID = newUser()
		moved, err := d.Move(t.Context(), d.lead(whole).ID, crm.Move{To: stages[6].Key, LostReason: "dear", Values: crm.Values{"budget": crm.Text("1")}})
		require.NoError(t, err)
		require.Equal(t, "dear", moved.LostReason)
	}},
	{"Leads/have a reason for being lost only where they are", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		_, err := d.Create(t.Context(), d.about(crm.LeadDetails{LostReason: "dear"}))
		require.Equal(t, []string{"/lostReason lost"}, faults(t, err))
		l := d.lead(d.about(crm.LeadDetails{}))
		_, err = d.Update(t.Context(), l.ID, func(l *crm.Lead) error { l.LostReason = "dear"; return nil })
		require.Equal(t, []string{"/lostReason lost"}, faults(t, err))
		_, err = d.Move(t.Context(), l.ID, crm.Move{To: "closed_won", LostReason: "dear"})
		require.Equal(t, []string{"/lostReason lost"}, faults(t, err))
		lost, err := d.Move(t.Context(), l.ID, crm.Move{To: "closed_lost", LostReason: "dear"})
		require.NoError(t, err)
		again, err := d.Update(t.Context(), lost.ID, func(l *crm.Lead) error { l.LostReason = "late"; return nil })
		require.NoError(t, err)
		require.Equal(t, "late", again.LostReason)
		require.Empty(t, d.moved(again, "new").LostReason)
	}},
	{"Leads/are of nobody who was merged into another", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		other := w.contact(crm.NewContact{Name: "Other"})
		w.merge(d.ada, crm.NewMerge{LoserID: other.ID})
		_, err := d.Create(t.Context(), d.about(crm.LeadDetails{ContactID: other.ID}))
		require.Equal(t, []string{"/contactId merged"}, faults(t, err))
	}},
	{"Leads/are listed by conditions that can be met", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		for fault, f := range map[string]crm.LeadFilter{
			"/status max_items":     {Status: strings.Fields(strings.Repeat("new ", 51))},
			"/values/0/value value": {Tracker: d.tracker.ID, Values: []crm.ValueFilter{{Field: "budget", Op: crm.ValueThere, Value: "1"}}},
			"/trackerId exists":     {Tracker: core.NewID[crm.Tracker](core.Env{}), Values: []crm.ValueFilter{{Field: "budget", Op: crm.ValueThere}}},
			"/trackerId required":   {Sort: "values.budget"},
		} {
			_, err := d.List(t.Context(), f, core.Page{})
			require.Contains(t, faults(t, err), fault)
		}
	}},
	{"Leads/are given by turns many at a time", func(t *testing.T, w *world) {
		d := w.deals(core.System())
		one, two := d.lead(d.about(crm.LeadDetails{})), d.lead(d.about(crm.LeadDetails{}))
		members := d.turns(1, 1)
		rows, err := d.Bulk(t.Context(), []core.ID[crm.Lead]{one.ID, two.ID}, crm.BulkLeads{Assign: &crm.BulkAssign{ByRule: true}})
		require.NoError(t, err)
		require.NoError(t, rows[0].Err)
		require.Equal(t, []int{1, 1}, d.shares(members))
	}},
	{"Duplicates/are told apart, and no longer, by those alone who see both", func(t *testing.T, w *world) {
		ada, partner := w.contact(crm.NewContact{Name: "Ada"}), own(core.ContactsRead, core.ContactsWrite)
		mine, err := w.as(partner).Contacts.Create(t.Context(), crm.NewContact{Name: "Mine"})
		require.NoError(t, err)
		for _, other := range []core.ID[crm.Contact]{ada.ID, core.NewID[crm.Contact](core.Env{})} {
			require.ErrorIs(t, w.as(partner).Contacts.MarkDistinct(t.Context(), mine.ID, other), core.ErrNotFound)
			require.ErrorIs(t, w.as(partner).Contacts.UnmarkDistinct(t.Context(), mine.ID, other), core.ErrNotFound)
		}
		require.NoError(t, w.ws().Contacts.UnmarkDistinct(t.Context(), mine.ID, ada.ID), "nothing is noted of the two")
	}},
	{"Merges/take no more tags and notes than one contact may have", func(t *testing.T, w *world) {
		many := func(from int) (tags []string) {
			for i := range 30 {
				tags = append(tags, fmt.Sprint("t", from+i))
			}
			return tags
		}
		one, two := w.contact(crm.NewContact{Name: "One", Tags: many(0)}), w.contact(crm.NewContact{Name: "Two", Tags: many(30)})
		_, err := w.ws().Contacts.Merge(t.Context(), one.ID, crm.NewMerge{LoserID: two.ID})
		require.Equal(t, []string{"/tags max_items"}, faults(t, err))
		long := w.contact(crm.NewContact{Name: "Long", Notes: strings.Repeat("é", 3000)})
		longer := w.contact(crm.NewContact{Name: "Longer", Notes: strings.Repeat("x", 3000)})
		require.Equal(t, long.Notes, w.merge(long, crm.NewMerge{LoserID: longer.ID}).Now.Notes, "both do not fit: the rule says whose stay")
	}},
	{"Merges/that are undone leave every address that somebody has taken", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		other := w.contact(crm.NewContact{Name: "Adah", Email: "b@example.org", OtherAddresses: []crm.Address{
			{Kind: crm.EmailAddress, Value: "c@example.org"}, {Kind: crm.EmailAddress, Value: "d@example.org"},
		}})
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID})
		_, err := w.ws().Contacts.Update(t.Context(), ada.ID, func(c *crm.Contact) error { c.Email, c.OtherAddresses = "", nil; return nil })
		require.NoError(t, err)
		w.contact(crm.NewContact{Name: "Taker", Email: "b@example.org", OtherAddresses: []crm.Address{{Kind: crm.EmailAddress, Value: "c@example.org"}}})
		require.ElementsMatch(t, []crm.Kept{
			{ContactID: ada.ID, Field: "/email", Reason: "changed"},
			{ContactID: other.ID, Field: "/email", Reason: "taken"},
			{ContactID: other.ID, Field: "/otherAddresses/0", Reason: "taken"},
		}, w.undo(m).Kept)
		got, err := w.ws().Contacts.Get(t.Context(), other.ID)
		require.NoError(t, err)
		require.Empty(t, got.Email)
		require.Equal(t, []crm.Address{{Kind: crm.EmailAddress, Value: "d@example.org"}}, got.OtherAddresses)
	}},
	{"Merges/that are undone keep the category where the one before is gone", func(t *testing.T, w *world) {
		was, now := w.category("Was"), w.category("Now")
		ada, other := w.contact(crm.NewContact{Name: "Ada", CategoryID: was.ID}), w.contact(crm.NewContact{Name: "Adah", CategoryID: now.ID})
		m := w.merge(ada, crm.NewMerge{LoserID: other.ID, Rule: crm.OfLoser})
		require.NoError(t, w.ws().Categories.Delete(t.Context(), was.ID, core.ID[crm.Category]{}))
		require.Equal(t, []crm.Kept{{ContactID: ada.ID, Field: "/categoryId", Reason: "changed"}}, w.undo(m).Kept)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, now.ID, got.CategoryID)
	}},
	{"Imports/that are undone leave whose category is gone", func(t *testing.T, w *world) {
		was, _ := w.category("Was"), w.category("Now")
		ada := w.contact(crm.NewContact{Name: "Ada", CategoryID: was.ID})
		done, _ := w.imports(w.ws(), "id,category\n"+ada.ID.String()+",now\n", crm.ImportOptions{})
		require.NoError(t, w.ws().Categories.Delete(t.Context(), was.ID, core.ID[crm.Category]{}))
		r, err := w.ws().Contacts.RevertImport(t.Context(), done.ID)
		require.NoError(t, err)
		require.Equal(t, 1, r.Kept)
	}},
	{"Imports/are told by options that there are", func(t *testing.T, w *world) {
		w.inactive("Old")
		for fault, o := range map[string]crm.ImportOptions{
			"/defaults/category active": {Defaults: map[string]string{"category": "old"}},
			"/defaults/category exists": {Defaults: map[string]string{"category": "none"}},
			"/defaults/phone field":     {Defaults: map[string]string{"phone": "1"}},
			"/defaults/type enum":       {Defaults: map[string]string{"type": "boss"}},
			"/onMatch enum":             {OnMatch: "odd"},
			"/onNew enum":               {OnNew: "odd"},
			"/onDuplicate enum":         {OnDuplicate: "odd"},
			"/matchBy enum":             {MatchBy: []string{"name"}},
			"/clearBlanks enum":         {ClearBlanks: []string{"name"}},
			"/batchRows range":          {BatchRows: -1},
			"/country country":          {Country: "XX"},
			"/encoding enum":            {Encoding: "odd"},
		} {
			_, err := w.ws().Contacts.Import(t.Context(), strings.NewReader("name\nAda\n"), o)
			require.Equal(t, []string{fault}, faults(t, err))
		}
		_, plan := w.imports(w.ws(), "id,name\n"+w.contact(crm.NewContact{Name: "Ada"}).ID.String()+",Ada\n7,Eve\n", crm.ImportOptions{})
		require.Equal(t, "uuid", plan[1].Problems[0].Rule)
	}},
	{"Imports/say of each line of JSON why it is no contact, and keep the others", func(t *testing.T, w *world) {
		_, plan := w.imports(w.ws(), strings.Join([]string{
			`{"name": "Ada", "email": "ada@example.org", "more": 1}`, `{"name": 5}`, `{"name":`, `{"name": "Bob", "tags": "x"}`,
			`{"name": "Cyd", "otherAddresses": [{"kind": 7}]}`, `[1]`, `{"id": "7", "name": "Dan"}`, `{"name": "Eve"}`,
		}, "\n"), crm.ImportOptions{})
		var said []string
		for _, row := range plan {
			said = append(said, string(row.Action))
			for _, p := range row.Problems {
				said[len(said)-1] = strings.TrimPrefix(p.Message, "the row cannot be read: ")
			}
		}
		require.Equal(t, []string{
			"create", "name of a contact cannot be a number", "the line is not JSON", "tags of a contact cannot be a string",
			"otherAddresses.kind of a contact cannot be a number", "the line is not an object", "an id or a time of the contact is none", "create",
		}, said)
	}},
	{"Timeline/says what is done, and the beginning of what is long", func(t *testing.T, w *world) {
		ada := w.contact(crm.NewContact{Name: "Ada"})
		w.activity(ada.ID, crm.NewActivity{Type: crm.Call, Title: "Call", IsCompleted: true})
		_, err := w.ws().Notes.Create(t.Context(), ada.ID, crm.NewNote{Content: strings.Repeat("é", 201)})
		require.NoError(t, err)
		require.ElementsMatch(t, []string{"activity Call done", "note " + strings.Repeat("é", 199) + "… "}, lines(w.timeline(&w.ws().Timeline, ada.ID, 50)))
	}},
}
