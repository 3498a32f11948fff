package core

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestATenantIsBroughtIntoItsCanonicalForm(t *testing.T) {
	t.Parallel()
	id := CompanyID{UUID: uuid.New()}
	got, err := Tenant{ID: id, Name: " Acme ", Country: "br", ContactPolicy: []string{"type", "email", "type"}}.Checked()
	require.NoError(t, err)
	require.Equal(t, Tenant{ID: id, Name: "Acme", Country: "BR", Timezone: "UTC", Currency: "USD", ContactPolicy: []string{"email", "type"}}, got)
	got, err = Tenant{ID: id, Name: "Acme"}.Checked()
	require.NoError(t, err)
	require.Equal(t, DefaultContactPolicy(), got.ContactPolicy)
	got, err = Tenant{ID: id, Name: "Acme", ContactPolicy: []string{}}.Checked()
	require.NoError(t, err)
	require.Equal(t, []string{}, got.ContactPolicy, "one that asks for nothing is no default")
}

func TestATenantSaysAllThatIsWrong(t *testing.T) {
	t.Parallel()
	_, err := Tenant{Country: "Brazil", Timezone: "Local", Currency: "R$", ContactPolicy: []string{"e-mail"}}.Checked()
	var invalid *Error
	require.ErrorAs(t, err, &invalid)
	require.ErrorIs(t, err, ErrInvalid)
	var fields []string
	for _, f := range invalid.Fields {
		fields = append(fields, f.Field)
	}
	require.Equal(t, []string{"/id", "/name", "/country", "/timezone", "/currency", "/contactPolicy"}, fields)
}
