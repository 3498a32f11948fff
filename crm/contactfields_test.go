package crm_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/crm"
)

// jsonNames are the names of a struct's fields, those of embedded structs among them.
func jsonNames(of reflect.Type) (names []string) {
	for f := range of.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			names = append(names, jsonNames(f.Type)...)
		case name != "-":
			names = append(names, name)
		}
	}
	return names
}

// A field of a contact or a lead that is added later can be filtered by, or somebody says why not.
func TestAFilterAsksOfEveryField(t *testing.T) {
	t.Parallel()
	others := map[string]string{
		"id": "one is read by it", "version": "it counts changes", "tags": "tag", "otherAddresses": "phone and email have them", "phoneTyped": "phone has it in every spelling",
		"deletedAt": "deleted contacts are another list", "mergedIntoId": "likewise",
		"values": "values. and the field's name", "oldValues": "they are found by search", "closedAt": "closedOn is its day",
	}
	asked := map[string]bool{}
	for _, f := range crm.ContactFields("BR") {
		asked["contact "+f.Name] = true
	}
	for _, f := range crm.LeadFields("BR") {
		asked["lead "+f.Name] = true
	}
	for _, name := range jsonNames(reflect.TypeFor[crm.Contact]()) {
		require.True(t, asked["contact "+name] || others[name] != "", "no filter asks of a contact's %s", name)
	}
	for _, name := range jsonNames(reflect.TypeFor[crm.Lead]()) {
		require.True(t, asked["lead "+name] || others[name] != "", "no filter asks of a lead's %s", name)
	}
}
