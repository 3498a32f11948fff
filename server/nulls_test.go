package server_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/server"
)

// In every body of POST and PUT, null is as good as nothing at all, but for what is required: there it
// is refused at the field, as a PATCH refuses it of what cannot be cleared.
func TestNullIsNothingInEveryBody(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		company := w.newCompany("Ours", "eve")
		own := w.rowsOf(company)
		fields, tried := w.fieldsOfBodies(), 0
		for _, op := range server.Operations() {
			if op.Method != http.MethodPost && op.Method != http.MethodPut || len(fields[op.ID]) == 0 || op.Access.Level < server.Member {
				continue
			}
			for _, field := range fields[op.ID] {
				tried++
				odd := op
				odd.Example = withFields(t, op, map[string]any{field: nil, "noSuchField": 1}) // so it does nothing
				a := w.tryOperation(odd, company, map[string]string{"id": uuid.NewString()}, "As: eve")
				require.Equal(t, http.StatusUnprocessableEntity, a.StatusCode, "%s: %s", op.ID, a.text)
				pointers := pointersOf(t, a)
				require.Contains(t, pointers, "/noSuchField")
				require.Equal(t, slices.Contains(op.Required, field), slices.Contains(pointers, "/"+field), "%s with %s: %s", op.ID, field, a.text)
			}
			nothing := map[string]any{}
			for _, field := range fields[op.ID] {
				if !slices.Contains(op.Required, field) {
					nothing[field] = nil
				}
			}
			op.Example = withFields(t, op, nothing)
			a := w.tryOperation(op, company, own[collection(op)], "As: eve")
			require.Less(t, a.StatusCode, 500, "%s: %s", op.ID, a.text)
			require.NotEqual(t, http.StatusBadRequest, a.StatusCode, "%s: %s", op.ID, a.text)
			require.NotContains(t, a.text, `"rule":"type"`, op.ID)
		}
		require.Greater(t, tried, 100)
	})
}

// withFields is the example of an operation with other fields in it.
func withFields(t *testing.T, op server.Operation, fields map[string]any) map[string]any {
	body := map[string]any{}
	if op.Example != nil {
		example, err := json.Marshal(op.Example)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(example, &body), op.ID)
	}
	for name, value := range fields {
		body[name] = value
	}
	return body
}

// pointersOf are the fields that a problem names.
func pointersOf(t *testing.T, a answer) (pointers []string) {
	var p struct{ Errors []struct{ Pointer string } }
	require.NoError(t, json.Unmarshal([]byte(a.text), &p))
	for _, e := range p.Errors {
		pointers = append(pointers, e.Pointer)
	}
	return pointers
}

// samePointers has a row be set alone and by a bulk change: either is refused, at the same fields. Those of a
// row are named as in the row, those of the whole body as in the body.
func (w *world) samePointers(set map[string]any, of, id string) {
	w.t.Helper()
	alone := w.call("PATCH", "/api/v1/"+of+"/"+id, set)
	require.Equal(w.t, http.StatusUnprocessableEntity, alone.StatusCode, alone.text)
	want := pointersOf(w.t, alone)
	require.NotEmpty(w.t, want, alone.text)
	bulk := w.call("POST", "/api/v1/"+of+"/bulk", map[string]any{"ids": []string{id}, "set": set})
	if bulk.StatusCode == http.StatusUnprocessableEntity {
		for i := range want {
			want[i] = "/set" + want[i]
		}
		require.ElementsMatch(w.t, want, pointersOf(w.t, bulk), bulk.text)
		return
	}
	var items struct {
		Items []struct{ Problem json.RawMessage }
	}
	require.NoError(w.t, json.Unmarshal([]byte(bulk.text), &items), bulk.text)
	require.ElementsMatch(w.t, want, pointersOf(w.t, answer{text: string(items.Items[0].Problem)}), bulk.text)
}
