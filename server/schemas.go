package server

import (
	"encoding"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.yaml.in/yaml/v3"

	"github.com/clientele-crm/clientele/assessment"
	"github.com/clientele-crm/clientele/core"
	"github.com/clientele-crm/clientele/core/filter"
	"github.com/clientele-crm/clientele/crm"
	"github.com/clientele-crm/clientele/identity"
	"github.com/clientele-crm/clientele/scheduling/slots"
)

// schemas is huma's registry of the document's schemas. It knows the words of package
// core, which cannot describe themselves, because core knows no HTTP.
type schemas struct {
	named map[string]*huma.Schema
	types map[string]reflect.Type
}

func newSchemas() *schemas {
	return &schemas{named: map[string]*huma.Schema{}, types: map[string]reflect.Type{}}
}

const schemaPrefix = "#/components/schemas/"

// known are the types whose JSON is not what their Go type looks like.
var known = map[reflect.Type]func() *huma.Schema{
	reflect.TypeFor[core.Email]():         text("An e-mail address; empty where there is none.", "ada@example.org"),
	reflect.TypeFor[crm.Phone]():          text("A telephone number: as people type it on the way in, E.164 on the way out.", "+5511912345678"),
	reflect.TypeFor[crm.ContactType]():    enum("", crm.Entrepreneur, crm.Employee),
	reflect.TypeFor[crm.AddressKind]():    enum(crm.PhoneAddress, crm.EmailAddress),
	reflect.TypeFor[crm.ActivityType]():   enum(crm.Reminder, crm.Todo, crm.Meeting, crm.Call, crm.EmailActivity, crm.OtherActivity),
	reflect.TypeFor[crm.Platform]():       enum(crm.Facebook, crm.LinkedIn, crm.Instagram, crm.Twitter, crm.YouTube, crm.OtherPlatform),
	reflect.TypeFor[crm.Date]():           text("A day of the calendar, YYYY-MM-DD; empty where there is none.", "2030-01-31"),
	reflect.TypeFor[crm.FieldValue]():     fieldValue,
	reflect.TypeFor[crm.StageKind]():      enum("", crm.OpenStage, crm.WonStage, crm.LostStage, crm.HoldStage),
	reflect.TypeFor[crm.FieldType]():      enum(crm.TextField, crm.NumberField, crm.EmailField, crm.PhoneField, crm.DateField, crm.SelectField, crm.MultiSelectField, crm.TextareaField, crm.BooleanField),
	reflect.TypeFor[crm.AssignmentRule](): enum("", crm.ByHand, crm.RoundRobin),
	reflect.TypeFor[slots.Clock]():        text("A time of day, from 00:00 to 24:00.", "09:30"),
	reflect.TypeFor[slots.Date]():         text("A day of the calendar; empty where there is none.", "2030-01-31"),
	reflect.TypeFor[slots.Anchor]():       enum(slots.AtWindow, slots.AtHour, slots.Packed),
	reflect.TypeFor[slots.Policy]():       enum(slots.Sum, slots.Max),
	reflect.TypeFor[slots.Assignment]():   enum(slots.AnyMember, slots.RoundRobin, slots.Collective),
	reflect.TypeFor[slots.Period]():       enum(slots.PerDay, slots.PerWeek, slots.PerMonth),
	reflect.TypeFor[core.Permission]():    permission,
	reflect.TypeFor[core.Permissions]():   permissions,
	reflect.TypeFor[identity.Secret]():    func() *huma.Schema { return &huma.Schema{Type: huma.TypeString, Format: "password"} },
	reflect.TypeFor[identity.Builtin]():   enum(append(identity.Builtins(), "")...),
	reflect.TypeFor[core.Money]():         money,
	reflect.TypeFor[filter.Filter]():      filterSchema,

	reflect.TypeFor[assessment.Number]():       number,
	reflect.TypeFor[assessment.ItemScore]():    itemScore,
	reflect.TypeFor[assessment.Percent]():      func() *huma.Schema { return &huma.Schema{Type: huma.TypeNumber, Examples: []any{66.67}} },
	reflect.TypeFor[assessment.Condition]():    condition,
	reflect.TypeFor[assessment.Kind]():         enum(assessment.Assessment, assessment.Questionnaire),
	reflect.TypeFor[assessment.Trait]():        enum(append(assessment.Traits(), "")...),
	reflect.TypeFor[assessment.AskWho]():       enum("", assessment.AskNot, assessment.AskOptional, assessment.AskRequired),
	reflect.TypeFor[assessment.QuestionType](): enum(assessment.MultipleChoice, assessment.RatingScale, assessment.TrueFalse, assessment.Subjective, assessment.Text, assessment.YesNo, assessment.Checkbox),
	reflect.TypeFor[assessment.ItemKind]():     enum(assessment.SingleItem, assessment.MultiItem, assessment.LikertItem, assessment.TrueFalseItem, assessment.ManualItem, assessment.NoItem),
	reflect.TypeFor[assessment.Credit]():       enum("", assessment.PartialCredit, assessment.AllCredit),
	reflect.TypeFor[assessment.Method]():       enum("", assessment.SumMethod, assessment.MeanMethod),
	reflect.TypeFor[assessment.Percents]():     enum("", assessment.OfMax, assessment.OfRange),
	reflect.TypeFor[assessment.Status]():       enum(assessment.PendingReview, assessment.Final),
	reflect.TypeFor[assessment.Reason]():       enum(assessment.Submitted, assessment.Marked, assessment.Rescored),
	reflect.TypeFor[assessment.ItemState]():    enum(assessment.Skipped, assessment.Missing, assessment.Hidden, assessment.Pending, assessment.Unscored, assessment.Scored),
	reflect.TypeFor[huma.ErrorModel]():         func() *huma.Schema { return &huma.Schema{Ref: schemaPrefix + "Problem"} },
}

