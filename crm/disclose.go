package crm

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"

	"github.com/clientele-crm/clientele/core"
)

// Record is one thing that is kept of a person.
type Record struct {
	Kind   string `json:"kind"`   // what is alike has the same: "contacts", "notes", "appointments", "audit", …
	Record any    `json:"record"` // as the API answers it elsewhere
}

// Disclose tells of all that any package keeps of a person, deleted or not: the contact and what
// hangs on it, what the other packages have, and the entries of the audit about them. It needs
// [core.ContactsDisclose], which lets one see all of that whatever else one may see; the
// contact has to be one that the actor sees. An error of tell ends it.
//
// All of it is as it was at one instant: a merge meanwhile takes nothing out of it. Until it ends it has a connection
// of the database, so tell waits for nobody, and asks the database for nothing where there is but one.
func (s *Privacy) Disclose(ctx context.Context, id core.ID[Contact], tell func(Record) error) error {
	if err := permit(s.work, core.ContactsDisclose); err != nil {
		return err
	}
	return s.work.Snapshot(ctx, func(tx Tx) error {
		c, err := survivor(ctx, tx, id)
		if err != nil {
			return err
		}
		tx.Store = tx.Everyones() // what hangs on the contact may be somebody else's
		p, err := tx.person(ctx, c)
		if err != nil {
			return err
		}
		return tx.discloseAll(ctx, p, func(kind string, record any) error { return tell(Record{kind, record}) })
	})
}

// discloseAll tells of all that is kept of a person.
func (tx Tx) discloseAll(ctx context.Context, p Person, record func(kind string, record any) error) error {
	for _, id := range p.Contacts {
		if err := tx.disclose(ctx, id, record); err != nil {
			return err
		}
	}
	for _, other := range tx.Personal {
		if err := other.Disclose(ctx, p, record); err != nil {
			return err
		}
	}
	return each(ctx, func(ctx context.Context, page core.Page) (core.List[core.AuditEntry], error) {
		return tx.Store.ListTraces(ctx, p, page)
	}, "audit", record)
}

// MayDisclose is nil if [Privacy.Disclose] would tell of the contact.
func (s *Privacy) MayDisclose(ctx context.Context, id core.ID[Contact]) error {
	if err := permit(s.work, core.ContactsDisclose); err != nil {
		return err
	}
	_, err := s.work.Plain().Store.Contact(ctx, id)
	return err
}

// disclose tells of a contact and what hangs on it.
func (tx Tx) disclose(ctx context.Context, id core.ID[Contact], tell func(string, any) error) error {
	c, err := tx.Store.Contact(ctx, id)
	if err != nil {
		return err
	}
	if err := tell("contacts", c); err != nil {
		return err
	}
	return errors.Join(
		each(ctx, func(ctx context.Context, p core.Page) (core.List[Note], error) { return tx.Store.ListNotes(ctx, id, p) }, "notes", tell),
		each(ctx, func(ctx context.Context, p core.Page) (core.List[Activity], error) {
			return tx.Store.ListActivities(ctx, id, ActivityFilter{}, p)
		}, "activities", tell),
		each(ctx, func(ctx context.Context, p core.Page) (core.List[SocialLink], error) {
			return tx.Store.ListSocialLinks(ctx, id, p)
		}, "socialLinks", tell),
		each(ctx, func(ctx context.Context, p core.Page) (core.List[Consent], error) {
			return tx.Store.ListConsents(ctx, id, p)
		}, "consents", tell),
		tx.discloseLeads(ctx, id, tell),
		tx.discloseMerges(ctx, id, tell),
	)
}

// discloseMerges tells of what was merged into a contact. One that was undone is about two people.
func (tx Tx) discloseMerges(ctx context.Context, id core.ID[Contact], tell func(string, any) error) error {
	return each(ctx, func(ctx context.Context, p core.Page) (core.List[Merge], error) {
		return tx.Store.ListMerges(ctx, MergeFilter{Contact: id}, p)
	}, "merges", func(kind string, record any) error {
		if m := record.(Merge); m.SurvivorID != id || m.UndoneAt != nil {
			return nil
		}
		return tell(kind, record)
	})
}

