package clientele_test

import (
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

// byAddress is how a contact is found by its address: the address in the index of addresses, and
// the contact by its id. None is found by running through a list of contacts.
var byAddress = map[string][]*regexp.Regexp{
	"sqlite": {
		regexp.MustCompile(`SEARCH (email|phone) USING (INDEX \S+|PRIMARY KEY) \(company_id=\? AND kind=\? AND address_key=\?\)`),
		regexp.MustCompile(`SEARCH c USING INDEX \S+ \(company_id=\? AND id=\?\)`),
	},
	"postgres": {
		regexp.MustCompile(`Index (Only )?Scan using crm_contact_addresses_\w+ on crm_contact_addresses`),
		regexp.MustCompile(`Index Scan using crm_contacts_pkey on crm_contacts c`),
	},
}

func TestAContactIsFoundByItsAddressInTheIndexOfAddresses(t *testing.T) {
	t.Parallel()
	for dialect, begins := range byAddress {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			p := &practice{heard: &statements{}}
			db := p.open(t, dialect, true)
			require.NoError(t, db.Migrate(t.Context()))
			w := newBenchWorld(t, db, 5000)
			ws := w.Workspace(w.scope)
			for _, f := range []crm.ContactFilter{{Email: "C42@example.org"}, {Phone: "+55 11 9 0000-0042"}, {Email: "c42@example.org", Sort: crm.ByCreatedDesc, Tag: "VIP"}} {
				p.heard.take()
				l, err := ws.Contacts.List(t.Context(), f, core.Page{})
				require.NoError(t, err)
				require.Len(t, l.Items, 1)
				require.Equal(t, "Contact 000042", l.Items[0].Name)
				texts := p.heard.take()
				text := texts[len(texts)-1] // before it, a phone asks for the company's country
				plan := p.plan(t, dialect, text)
				for _, step := range begins {
					require.Regexp(t, step, plan, text)
				}
				require.NotRegexp(t, `SCAN (c|email|phone|few)\b|Seq Scan on crm_contact`, plan, text)
			}
		})
	}
}
