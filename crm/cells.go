package crm

import (
	"encoding/csv"
	"encoding/json"
	"slices"
	"strings"
)

// What a contact has that is more than one text, and how a cell of CSV holds it. Exports
// write these forms and imports read them back.

// inert is a cell that no spreadsheet takes for a formula: an apostrophe stands before what
// one would run. A telephone number or another number may begin with a sign. [freed] takes it
// back.
func inert(cell string) string {
	if runs(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// freed is the cell that [inert] was given.
func freed(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && runs(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

// runs reports whether a spreadsheet would run a cell. The wide signs are those of East Asian
// keyboards, which spreadsheets take for the narrow ones.
func runs(cell string) bool {
	if cell == "" {
		return false
	}
	switch cell[0] {
	case '=', '@', '\t', '\r', '\n':
		return true
	case '+', '-':
		return strings.Trim(cell[1:], "0123456789 .()-") != ""
	}
	return cell[0] == '\xef' && (strings.HasPrefix(cell, "＝") || strings.HasPrefix(cell, "＋") || strings.HasPrefix(cell, "－") || strings.HasPrefix(cell, "＠"))
}

// joinTags is tags in one cell, between commas. A tag with a comma or a quote in it is quoted
// as a cell of CSV would be.
func joinTags(tags []string) string {
	switch len(tags) {
	case 0:
		return ""
	case 1:
		if !strings.ContainsAny(tags[0], `,"`) {
			return tags[0]
		}
	}
	var b strings.Builder
	for i, tag := range tags {
		if i > 0 {
			b.WriteByte(',')
		}
		if strings.ContainsAny(tag, `,"`) {
			tag = `"` + strings.ReplaceAll(tag, `"`, `""`) + `"`
		}
		b.WriteString(tag)
	}
	return b.String()
}

// splitTags is the inverse of joinTags. In a cell that is not so quoted every comma parts two
// tags.
func splitTags(cell string) []string {
	if strings.Contains(cell, `"`) {
		r := csv.NewReader(strings.NewReader(cell))
		r.TrimLeadingSpace = true
		if tags, err := r.Read(); err == nil {
			return tags
		}
	}
	return strings.Split(cell, ",")
}

// exportedAddress is one of a contact's other addresses in a cell, as JSON.
type exportedAddress struct {
	Kind  AddressKind `json:"kind"`
	Value string      `json:"value"`
	Label string      `json:"label,omitempty"`
}

// joinAddresses is addresses in one cell: a JSON array, since labels may have any sign.
func joinAddresses(list []Address) string {
	if len(list) == 0 {
		return ""
	}
	out := make([]exportedAddress, len(list))
	for i, a := range list {
		out[i] = exportedAddress{a.Kind, a.Value, a.Label}
	}
	text, err := json.Marshal(out)
	if err != nil { // three texts always encode
		panic(err)
	}
	return string(text)
}

// splitAddresses is the inverse of joinAddresses.
func splitAddresses(cell string) ([]Address, error) {
	var in []exportedAddress
	if err := json.Unmarshal([]byte(cell), &in); err != nil {
		return nil, err
	}
	list := make([]Address, len(in))
	for i, a := range in {
		list[i] = Address{Kind: a.Kind, Value: a.Value, Label: a.Label}
	}
	return slices.Clip(list), nil
}