// discloseLeads tells of the leads of a contact, with their notes and moves.
func (tx Tx) discloseLeads(ctx context.Context, id core.ID[Contact], tell func(string, any) error) error {
	q := LeadQuery{LeadFilter: LeadFilter{Contact: id, Sort: LeadsOldest}}
	return each(ctx, func(ctx context.Context, p core.Page) (core.List[Lead], error) { return tx.Store.ListLeads(ctx, q, p) }, "leads", func(kind string, record any) error {
		if err := tell(kind, record); err != nil {
			return err
		}
		lead := record.(Lead).ID
		return errors.Join(
			each(ctx, func(ctx context.Context, p core.Page) (core.List[LeadNote], error) {
				return tx.Store.ListLeadNotes(ctx, lead, p)
			}, "leadNotes", tell),
			each(ctx, func(ctx context.Context, p core.Page) (core.List[LeadMove], error) {
				return tx.Store.ListLeadMoves(ctx, lead, p)
			}, "leadMoves", tell),
		)
	})
}

// each tells of each row of a list.
func each[T any](ctx context.Context, fetch func(context.Context, core.Page) (core.List[T], error), kind string, tell func(string, any) error) error {
	for row, err := range core.All(ctx, fetch) {
		if err != nil {
			return err
		}
		if err := tell(kind, row); err != nil {
			return err
		}
	}
	return nil
}

// DiscloseFormat is how a disclosure is written.
type DiscloseFormat string

// The formats of a disclosure. Only JSON has all of it; the others have the contact itself, to be
// taken along to another program.
const (
	DiscloseJSON  DiscloseFormat = "json" // {"records": […]}, each a [Record]
	DiscloseCSV   DiscloseFormat = "csv"
	DiscloseVCard DiscloseFormat = "vcard"
)

// WriteDisclosure writes what [Privacy.Disclose] tells of. All of the JSON is read before any is written, so w may be
// slow; what is more than a megabyte lies in a temporary file meanwhile.
func (s *Privacy) WriteDisclosure(ctx context.Context, id core.ID[Contact], format DiscloseFormat, w io.Writer) error {
	if format == DiscloseJSON {
		return s.discloseJSON(ctx, id, w)
	}
	exporter := exporters[ExportFormat(format)]
	if exporter == nil {
		return core.Faults{{Field: "/format", Rule: "enum", Message: "has to be json, csv or vcard"}}.Err()
	}
	if err := s.MayDisclose(ctx, id); err != nil {
		return err
	}
	tx := s.work.Plain()
	c, err := survivor(ctx, tx, id)
	if err != nil {
		return err
	}
	e := Export{tx: tx, categories: map[core.ID[Category]]string{}}
	named, err := e.named(ctx, []Contact{c})
	if err != nil {
		return err
	}
	out := bufio.NewWriter(w)
	to := exporter(out)
	return errors.Join(to.write(&named[0]), to.flush(), out.Flush())
}

// discloseJSON has read all before it writes any of it: whoever reads it is waited for without a connection.
func (s *Privacy) discloseJSON(ctx context.Context, id core.ID[Contact], w io.Writer) error {
	var all spool
	defer all.close()
	out := bufio.NewWriter(&all)
	begin := `{"records":[`
	err := s.Disclose(ctx, id, func(r Record) error {
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, _ = out.WriteString(begin) // an error comes again
		begin = ",\n"
		_, err = out.Write(text)
		return err
	})
	if err != nil {
		return err
	}
	_, _ = out.WriteString("]}\n") // likewise
	if err := out.Flush(); err != nil {
		return err
	}
	return all.send(w)
}
