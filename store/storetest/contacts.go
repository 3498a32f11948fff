package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/crm"
)

var contactContracts = []contract{
	{"Contacts/are read back as they were written", func(t *testing.T, w *world) {
		ada, err := w.ws().Contacts.Create(t.Context(), crm.NewContact{
			Name: "Ada Lovelace", Email: "Ada@Example.org", Phone: "(11) 91234-5678", Tags: []string{"VIP"},
		})
		require.NoError(t, err)
		got, err := w.ws().Contacts.Get(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Equal(t, ada, got)
		require.Equal(t, crm.Phone("+5511912345678"), got.Phone)
		require.Equal(t, "(11) 91234-5678", got.PhoneTyped)
	}},
	{"Contacts/of another company are not found", func(t *testing.T, w *world) {
		ada, err := w.theirs().Contacts.Create(t.Context(), crm.NewContact{Name: "Ada"})
		require.NoError(t, err)
		_, err = w.ws().Contacts.Get(t.Context(), ada.ID)
		require.ErrorIs(t, err, core.ErrNotFound)
	}},
}
