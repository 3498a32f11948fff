// Package slots computes when an agenda can be booked: a pure function of the agenda's rules,
// of the time that is taken already, and of the present. It has no store, no clock and no
// state, and is of use by itself.
//
//	plan, err := slots.Compile(slots.Rules{
//		Hours:    slots.Hours{Timezone: "Europe/Lisbon", Week: slots.Workdays("09:00-12:00", "13:00-18:00")},
//		Duration: 30,
//	}, nil)
//	free := plan.Slots(slots.Query{From: monday, To: tuesday, Now: now, Members: []slots.Member{{Busy: taken}}})
//
// What it promises, and its tests check:
//
//   - All intervals are half-open: what ends at ten does not touch what begins at ten.
//   - Slots depend on the rules, the busy time and the present, never on who looks: the slots
//     of two adjacent queries are those of the one query that is both.
//   - What is listed can be booked, and nothing else: [Plan.FreeAt] is the same predicate.
//   - Wall-clock times become instants by one rule ([At]), in every zone.
//
// The time zones come with it: importing this package embeds the IANA database, which is used
// where the system has none.
package slots
