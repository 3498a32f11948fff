package assessment

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"

	"github.com/clientele-crm/clientele/core"
)

// Parse reads a definition of at most 1 MiB of JSON. It does not validate: [Validate] does. What is
// no JSON, has a field twice or is nested deeply is [core.ErrInvalid] with the place of the first such;
// unknown fields and values of other types are, with a JSON pointer and a reason for each, up to a
// hundred.
func Parse(data []byte) (Definition, error) {
	var d Definition
	err := parse(data, &d, "")
	return d, err
}

// ParseScoring reads a scoring document as [Parse] does a definition.
func ParseScoring(data []byte) (Scoring, error) {
	var s Scoring
	err := parse(data, &s, scoringAt)
	return s, err
}

func parse(data []byte, into any, pointer string) error {
	if len(data) > maxDefinition {
		return malformed("is larger than 1 MiB")
	}
	if err := checkTokens(data); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return malformed("is not JSON: " + err.Error())
	}
	var f faults
	shape(&f, pointer, reflect.TypeOf(into), value)
	if err := f.Err(); err != nil {
		return err
	}
	if err := json.Unmarshal(data, into); err != nil {
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
				return malformed(fmt.Sprintf("has the field %.64q twice, up to byte %d", name, decoder.InputOffset()))
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
			return malformed(fmt.Sprintf("is nested too deeply at byte %d", decoder.InputOffset()))
		}
		isName = len(open) > 0 && open[len(open)-1] != nil
		if len(open) == 0 && decoder.More() {
			return malformed("has something behind its end")
		}
	}
}