func text(description, example string) func() *huma.Schema {
	return func() *huma.Schema {
		return &huma.Schema{Type: huma.TypeString, Description: description, Examples: []any{example}}
	}
}

// enum is the schema of a closed list of texts.
func enum[T any](values ...T) func() *huma.Schema {
	return func() *huma.Schema {
		s := &huma.Schema{Type: huma.TypeString}
		for _, v := range values {
			s.Enum = append(s.Enum, textOf(v))
		}
		return s
	}
}

func textOf(v any) string {
	if m, ok := v.(encoding.TextMarshaler); ok {
		text, err := m.MarshalText()
		if err != nil { // the constants of a closed list encode
			panic(err)
		}
		return string(text)
	}
	return reflect.ValueOf(v).String()
}

func permission() *huma.Schema { return enum(slices.Collect(core.AllPermissions().All())...)() }

func permissions() *huma.Schema {
	return &huma.Schema{Type: huma.TypeArray, Items: permission(), UniqueItems: true}
}

func fieldValue() *huma.Schema {
	return &huma.Schema{
		Description: "A value in the canonical form of the field's type; of a multi_select, a list of options. null is none.", Examples: []any{"1250.5", []string{"S", "L"}},
		OneOf: []*huma.Schema{
			{Type: huma.TypeString, Nullable: true}, {Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeString}}, {Type: huma.TypeNumber}, {Type: huma.TypeBoolean},
		},
	}
}

func number() *huma.Schema {
	return &huma.Schema{
		Description: "An exact number: a decimal, or a text such as 1/3.", Examples: []any{2, "1/3"},
		OneOf: []*huma.Schema{{Type: huma.TypeNumber}, {Type: huma.TypeString, MaxLength: new(41), Pattern: `^-?[0-9]+(\.[0-9]+|/[0-9]+)?$`}},
	}
}

func itemScore() *huma.Schema {
	state := enum(assessment.Skipped, assessment.Missing, assessment.Hidden, assessment.Pending, assessment.Unscored, assessment.Scored)()
	state.Description = "Whether the question is scored, and why not."
	points := number()
	points.Description = "An exact number: a decimal, or a text such as 1/3. Unweighted; 0 unless scored."
	return &huma.Schema{
		Type: huma.TypeObject, Properties: map[string]*huma.Schema{"state": state, "points": points}, Required: []string{"state", "points"},
		AdditionalProperties: false, Description: "What one question came to.",
	}
}

// condition is not spelled out here: it has itself in it.
func condition() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true, Examples: []any{map[string]any{"question": "plan", "gte": 4}},
		Description: "When a question is asked: one of all, any (lists of conditions), not (a condition) and question (the id of an earlier one) " +
			"with one of answered, eq, in, gte and lte.",
	}
}

