package assessment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/clientele-crm/clientele/core"
)

// Parse reads a definition of at most 1 MiB of JSON, and refuses unknown and repeated fields
// and deep nesting. It does not validate: [Validate] does. The error is [core.ErrInvalid].
func Parse(data []byte) (Definition, error) {
	var d Definition
	err := parse(data, &d)
	return d, err
}

// ParseScoring reads a scoring document as [Parse] does a definition.
func ParseScoring(data []byte) (Scoring, error) {
	var s Scoring
	err := parse(data, &s)
	return s, err
}

func parse(data []byte, into any) error {
	if len(data) > maxDefinition {
		return malformed("is larger than 1 MiB")
	}
	if err := checkTokens(data); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return malformed(err.Error())
	}
	return nil
}

func malformed(message string) error {
	return &core.Error{Kind: core.ErrInvalid, Code: "malformed", Message: "the document " + message}
}

// checkTokens refuses what the decoder would let pass: a field twice, of which the last would
// count, and a second value behind the first. Nesting is bounded on the way.
func checkTokens(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var open []map[string]bool // the fields seen of each object that is open; nil for an array
	isName := false            // the next token is a field's name
	for {
		token, err := decoder.Token()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return malformed("is not JSON: " + err.Error())
		}
		if name, ok := token.(string); ok && isName {
			fields := open[len(open)-1]
			if fields[name] {
				return malformed(fmt.Sprintf("has the field %.64q twice", name))
			}
			fields[name], isName = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			open = append(open, map[string]bool{})
		case json.Delim('['):
			open = append(open, nil)
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > maxDepth {
			return malformed("is nested too deeply")
		}
		isName = len(open) > 0 && open[len(open)-1] != nil
		if len(open) == 0 && decoder.More() {
			return malformed("has something behind its end")
		}
	}
}
