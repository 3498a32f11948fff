package assessment

import _ "embed"

// Schema is the JSON Schema (2020-12) of a scoring document. What it cannot say, such as that
// an id exists, [Validate] does.
//
//go:embed scoring.schema.json
var Schema []byte
