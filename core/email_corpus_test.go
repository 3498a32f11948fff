package core_test

import (
	"encoding/json"
	"encoding/xml"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/clientele-crm/clientele/core"
)

// The reasons for which a verdict of ParseEmail differs from a corpus's, as docs/email.md
// explains them.
const (
	quoted    = "quoted string"
	literal   = "address literal"
	dotless   = "domain without a dot"
	numeric   = "numeric top-level domain"
	trimmed   = "white space around it"
	invisible = "invisible character"
)

// isemailDifferences are those from the corpus of isemail, by the number of the test. It
// calls valid what SMTP can carry: its categories VALID, DNSWARN and RFC5321.
var isemailDifferences = byReason(map[string][]int{
	dotless: {5, 166},
	numeric: {23, 24},
	quoted:  {42, 43, 45, 46, 48, 55},
	literal: {61, 68, 72, 75, 77, 79, 81},
	trimmed: {
		88, 89, 99, 127, 128, 132, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150,
		151, 152, 153, 154, 155, 156, 157, 158,
	},
})

// schemaDifferences are those from the corpus of JSON Schema, by the test's description.
var schemaDifferences = byReason(map[string][]string{
	quoted: {
		"a quoted string with a space in the local part is valid",
		"a quoted string with a double dot in the local part is valid",
		"a quoted string with a @ in the local part is valid",
		"a non-ASCII quoted local part is valid",
	},
	literal: {
		"an IPv4-address-literal after the @ is valid",
		"an IPv6-address-literal after the @ is valid",
	},
	invisible: {
		"a C1 control in the local part is valid",
		"a noncharacter in the local part is valid",
	},
})

func byReason[T comparable](reasons map[string][]T) map[T]string {
	byTest := map[T]string{}
	for reason, tests := range reasons {
		for _, test := range tests {
			byTest[test] = reason
		}
	}
	return byTest
}

func TestParseEmailAgainstIsemail(t *testing.T) {
	t.Parallel()
	var corpus struct {
		Tests []struct {
			ID       int    `xml:"id,attr"`
			Address  string `xml:"address"`
			Category string `xml:"category"`
		} `xml:"test"`
	}
	require.NoError(t, xml.Unmarshal(publicFile(t, "isemail-tests.xml"), &corpus))
	require.NotEmpty(t, corpus.Tests)
	valid := []string{"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN", "ISEMAIL_RFC5321"}
	for _, test := range corpus.Tests {
		address := strings.Map(func(r rune) rune {
			if 0x2400 <= r && r < 0x2420 { // the corpus writes a control character as its symbol
				r -= 0x2400
			}
			return r
		}, test.Address)
		_, err := core.ParseEmail(address)
		differs := slices.Contains(valid, test.Category) != (err == nil)
		require.Equal(t, isemailDifferences[test.ID] != "", differs, "test %d, %q: %v", test.ID, address, err)
	}
}

func TestParseEmailAgainstJSONSchema(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"json-schema-email.json", "json-schema-idn-email.json"} {
		var groups []struct {
			Tests []struct {
				Description string
				Data        any
				Valid       bool
			}
		}
		require.NoError(t, json.Unmarshal(publicFile(t, name), &groups))
		for _, group := range groups {
			for _, test := range group.Tests {
				address, ok := test.Data.(string)
				if !ok {
					continue // a schema of formats ignores what is no text
				}
				_, err := core.ParseEmail(address)
				require.Equal(t, schemaDifferences[test.Description] != "", test.Valid != (err == nil), "%s: %s: %v", name, test.Description, err)
			}
		}
	}
}

// publicFile reads a file of the public test data, which is no part of this project.
func publicFile(t *testing.T, name string) []byte {
	folder := os.Getenv("CLIENTELE_TEST_DATA")
	if folder == "" {
		folder = filepath.Join("..", "..", "shared", "data")
	}
	text, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Skip("the public test data is not here: set CLIENTELE_TEST_DATA")
	}
	return text
}