// filterSchema is not spelled out here: it has itself in it.
func filterSchema() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, AdditionalProperties: true,
		Examples: []any{map[string]any{"any": []any{
			map[string]any{"field": "tag", "op": "in", "value": []any{"vip", "press"}},
			map[string]any{"not": map[string]any{"field": "email", "op": "has"}},
		}}},
		Description: "A condition: one of all, any (lists of conditions), not (a condition) and field (a name of a field) with " +
			"op and, but for has and hasNot, value. Texts are compared without case and accents: is, in (a list), startsWith, contains, has and hasNot; " +
			"ids and other keys as they are: is, in, has, hasNot; truth values: is; times and days, half-open: from and before; long texts: has and hasNot. " +
			"Empty lets everything through. At most 50 fields are compared, and groups are in groups 5 deep.",
	}
}

func money() *huma.Schema {
	return &huma.Schema{
		Type: huma.TypeObject, Required: []string{"amount", "currency"}, AdditionalProperties: false,
		Properties: map[string]*huma.Schema{
			"amount":   {Type: huma.TypeString, Pattern: `^-?[0-9]+(\.[0-9]+)?$`, Examples: []any{"1250.00"}},
			"currency": {Type: huma.TypeString, Pattern: `^[A-Z]{3}$`, Examples: []any{"BRL"}},
		},
	}
}

// Schema implements [huma.Registry]: structs become named and are referred to.
func (r *schemas) Schema(t reflect.Type, allowRef bool, hint string) *huma.Schema {
	plain := t
	for plain.Kind() == reflect.Pointer {
		plain = plain.Elem()
	}
	if known := known[plain]; known != nil {
		s := known()
		s.Nullable = s.Type == huma.TypeString && t.Kind() == reflect.Pointer
		s.PrecomputeMessages()
		return s
	}
	if p, ok := reflect.New(plain).Interface().(patchOf); ok { // within a body
		return r.leniently(reflect.TypeOf(p.patched()), nil)
	}
	if isID(plain) {
		return &huma.Schema{Type: huma.TypeString, Format: "uuid"}
	}
	if !isObject(plain) {
		s := huma.SchemaFromType(r, t)
		if plain.Kind() == reflect.Slice {
			s.Nullable = false // our slices are never nil
		}
		return s
	}
	name := r.name(plain, hint)
	if r.types[name] == nil {
		r.types[name], r.named[name] = plain, &huma.Schema{} // before its fields, which may refer to it
		r.named[name] = huma.SchemaFromType(r, plain)
		explain(r.named[name], plain)
	}
	if allowRef {
		return &huma.Schema{Ref: schemaPrefix + name}
	}
	return r.named[name]
}

// isID reports whether t is a core.ID of anything, or a UUID.
func isID(t reflect.Type) bool {
	return t.PkgPath() == "github.com/clientele-crm/clientele/core" && strings.HasPrefix(t.Name(), "ID[") ||
		t.PkgPath() == "github.com/google/uuid" && t.Name() == "UUID"
}

func isObject(t reflect.Type) bool {
	return t.Kind() == reflect.Struct && t != reflect.TypeFor[time.Time]() &&
		!reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) &&
		!reflect.PointerTo(t).Implements(reflect.TypeFor[huma.SchemaProvider]())
}

// name is the type's name in the document: "Contact", "ContactPage" for a Page[Contact], and
// with its package where another type has the name already.
func (r *schemas) name(t reflect.Type, hint string) string {
	name := t.Name()
	if name == "" {
		name = hint
	}
	if generic, of, ok := strings.Cut(name, "["); ok {
		of = strings.TrimSuffix(of, "]")
		name = of[strings.LastIndexByte(of, '.')+1:] + generic
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if other := r.types[name]; other != nil && other != t {
		pkg := t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:]
		name = strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	return name
}

// SchemaFromRef implements [huma.Registry].
func (r *schemas) SchemaFromRef(ref string) *huma.Schema {
	return r.named[strings.TrimPrefix(ref, schemaPrefix)]
}

// TypeFromRef implements [huma.Registry].
func (r *schemas) TypeFromRef(ref string) reflect.Type {
	return r.types[strings.TrimPrefix(ref, schemaPrefix)]
}

// Map implements [huma.Registry].
func (r *schemas) Map() map[string]*huma.Schema { return r.named }

// RegisterTypeAlias implements [huma.Registry]. The known types are what it is for.
func (r *schemas) RegisterTypeAlias(reflect.Type, reflect.Type) {}

// MarshalJSON writes the schemas by name.
func (r *schemas) MarshalJSON() ([]byte, error) { return json.Marshal(r.named) }

// MarshalYAML writes the same.
func (r *schemas) MarshalYAML() (any, error) { return r.named, nil }

var _ yaml.Marshaler = (*schemas)(nil)
