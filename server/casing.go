package server

import (
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/clientele-crm/clientele/core"
)

// misspelt refuses fields whose names differ from those of the schema in case alone. Both huma
// and encoding/json take them for the same; a merge patch would not, and leave them out.
func (r *schemas) misspelt(s *huma.Schema, body []byte) error {
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return nil // huma has said so already
	}
	var f core.Faults
	r.spelling(&f, s, v, "")
	return f.Err()
}

func (r *schemas) spelling(f *core.Faults, s *huma.Schema, v any, at string) {
	for s != nil && s.Ref != "" {
		s = r.SchemaFromRef(s.Ref)
	}
	if s == nil {
		return
	}
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			r.spelling(f, s.Items, item, at+"/"+strconv.Itoa(i))
		}
	case map[string]any:
		open, closed := s.AdditionalProperties.(bool)
		for name, value := range v {
			p := s.Properties[name]
			if p == nil && closed && !open {
				f.Add(at+"/"+escape(name), "unknown_field", "there is no such field")
			}
			r.spelling(f, p, value, at+"/"+escape(name))
		}
	}
}
